"""The tables of one environment's data, and how they are laid out for what is asked of them.

A row of ``version`` is one version of one resource with its JSON bytes. ``posting`` is the index: one row for each
token and each reference of a version, and one, under the type's own key, for each compartment it is in. It is
compartment first, because nearly every search names a patient: one range of it answers ``patient + code + date``
without touching another table. What is in no compartment has patient 0 there. Keys: :mod:`mock_athena.store.keys`.

Every row that may change is valid from a commit's sequence number until another's, so a snapshot is just a number;
0 stands for "still", since SQLite stores it in no byte at all. ``size`` is that of the body in bytes, ``fhir_urls`` and
``document_urls`` are how many placeholders of each base are in it: so the length of a file of many is known without
reading one of them. ``date`` and ``date + span`` are the range by which a
type is ordered (see ``ResourceType.date``), in microseconds. Other dates and texts are few and have their own tables.
"""

from functools import cache
from hashlib import blake2b

from mock_athena.fhir.instants import EARLIEST
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES

# Raised whenever the same resource would be indexed otherwise.
VERSION = "3"

STILL = 0
NO_DATE = EARLIEST

VALID = "{alias}.from_seq <= :seq AND {alias}.until_seq NOT BETWEEN 1 AND :seq"

PAGE_SIZE = 8192

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE version (
  vk INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  id TEXT NOT NULL,
  version_id INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  patients INTEGER NOT NULL,
  date INTEGER NOT NULL,
  span INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  until_seq INTEGER NOT NULL,
  size INTEGER NOT NULL,
  fhir_urls INTEGER NOT NULL,
  document_urls INTEGER NOT NULL,
  body BLOB NOT NULL
);

CREATE TABLE patient (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);

CREATE TABLE compartment (vk INTEGER, patient INTEGER, PRIMARY KEY (vk, patient)) WITHOUT ROWID;

CREATE TABLE posting (
  patient INTEGER, key INTEGER, date INTEGER, vk INTEGER, system INTEGER,
  span INTEGER, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (patient, key, date DESC, vk, system)
) WITHOUT ROWID;

CREATE TABLE string (vk INTEGER, param INTEGER, folded TEXT, value TEXT);

CREATE TABLE date (
  vk INTEGER, param INTEGER, low INTEGER, high INTEGER, PRIMARY KEY (vk, param, low, high)
) WITHOUT ROWID;

CREATE TABLE record (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""

# Made after a new file was filled, which is several times as fast as keeping them in order meanwhile.
INDEXES = """
CREATE UNIQUE INDEX version_of ON version (type, id, version_id);
CREATE INDEX version_by_date ON version (type, date DESC, vk, deleted, patients, from_seq, until_seq, span);
CREATE INDEX version_by_key ON version (
  type, vk, deleted, patients, from_seq, until_seq, size, fhir_urls, document_urls
);
CREATE INDEX posting_everywhere ON posting (key, date DESC, vk) WHERE key > 0;
CREATE INDEX string_by_text ON string (param, folded, vk);
CREATE INDEX string_of ON string (vk);
"""


@cache
def layout() -> str:
    """Names everything that the rows of a database depend on.

    :data:`VERSION`, for what the code writes into them; and a hash of the tables and of the registry, whose
    parameters say which rows there are.
    """
    described = repr(tuple(RESOURCE_TYPES.values())) + repr(COMMON) + TABLES + INDEXES
    return f"{VERSION}-{blake2b(described.encode(), digest_size=4).hexdigest()}"
