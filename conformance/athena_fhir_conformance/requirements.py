"""The list of requirements: what FHIR R4, US Core, SMART, Bulk Data, HTTP, the guide and the real API ask.

``requirements.csv`` has for each its id, level, actor (server or client), area, statement in our words, source with a
link, the profile that it is asked of (empty for both), and a reason where no check can show it. Which check shows it
is not in the list: checks name their requirements.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "requirements.csv"

LEVELS = ("SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "MAY")
REASONS = {
    "tls": "needs real TLS, which http on a loopback address has not",
    "person": "a person has to look: a page, a policy, a process",
    "elsewhere": "concerns the client's or operator's own house and cannot be seen over HTTP",
    "stated": "a statement of fact or of choice, with nothing that could fail",
    "repeated": "says again what another row says, and is checked there",
    "later": "can be shown, and nothing shows it yet",
    "own": "an own matter of this project, held by its own tests and not asked of other servers",
}
"""Why a requirement may have no check: the closed list."""


@dataclass(frozen=True)
class Requirement:
    """One row."""

    id: str
    level: str
    actor: str
    area: str
    statement: str
    source: str
    link: str
    profile: str
    reason: str

    @property
    def binding(self) -> bool:
        """SHALL or SHALL NOT."""
        return self.level.startswith("SHALL")


@cache
def requirements() -> dict[str, Requirement]:
    """Id → requirement, in the order of the list."""
    rows = csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())
    return {row["id"]: Requirement(**row) for row in rows}
