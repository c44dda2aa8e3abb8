"""The patient portal's name, and the passwords of its users: derived, published, and no secret."""

PORTAL = "athenaPatient"


def password_of(username: str) -> str:
    """``test-`` and what follows the last dot of the user name: ``test-E-1`` for ``a-500001.E-1``."""
    return "test-" + username.rpartition(".")[2]
