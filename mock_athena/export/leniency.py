"""What a kick-off asks for and cannot have: refused, or left out where the client prefers ``handling=lenient``.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters
"""

from mock_athena.errors import BadRequest


class Leniency:
    """Refuses, or takes note.

    Args:
        lenient: what cannot be done is left out instead of refused.

    Attributes:
        left_out: what was left out, one sentence each.
    """

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.left_out: list[str] = []

    def refuse(self, message: str, *expression: str) -> None:
        """Refuse, or note that this is left out.

        Raises:
            BadRequest: unless the client prefers lenient handling.
        """
        if not self.lenient:
            raise BadRequest(message, expression=expression)
        self.left_out.append(f"left out: {message}")
