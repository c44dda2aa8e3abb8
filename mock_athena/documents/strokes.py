"""Letters made of strokes, for words in a picture: no font is needed, and none can differ from machine to machine.

A glyph is a list of strokes on a grid 4 wide and 6 high, (0, 0) at the top left; small letters begin at height 2.
"""

from PIL import ImageDraw

_Stroke = tuple[tuple[float, float], ...]

_WIDTH, _HEIGHT, _GAP = 4, 6, 1.6

_GLYPHS: dict[str, str] = {
    "0": "10 30 41 45 36 16 05 01 10",
    "1": "11 20 26;16 36",
    "2": "01 10 30 41 42 06 46",
    "3": "00 40 22 32 43 45 36 16 05",
    "4": "36 30 04 44",
    "5": "40 00 02 32 43 45 36 06",
    "6": "40 20 02 05 16 36 45 44 33 03",
    "7": "00 40 16",
    "8": "10 30 41 42 33 13 02 01 10;13 04 05 16 36 45 44 33",
    "9": "06 26 44 41 30 10 01 02 13 43",
    "A": "06 20 46;14 34",
    "B": "06 00 30 41 42 33 03;33 44 45 36 06",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 20 42 44 26 06 00",
    "E": "40 00 06 46;03 33",
    "F": "40 00 06;03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06;40 46;03 43",
    "I": "20 26;10 30;16 36",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "10 30 41 45 36 16 05 01 10",
    "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10;24 46",
    "R": "06 00 30 41 42 33 03;23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40;20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 23 36 40",
    "X": "00 46;40 06",
    "Y": "00 23 40;23 26",
    "Z": "00 40 06 46",
    "a": "12 32 43 46;44 14 05 16 36 45",
    "c": "43 32 12 03 05 16 36 45",
    "b": "00 06 36 45 43 32 02",
    "m": "06 02;03 12 23 26;23 32 43 46",
    "p": "08 02 32 43 45 36 06",
    "s": "43 32 12 03 14 34 45 36 16 05",
    "/": "06 40",
    ".": "16 26",
    "-": "03 43",
    ":": "22 23;25 26",
}
_STROKES: dict[str, tuple[_Stroke, ...]] = {
    letter: tuple(tuple((int(at[0]), int(at[1])) for at in points.split()) for points in strokes.split(";"))
    for letter, strokes in _GLYPHS.items()
}


def write(draw: ImageDraw.ImageDraw, text: str, at: tuple[float, float], height: float, fill: int, width: int) -> None:
    """Draw ``text`` with its top left corner at ``at``; what has no glyph leaves a gap.

    Args:
        height: of a capital letter, in pixels. width: of a stroke, in pixels.
    """
    scale = height / _HEIGHT
    for number, letter in enumerate(text):
        left = at[0] + number * (_WIDTH + _GAP) * scale
        for stroke in _STROKES.get(letter, _STROKES.get(letter.upper(), ())):
            points = [(left + x * scale, at[1] + y * scale) for x, y in stroke]
            draw.line(points, fill=fill, width=width, joint="curve")
