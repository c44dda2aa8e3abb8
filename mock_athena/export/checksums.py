"""Sizes and SHA-256 of files, for ``--export-checksums``: a full pass over what an export holds, made once and kept.

They are of the uncompressed bytes for one name under which we were reached, since URLs of ours are in them.
"""

from hashlib import sha256
from typing import NamedTuple

from mock_athena.export.contents import Contents, ExportFile
from mock_athena.export.files import Bases


class Checksum(NamedTuple):
    """Bytes of a file, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


def checksum_of(contents: Contents, file: ExportFile, bases: Bases) -> Checksum:
    """Read a file to its end."""
    size, digest = 0, sha256()
    for chunk in contents.text(file, bases).chunks():
        size += len(chunk)
        digest.update(chunk)
    return Checksum(size, digest.hexdigest())
