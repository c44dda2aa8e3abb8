"""Statements as PostgreSQL says them. The store's statements are written once, as SQLite says them.

They are few, they are our own constants, and what differs are a dozen phrases; so they are translated by these, each
once. What is asked of bodies cannot be called from PostgreSQL: those places are left to whoever runs the statement, who
asks beforehand. https://www.postgresql.org/docs/current/sql-expressions.html
"""

import re
from functools import lru_cache
from typing import NamedTuple

from mock_athena.store import schema
from mock_athena.store.blocks import LINES

TABLES = ("version", "patient", "compartment", "posting", "string", "date", "record")
"""Those that are filled from a file; ``meta`` is written."""

_OWN = {
    LINES: (
        "SELECT string_agg(v.body, '' ORDER BY v.vk) FROM "
        "(SELECT vk, body || E'\\n' AS body FROM version WHERE vk IN "
        "(SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb) AS value)) AS v"
    )
}

_ELEMENTS = r"FROM json_each\((:\w+|\?)\)"
_PHRASES = (
    (re.compile(r" (INDEXED BY \w+|NOT INDEXED)"), ""),
    (re.compile(r"CROSS JOIN (\w+ AS \w+) ON"), r"JOIN \1 ON"),
    (re.compile(rf"0 \+ value {_ELEMENTS}"), r"value::bigint FROM jsonb_array_elements_text(\1::jsonb) AS value"),
    (re.compile(rf"value {_ELEMENTS}"), r"value FROM jsonb_array_elements_text(\1::jsonb) AS value"),
    (re.compile(r"group_concat\((\w+)\)"), r"string_agg(\1::varchar, ',' ORDER BY \1)::varchar"),
    # Sums of integers are exact numbers of any size there.
    (re.compile(r"sum\((\w+)\)"), r"sum(\1)::bigint"),
    (re.compile(r"instr\("), "strpos("),
    (re.compile(r"IN \(\)"), "= ANY('{}')"),
)

# A condition, or what is sorted by; both have the question's number bound.
_CONDITION = re.compile(r"asked\(:(\w+), \(SELECT body FROM version WHERE vk = d\.vk\)\)")
_SORT = re.compile(r"asked\(:(\w+), v\.body\)")

# Left alone: ``::`` of a cast.
_BY_NAME = re.compile(r"(?<!:):([a-z]\w*)")


class Spelled(NamedTuple):
    """A statement of ours as psycopg takes it.

    Attributes:
        conditions: names of the questions that are answered by keys. sorts: by an order of keys.
    """

    text: str
    conditions: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 12)
def spelled(text: str) -> Spelled:
    """A statement of the store, translated."""
    if text in _OWN:
        return Spelled(_OWN[text])
    conditions, sorts = tuple(_CONDITION.findall(text)), tuple(_SORT.findall(text))
    text = _CONDITION.sub(r"(d.vk = ANY(:\1::bigint[]))", text)
    text = _SORT.sub(r"((:\1::jsonb ->> v.vk::text)::bigint)", text)
    for phrase, ours in _PHRASES:
        text = phrase.sub(ours, text)
    return Spelled(_BY_NAME.sub(r"%(\1)s", text).replace("?", "%s"), conditions, sorts)


def tables() -> str:
    """The tables. Names sort as SQLite sorts them, by their bytes; ``text`` is for bodies alone."""
    text = schema.TABLES.replace("body BLOB", "body BODY").replace("INTEGER", "BIGINT").replace(" WITHOUT ROWID", "")
    text = text.replace("TEXT", 'VARCHAR COLLATE "C"').replace("BODY", "TEXT")
    # What orders the rows of the file there is an index here, which holds whatever else is asked of a posting.
    place = "PRIMARY KEY (patient, key, date DESC, vk, system)"
    return text.replace(f",\n  {place}", "")


def indexes() -> str:
    """The indexes."""
    place = "CREATE UNIQUE INDEX posting_of ON posting (patient, key, date DESC, vk, system)"
    # A tree of prefixes takes texts of any length, the usual index only a third of a page.
    texts = schema.INDEXES.replace("ON string (param, folded, vk)", "ON string USING spgist (folded)")
    return f"{place} INCLUDE (span, from_seq, until_seq);\n{texts}"
