"""A narrative (https://hl7.org/fhir/R4/narrative.html) as lines of text: none of its markup is shown."""

from html.parser import HTMLParser

_LINES = frozenset(("address", "blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
                    "ol", "p", "pre", "table", "tr", "ul"))  # fmt: skip
_SILENT = frozenset(("script", "style", "title"))
_MOST = 20_000


class _Reader(HTMLParser):
    """Gathers what is written between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - HTMLParser's
        """A new line, or the next cell of a row."""
        self._silent += tag in _SILENT
        if tag in _LINES:
            self.written.append("\n")
        if tag == "li":
            self.written.append("• ")
        if tag in ("td", "th"):
            self.written.append("  ")

    def handle_endtag(self, tag: str) -> None:
        """A line ends."""
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _LINES:
            self.written.append("\n")

    def handle_data(self, data: str) -> None:
        """What is said."""
        if not self._silent:
            self.written.append(data)


def text_of(xhtml: str) -> str:
    """What a ``div`` says, a block on each line."""
    reader = _Reader()
    reader.feed(xhtml[:_MOST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.written).splitlines())
    return "\n".join(filter(None, lines))
