"""Does for a while without Python's search for circles of objects that only hold each other.

It is made whenever some hundred containers more were made than given up. Where they are made by the million and none
refers to itself, it finds nothing and takes a fifth of the time: https://docs.python.org/3/library/gc.html.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """No search while the block runs; also to be put before a function."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
