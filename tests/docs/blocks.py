"""Code blocks of the documentation that must work as they stand.

A fenced block is run if the line above it is an HTML comment, invisible to readers, that says how::

    <!-- run: needs server -->                   sh, with an emulator at http://127.0.0.1:8080
    <!-- run: needs server --clock manual -->    the same, the emulator started with these options
    <!-- run: python -->                         Python, with an emulator as above
    <!-- file: client.py -->                     not run, but written for the next block that is
    <!-- run: go on -->                          sh, after the block before, in the same folder

Each block stands for itself, unless it goes on: it is run alone, in an empty folder, against an emulator that is as
new.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCUMENTED_ORIGIN = "http://127.0.0.1:8080"

_LANGUAGES = {"needs server": "sh", "python": "python", "go on": "sh"}
_FENCE = re.compile(r"^ *(`{3,}|~{3,}) *(\S*) *$")
_COMMENT = re.compile(r"^ *<!-- *run: *(.*?) *--> *$")
_FILE = re.compile(r"^ *<!-- *file: *([\w.-]+) *--> *$")
_ASKED = re.compile(r"(needs server|python|go on)((?: [\w./:-]+)*)")

_WRITTEN = {
    "sh": lambda name, text: f"cat > {name} <<'END OF FILE'\n{text}END OF FILE\n",
    "python": lambda name, text: f"__import__('pathlib').Path({name!r}).write_text({text!r}, encoding='utf-8')\n",
}


@dataclass(frozen=True)
class Block:
    """A block to run.

    Attributes:
        line: where its fence is.
        language: ``sh`` or ``python``.
        options: of the emulator that it needs.
        introduction: the prose between the block before and this one.
        text: what it says.
    """

    line: int
    language: str
    options: tuple[str, ...]
    introduction: str
    text: str

    def talking_to(self, origin: str) -> str:
        """The text with the documented origin replaced."""
        return self.text.replace(DOCUMENTED_ORIGIN, origin)


def pages() -> list[Path]:
    """README and everything in ``docs/``."""
    return sorted([*ROOT.glob("README.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(page: str) -> list[Block]:
    """The blocks of a page that are to be run.

    Raises:
        ValueError: a comment that we do not know, or one without a block of its language right below it.
    """
    found: list[Block] = []
    prose: list[str] = []
    files: list[tuple[str, str]] = []
    for line, language, text in _prose_and_fences(page):
        asked = _asked(prose[-1], line) if prose else None
        if language is None:
            if asked:
                raise _misplaced(line - 1)
            prose.append(text)
            continue
        if asked:
            if language != _LANGUAGES[asked[0]]:
                raise _misplaced(line - 1)
            written = "".join(_WRITTEN[language](*file) for file in files)
            block = Block(line, language, asked[1], "\n".join(prose[:-1]), written + text)
            found.append(_going_on(found, block) if asked[0] == "go on" else block)
            files = []
        elif prose and (file := _FILE.match(prose[-1])):
            files.append((file[1], text))
        prose = []
    if prose and _asked(prose[-1], 0):
        raise _misplaced(len(page.splitlines()))
    return found


def _going_on(found: list[Block], after: Block) -> Block:
    """The last block and this as one, since this needs what that left."""
    if not found:
        message = f"line {after.line - 1}: nothing to go on from"
        raise ValueError(message)
    before = found.pop()
    introduction = f"{before.introduction}\n{after.introduction}"
    return Block(before.line, before.language, before.options, introduction, before.text + after.text)


def _asked(text: str, line: int) -> tuple[str, tuple[str, ...]] | None:
    """How the block below this line is to be run, and the options of the emulator; None if nothing is asked."""
    comment = _COMMENT.match(text)
    if not comment:
        return None
    asked = _ASKED.fullmatch(comment[1])
    if not asked:
        expected = "expected 'needs server' or 'python', options, or 'go on'"
        message = f"line {line - 1}: unknown '<!-- run: {comment[1]} -->': {expected}"
        raise ValueError(message)
    return asked[1], tuple(asked[2].split())


def _misplaced(line: int) -> ValueError:
    return ValueError(f"line {line}: '<!-- run: … -->' must stand right above a block of its language")


def _prose_and_fences(page: str) -> Iterator[tuple[int, str | None, str]]:
    """(line, None, text) of a line of prose, (line, language, content) of a fenced block."""
    lines = iter(enumerate(page.splitlines(), start=1))
    for number, text in lines:
        fence = _FENCE.match(text)
        if not fence:
            yield number, None, text
            continue
        indent = len(text) - len(text.lstrip())
        content: list[str] = []
        for _, inner in lines:
            if inner.strip() == fence[1]:
                break
            content.append(inner[indent:])
        yield number, fence[2], "\n".join(content) + "\n"
