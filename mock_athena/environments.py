"""The two environments: where each is reached, and whose practice it is. One table.

The integration guide gives production and the sandbox different base URLs on one host; each is a practice of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """What is fixed about an environment.

    Attributes:
        name: ``production`` or ``sandbox``.
        practice: number of its practice.
        fhir_path: path of its FHIR base. documents_path: path below which its documents are.
    """

    name: str
    practice: int
    fhir_path: str
    documents_path: str

    @property
    def practice_id(self) -> str:
        """The practice as athenahealth names it: ``a-1.Practice-500001``."""
        return f"a-1.Practice-{self.practice}"


PRODUCTION = EnvironmentFacts("production", 500001, "/fhir/r4", "/documents")
# The number is that of the practice in the real preview environment; production's is invented.
SANDBOX = EnvironmentFacts("sandbox", 195900, "/fhir/r4/sandbox", "/documents/sandbox")

ENVIRONMENTS: Mapping[str, EnvironmentFacts] = MappingProxyType({facts.name: facts for facts in (PRODUCTION, SANDBOX)})
PRACTICES: Mapping[str, EnvironmentFacts] = MappingProxyType(
    {facts.practice_id: facts for facts in ENVIRONMENTS.values()}
)
"""By what athenahealth calls their practices."""
