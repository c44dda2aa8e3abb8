"""How the blocks of a page are found: a mistake in a comment must not silently skip a block."""

import pytest

from tests.docs.blocks import blocks

PAGE = """\
Text.

```sh
make serve
```

The second is answered 404.

<!-- run: needs server --clock manual -->
```sh
curl http://127.0.0.1:8080/_mock/health
```

1. In a list:

   <!-- run: python -->
   ```python
   if True:
       print("<!-- run: nothing -->")
   ```
"""


def test_only_blocks_below_a_comment_are_found() -> None:
    assert [(block.line, block.language) for block in blocks(PAGE)] == [(10, "sh"), (17, "python")]


def test_a_block_brings_the_options_and_the_prose_before_it() -> None:
    shell, python = blocks(PAGE)
    assert shell.options == ("--clock", "manual")
    assert "404" in shell.introduction
    assert "404" not in python.introduction


def test_indentation_of_the_fence_is_taken_away() -> None:
    assert blocks(PAGE)[1].text == 'if True:\n    print("<!-- run: nothing -->")\n'


def test_the_block_talks_to_the_server_of_the_test() -> None:
    assert blocks(PAGE)[0].talking_to("http://127.0.0.1:4444") == "curl http://127.0.0.1:4444/_mock/health\n"


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("<!-- run: need server -->\n```sh\nls\n```\n", "line 1: unknown"),
        ("<!-- run: needs server -->\n\n```sh\nls\n```\n", "line 1: .*right above"),
        ("<!-- run: python -->\n```sh\nls\n```\n", "line 1: .*right above"),
        ("Text\n<!-- run: python -->\n", "line 2: .*right above"),
    ],
)
def test_a_comment_that_is_not_understood_is_an_error(page: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        blocks(page)


def test_files_are_written_and_what_goes_on_is_one_block() -> None:
    page = (
        "<!-- file: a.py -->\n```python\nX = 1\n```\nThen 404.\n<!-- run: needs server -->\n```sh\nls\n```\n"
        "Then 429.\n<!-- run: go on -->\n```sh\npwd\n```\n"
    )
    (block,) = blocks(page)
    assert block.text == "cat > a.py <<'END OF FILE'\nX = 1\nEND OF FILE\nls\npwd\n"
    assert (block.line, "404" in block.introduction, "429" in block.introduction) == (7, True, True)


def test_nothing_goes_on_from_nothing() -> None:
    with pytest.raises(ValueError, match="line 1: nothing to go on from"):
        blocks("<!-- run: go on -->\n```sh\nls\n```\n")
