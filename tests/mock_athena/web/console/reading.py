"""What a page says, and where it leads."""

import html
import re

from werkzeug.test import TestResponse


def words(page: TestResponse) -> str:
    """What the page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1])).split())


def links(page: TestResponse, containing: str = "") -> list[str]:
    """The addresses of its links, each once, in order."""
    found = (html.unescape(each) for each in re.findall(r'<a [^>]*href="([^"]+)"', page.text))
    return [each for each in dict.fromkeys(found) if containing in each]
