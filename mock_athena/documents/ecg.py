"""A 12-lead ECG on its paper: three rows of four leads, and a strip of lead II below them.

25 mm/s and 10 mm/mV, as is usual: https://en.wikipedia.org/wiki/Electrocardiography. A small square is 1 mm.
"""

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

from PIL import Image, ImageDraw

from mock_athena.documents.heartbeat import Rhythm, mean_rate, rhythm, voltages
from mock_athena.documents.pictures import Picture
from mock_athena.documents.strokes import write

_PX = 6  # pixels a millimetre
_FINE = 3  # the trace is drawn so much larger, then made small: smooth edges
_WIDTH, _HEIGHT = 270, 140  # millimetres
_LEFT, _SPEED, _GAIN = 10, 25, 10  # millimetres; a second; a millivolt
_SECONDS = 10.0
_POINTS = 6  # of a trace, a millimetre
_ROWS = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
_BASELINES, _STRIP = (34, 64, 94), 124

# Paper, fine lines, strong lines; then ink from faint to full over the paper.
_COLOURS = ((255, 250, 248), (250, 221, 219), (240, 180, 178), (176, 172, 172), (108, 106, 108), (24, 26, 32))
_INKS = (56, 120, 196)  # the darkness from which each ink is used
_FIRST_INK = len(_COLOURS) - len(_INKS)


def ecg(picture: Picture) -> Image.Image:
    """The image, of mode ``P``."""
    measures = dict(picture.measures)
    heart = rhythm(measures, fibrillating=picture.fibrillating, seed=picture.seed, seconds=_SECONDS)
    paper = _paper()
    drawn = Image.new("L", (_WIDTH * _PX * _FINE, _HEIGHT * _PX * _FINE), 0)
    pen = _Pen(ImageDraw.Draw(drawn), _PX * _FINE)
    _head(pen, heart, measures, picture.made)
    _rows(pen, heart)
    trace = drawn.reduce(_FINE)
    for ink, least in enumerate(_INKS, _FIRST_INK):
        paper.paste(ink, mask=trace.point([255 if shade >= least else 0 for shade in range(256)]))
    return paper


def _paper() -> Image.Image:
    paper = Image.new("P", (_WIDTH * _PX, _HEIGHT * _PX), 0)
    paper.putpalette([part for colour in _COLOURS for part in colour])
    draw = ImageDraw.Draw(paper)
    for step, colour in ((1, 1), (5, 2)):
        for x in range(0, _WIDTH, step):
            draw.line([(x * _PX, 0), (x * _PX, paper.height)], fill=colour)
        for y in range(0, _HEIGHT, step):
            draw.line([(0, y * _PX), (paper.width, y * _PX)], fill=colour)
    return paper


class _Pen(NamedTuple):
    """Draws in millimetres; ``scale`` is pixels a millimetre."""

    draw: ImageDraw.ImageDraw
    scale: int

    def line(self, points: Iterable[tuple[float, float]], width: float = 0.32) -> None:
        """Points joined by a stroke."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(scaled, fill=255, width=round(width * self.scale), joint="curve")

    def text(self, text: str, x: float, y: float, height: float = 3.2) -> None:
        """Letters, the first at its top left corner."""
        write(self.draw, text, (x * self.scale, y * self.scale), height * self.scale, 255, round(0.36 * self.scale))


def _head(pen: _Pen, heart: Rhythm, measures: dict[str, float], made: str) -> None:
    rate = measures.get("rate") or mean_rate(heart.beats)
    qtc = measures.get("qtc") or heart.qt * 1000 / sqrt(60 / heart.rate)
    pr = "-" if heart.fibrillating else f"{heart.pr * 1000:.0f} ms"
    intervals = f"PR {pr}   QRS {heart.qrs * 1000:.0f} ms   QT/QTc {heart.qt * 1000:.0f}/{qtc:.0f} ms"
    pen.text(f"RATE {rate:.0f} bpm   {intervals}   AXIS {heart.axis:.0f}", _LEFT, 4)
    pen.text(made[:40], _LEFT, 10, 2.6)
    pen.text("25 mm/s   10 mm/mV   SYNTHETIC", _WIDTH - 82, 10, 2.6)


def _rows(pen: _Pen, heart: Rhythm) -> None:
    part = _SECONDS / len(_ROWS[0])
    for leads, baseline in zip(_ROWS, _BASELINES, strict=True):
        _calibration(pen, baseline)
        for number, lead in enumerate(leads):
            _lead(pen, heart, lead, (number * part, (number + 1) * part), baseline)
    _calibration(pen, _STRIP)
    _lead(pen, heart, "II", (0.0, _SECONDS), _STRIP)


def _lead(pen: _Pen, heart: Rhythm, lead: str, span: tuple[float, float], baseline: float) -> None:
    """One lead from an instant to another, with its name."""
    begin, end = span
    count = round((end - begin) * _SPEED * _POINTS)
    instants = [begin + number / (_SPEED * _POINTS) for number in range(count + 1)]
    heights = voltages(heart, lead, instants)
    left = _LEFT + begin * _SPEED
    pen.line((_LEFT + at * _SPEED, baseline - height * _GAIN) for at, height in zip(instants, heights, strict=True))
    if begin:
        pen.line([(left, baseline - 3), (left, baseline + 3)], 0.25)
    pen.text(lead, left + 1.2, baseline - 14)


def _calibration(pen: _Pen, baseline: float) -> None:
    """The pulse of 1 mV for 0.2 s at the beginning of a row."""
    pen.line([(2, baseline), (3, baseline), (3, baseline - 10), (8, baseline - 10), (8, baseline), (10, baseline)])
