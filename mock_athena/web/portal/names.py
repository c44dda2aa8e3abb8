"""How people, relationships and visits are called on a page."""

from collections.abc import Mapping
from typing import Any


def name_of(body: Mapping[str, Any]) -> str:
    """The name that a person goes by now, as a person would write it; the id where there is none."""
    names = [name for name in body.get("name", ()) if isinstance(name, dict)]
    current = [name for name in names if name.get("use") not in ("old", "maiden")] or names
    name = current[0] if current else {}
    words = [*name.get("given", ()), name.get("family", "")]
    return name.get("text") or " ".join(word for word in words if word) or str(body["id"])


def relationship_of(body: Mapping[str, Any]) -> tuple[frozenset[str], str]:
    """The codes of a RelatedPerson's relationship, and its word, such as ``mother``."""
    concepts = body.get("relationship", ())
    codings = [coding for concept in concepts for coding in concept.get("coding", ())]
    texts = [each.get("text") for each in concepts] + [coding.get("display") for coding in codings]
    word = next((str(text) for text in texts if text), "relative")
    return frozenset(str(coding.get("code")) for coding in codings), word


def visit_of(body: Mapping[str, Any]) -> str:
    """What an Encounter was: its day, kind and reason."""
    kinds = [each.get("text") for each in body.get("type", ())] + [body.get("class", {}).get("display")]
    reasons = [each.get("text") for each in body.get("reasonCode", ())]
    parts = (
        str(body.get("period", {}).get("start", "no date"))[:10],
        next((str(text) for text in kinds if text), "Visit"),
        next((str(text) for text in reasons if text), ""),
    )
    return " · ".join(part for part in parts if part)


def years_between(born: str, today: str) -> int | None:
    """Whole years of life on a day; None where the birth date says no day or none at all."""
    if len(born) != 10 or not born[:4].isdigit() or not today[:4].isdigit():
        return None
    return int(today[:4]) - int(born[:4]) - (today[5:10] < born[5:10])
