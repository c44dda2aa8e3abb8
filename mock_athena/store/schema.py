"""The tables of one environment's data, and how they are laid out for what is asked of them.

A row of ``version`` is one version of one resource with its JSON bytes. Every row, of it and of the index
tables, is valid from a commit's sequence number until another's, so a snapshot is just a number. The index is
compartment first, because nearly every search names a patient: one range of ``token`` answers
``patient + code + date`` without touching another table. Rows without a patient have ``''`` there.

``date``/``date_high`` is the range by which a type is ordered (see ``ResourceType.date``), in microseconds.
"""

from hashlib import blake2b

from mock_athena.fhir.instants import EARLIEST, LATEST
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES

# Raised whenever the same resource would be indexed otherwise.
VERSION = "1"

FOREVER = LATEST
NO_DATE = EARLIEST

VALID = "from_seq <= :seq AND {alias}.until_seq > :seq"

INDEX_TABLES = ("compartment", "token", "string", "date", "reference")

CREATE = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE version (
  vk INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  version_id INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  date INTEGER NOT NULL DEFAULT {NO_DATE},
  date_high INTEGER NOT NULL DEFAULT {NO_DATE},
  from_seq INTEGER NOT NULL,
  until_seq INTEGER NOT NULL DEFAULT {FOREVER},
  body BLOB NOT NULL
);
CREATE UNIQUE INDEX version_of ON version (type, id, version_id);
CREATE INDEX version_by_date ON version (type, date DESC, vk, until_seq);

CREATE TABLE compartment (
  type TEXT, patient TEXT, date INTEGER, vk INTEGER, date_high INTEGER, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (type, patient, date DESC, vk)
) WITHOUT ROWID;
CREATE INDEX compartment_of ON compartment (vk);

CREATE TABLE token (
  type TEXT, patient TEXT, param TEXT, code TEXT, date INTEGER, vk INTEGER, system TEXT,
  date_high INTEGER, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (type, patient, param, code, date DESC, vk, system)
) WITHOUT ROWID;
CREATE INDEX token_everywhere ON token (type, param, code, date DESC, vk);
CREATE INDEX token_of ON token (vk, param, code);

CREATE TABLE string (
  type TEXT, param TEXT, folded TEXT, vk INTEGER, value TEXT, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (type, param, folded, vk, value)
) WITHOUT ROWID;
CREATE INDEX string_of ON string (vk, param);

CREATE TABLE date (
  vk INTEGER, param TEXT, low INTEGER, high INTEGER, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (vk, param, low, high)
) WITHOUT ROWID;

CREATE TABLE reference (
  type TEXT, param TEXT, target TEXT, vk INTEGER, from_seq INTEGER, until_seq INTEGER,
  PRIMARY KEY (type, param, target, vk)
) WITHOUT ROWID;
CREATE INDEX reference_of ON reference (vk, param);

CREATE TABLE record (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


def layout() -> str:
    """Names everything that the rows of a database depend on.

    :data:`VERSION`, for what the code writes into them; and a hash of the tables and of the registry, whose
    parameters say which rows there are.
    """
    described = repr(tuple(RESOURCE_TYPES.values())) + repr(COMMON) + CREATE
    return f"{VERSION}-{blake2b(described.encode(), digest_size=4).hexdigest()}"
