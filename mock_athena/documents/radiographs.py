"""Pictures that look like radiographs, sections and ultrasound: grey, synthetic, of nobody.

Bright is what stops the rays. Shapes are drawn smooth, in proportions that vary with the id of the report, and a fine
grain is laid over them. Nothing of a real picture is in them, and no finding is to be seen.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import copysign, cos, pi, radians, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from mock_athena.documents.pictures import Kind, Picture
from mock_athena.documents.strokes import write

_SIZES: dict[Kind, tuple[int, int]] = {
    "chest": (640, 720),
    "limb": (480, 720),
    "spine": (420, 720),
    "breast": (520, 700),
    "head": (600, 680),
    "ultrasound": (680, 560),
}
_MARKS: dict[Kind, str] = {
    "chest": "R  PA",
    "limb": "R  AP",
    "spine": "R  AP",
    "breast": "R MLO",
    "head": "AX",
    "ultrasound": "US",
}

_Point = tuple[float, float]


def radiograph(picture: Picture) -> Image.Image:
    """The image, of mode ``L``."""
    random = Random(f"{picture.kind}/{picture.seed}")  # noqa: S311 - nothing here is a secret
    canvas = _Canvas(_SIZES[picture.kind], random)
    _DRAWN[picture.kind](canvas)
    canvas.grain(9 if picture.kind == "ultrasound" else 5)
    draw = ImageDraw.Draw(canvas.image)
    width, height = canvas.image.size
    write(draw, _MARKS[picture.kind], (width * 0.04, height * 0.03), 20, 235, 3)
    write(draw, "SYNTHETIC", (width * 0.04, height * 0.965), 12, 235, 2)
    return canvas.image


class _Canvas:
    """An image to which soft shapes are added; places are parts of its width and height."""

    def __init__(self, size: tuple[int, int], random: Random) -> None:
        self.image = Image.new("L", size, 6)
        self.random = random

    def vary(self, value: float, part: float = 0.05) -> float:
        """``value``, up to ``part`` of it more or less."""
        return value * (1 + self.random.uniform(-part, part))

    def place(self, points: Iterable[_Point]) -> list[_Point]:
        """Parts of the image as pixels."""
        width, height = self.image.size
        return [(x * width, y * height) for x, y in points]

    def add(self, shade: int, blur: float, *shapes: Iterable[_Point], darken: bool = False) -> None:
        """Add (or take away) light where polygons are; ``blur`` is how soft their edges are, in pixels."""

        def draw_all(draw: ImageDraw.ImageDraw) -> None:
            for shape in shapes:
                draw.polygon(self.place(shape), fill=shade)

        layer = self._layer(blur, draw_all)
        self.image = (ImageChops.subtract if darken else ImageChops.add)(self.image, layer)

    def lines(self, shade: int, blur: float, width: int, *lines: Iterable[_Point]) -> None:
        """Add light along lines."""

        def draw_all(draw: ImageDraw.ImageDraw) -> None:
            for line in lines:
                draw.line(self.place(line), fill=shade, width=width, joint="curve")

        self.image = ImageChops.add(self.image, self._layer(blur, draw_all))

    def _layer(self, blur: float, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
        layer = Image.new("L", self.image.size, 0)
        paint(ImageDraw.Draw(layer))
        return layer.filter(ImageFilter.GaussianBlur(blur))

    def keep(self, *shapes: Iterable[_Point]) -> None:
        """Leave of the image only what is inside polygons."""
        mask = Image.new("L", self.image.size, 0)
        for shape in shapes:
            ImageDraw.Draw(mask).polygon(self.place(shape), fill=255)
        self.image = ImageChops.multiply(self.image, mask.filter(ImageFilter.GaussianBlur(1.5)))

    def speckle(self, strength: float, blur: float, size: int = 1) -> None:
        """Make the image uneven, as tissue is."""
        width, height = self.image.size
        small = width // size, height // size
        noise = Image.frombytes("L", small, self.random.randbytes(small[0] * small[1]))
        soft = noise.filter(ImageFilter.GaussianBlur(blur)).resize((width, height), Image.Resampling.BILINEAR)
        gain = soft.point(
            [max(0, min(255, round(255 - strength * 255 + (s - 128) * 4 * strength))) for s in range(256)]
        )
        self.image = ImageChops.multiply(self.image, gain)

    def grain(self, depth: int) -> None:
        """A fine grain over everything, up to ``depth`` of 255 shades."""
        noise = Image.frombytes("L", self.image.size, self.random.randbytes(self.image.width * self.image.height))
        self.image = ImageChops.add(self.image, noise.point([shade * depth // 255 for shade in range(256)]))


def _oval(x: float, y: float, wide: float, high: float, turn: float = 0.0, power: float = 1.0) -> list[_Point]:
    """An ellipse around a middle, turned by degrees; a ``power`` below 1 makes it squarer."""
    found = []
    for step in range(72):
        across, down = _bulge(cos(step * pi / 36), power) * wide, _bulge(sin(step * pi / 36), power) * high
        c, s = cos(radians(turn)), sin(radians(turn))
        found.append((x + across * c - down * s, y + across * s + down * c))
    return found


def _bulge(value: float, power: float) -> float:
    return copysign(abs(value) ** power, value)


def _curve(*points: _Point) -> list[_Point]:
    """A smooth line near the points: a Bézier curve with all of them as its controls."""
    found = []
    for step in range(25):
        left = list(points)
        while len(left) > 1:
            left = [(x + (x2 - x) * step / 24, y + (y2 - y) * step / 24) for (x, y), (x2, y2) in pairwise(left)]
        found.append(left[0])
    return found


def _mirrored(points: Iterable[_Point]) -> list[_Point]:
    return [(1 - x, y) for x, y in points]


def _chest(canvas: _Canvas) -> None:
    wide, high = canvas.vary(0.165, 0.04), canvas.vary(0.285, 0.03)
    trunk = [
        *_curve((0.30, 0.0), (0.36, 0.13), (0.10, 0.14), (0.05, 0.30)),
        *_curve((0.09, 0.6), (0.12, 0.8), (0.08, 1.0)),
    ]
    canvas.add(120, 12, [*trunk, *reversed(_mirrored(trunk))])
    lung = _oval(0.29, 0.47, wide, high, -6, 0.82)
    canvas.add(98, 10, lung, _mirrored(lung), darken=True)
    _ribs(canvas)
    heart = _oval(0.575, 0.635, canvas.vary(0.175), canvas.vary(0.125), 26)
    canvas.add(66, 7, heart)
    canvas.add(26, 7, _oval(0.56, 0.40, 0.055, 0.06))
    canvas.add(34, 9, [(0.44, 0.0), (0.56, 0.0), (0.57, 1.0), (0.43, 1.0)])
    canvas.lines(9, 2, 6, *([(0.45, 0.05 + 0.052 * n), (0.55, 0.05 + 0.052 * n)] for n in range(18)))
    canvas.add(30, 6, [(0.475, 0.03), (0.525, 0.03), (0.52, 0.33), (0.48, 0.33)], darken=True)
    dome = _curve((0.06, 0.88), (0.15, 0.64), (0.36, 0.62), (0.50, 0.78))
    other = _curve((0.5, 0.78), (0.64, 0.70), (0.86, 0.68), (0.94, 0.90))
    canvas.add(44, 6, [*dome, *other, (0.94, 1.0), (0.06, 1.0)])
    hilum = _oval(0.40, 0.47, 0.035, 0.07, 12)
    canvas.add(30, 12, hilum, _mirrored(_oval(0.40, 0.45, 0.035, 0.07, 12)))
    vessels = [_curve((0.41, 0.48), (0.35, 0.5), (0.22 + 0.03 * n, 0.32 + 0.09 * n)) for n in range(5)]
    canvas.lines(16, 3, 6, *vessels, *map(_mirrored, vessels))


def _ribs(canvas: _Canvas) -> None:
    shift = canvas.random.uniform(-0.01, 0.01)
    behind, before = [], []
    for n in range(9):
        y, out = 0.17 + 0.068 * n + shift, 0.15 - 0.008 * abs(n - 6)
        behind.append(_curve((0.47, y), (0.30, y - 0.05), (out, y + 0.02), (out - 0.02, y + 0.11)))
        before.append(_curve((out - 0.02, y + 0.11), (out + 0.04, y + 0.20), (0.34, y + 0.20)))
    canvas.lines(34, 1.6, 13, *behind, *map(_mirrored, behind))
    canvas.lines(16, 2.4, 12, *before, *map(_mirrored, before))
    clavicle = _curve((0.455, 0.175), (0.36, 0.19), (0.28, 0.10), (0.13, 0.115))
    canvas.lines(52, 1.6, 17, clavicle, _mirrored(clavicle))
    blade = _curve((0.10, 0.16), (0.20, 0.20), (0.15, 0.40), (0.10, 0.46))
    canvas.lines(22, 4, 26, blade, _mirrored(blade))


def _limb(canvas: _Canvas) -> None:
    lean = canvas.random.uniform(-0.015, 0.015)
    flesh = [*_curve((0.10, 0.0), (0.16, 0.3), (0.20, 0.5), (0.14, 0.62), (0.22, 1.0))]
    canvas.add(64, 8, [*flesh, *reversed(_mirrored(flesh))])
    upper = _curve((0.41, 0.0), (0.43, 0.22), (0.40, 0.34), (0.27, 0.40), (0.28, 0.47), (0.36, 0.50))
    notch = _curve((0.42, 0.49), (0.5, 0.455), (0.58, 0.49))
    femur = [*upper, *notch, *reversed(_mirrored(upper))]
    plateau = _curve((0.27, 0.525), (0.26, 0.58), (0.36, 0.66), (0.42, 0.80), (0.42, 1.0))
    spines = [(0.46, 0.53), (0.48, 0.512), (0.5, 0.528), (0.52, 0.512), (0.54, 0.53)]
    tibia = [*reversed(plateau), *spines, *_mirrored(plateau)]
    fibula = [
        *_curve((0.24, 0.62), (0.19, 0.60), (0.20, 0.68), (0.235, 0.74), (0.22, 1.0)),
        (0.275, 1.0),
        (0.285, 0.72),
    ]
    bones = [[(x + lean, y) for x, y in bone] for bone in (femur, tibia, fibula)]
    for bone in bones:
        canvas.add(92, 2.5, bone)
        canvas.lines(46, 2, 7, [*bone, bone[0]])
    canvas.add(26, 4, _oval(0.5 + lean, 0.41, 0.13, 0.062, 0, 0.9))
    for bone in (
        [(0.465 + lean, 0.0), (0.535 + lean, 0.0), (0.53 + lean, 0.27), (0.47 + lean, 0.27)],
        [(0.47 + lean, 0.78), (0.53 + lean, 0.78), (0.53 + lean, 1.0), (0.47 + lean, 1.0)],
    ):
        canvas.add(34, 8, bone, darken=True)
    canvas.speckle(0.10, 1.2, 2)


def _spine(canvas: _Canvas) -> None:
    flesh = _curve((0.02, 0.0), (0.16, 0.35), (0.14, 0.6), (0.0, 1.0))
    canvas.add(58, 10, [*flesh, *reversed(_mirrored(flesh))])
    bend = canvas.random.uniform(-0.02, 0.02)
    for n in range(7):
        x, y, half = 0.5 + bend * sin(n * 0.8), 0.07 + 0.118 * n, 0.105 + 0.006 * n
        body = _oval(x, y, half, 0.046, 0, 0.45)
        canvas.add(62, 3, body)
        canvas.lines(40, 2, 6, [*body, body[0]])
        canvas.lines(44, 2.5, 11, *([(x + side * half, y), (x + side * (half + 0.12), y - 0.012)] for side in (-1, 1)))
        pedicles = (_oval(x + side * half * 0.62, y - 0.012, 0.02, 0.016) for side in (-1, 1))
        canvas.add(38, 3, _oval(x, y + 0.022, 0.016, 0.045), *pedicles)
    wing = _curve((0.42, 0.98), (0.20, 0.80), (0.02, 0.86), (0.0, 1.0))
    canvas.add(54, 5, wing, _mirrored(wing))
    canvas.add(40, 5, [(0.37, 0.90), (0.63, 0.90), (0.54, 1.0), (0.46, 1.0)])
    canvas.speckle(0.12, 1.4, 2)


def _breast(canvas: _Canvas) -> None:
    skin = [(0.0, 0.06), *_curve((0.0, 0.06), (0.34, 0.16), (0.95, 0.50), (0.72, 0.80), (0.0, 0.94)), (0.0, 0.94)]
    canvas.add(70, 5, skin)
    canvas.lines(34, 2, 6, skin[1:-1])
    canvas.add(74, 7, [(0.0, 0.0), (0.30, 0.0), (0.0, 0.62)])
    for _ in range(16):
        x, y = canvas.random.uniform(0.16, 0.50), canvas.random.uniform(0.34, 0.70)
        size = canvas.random.uniform(0.04, 0.10)
        canvas.add(canvas.random.randint(14, 30), 9, _oval(x, y, size, size * 0.6, canvas.random.uniform(-40, 40)))
    canvas.lines(22, 2, 3, *(_curve((0.1, 0.3 + 0.08 * n), (0.35, 0.42 + 0.03 * n), (0.62, 0.53)) for n in range(5)))
    canvas.speckle(0.22, 1.4, 3)
    canvas.keep(skin, [(0.0, 0.0), (0.31, 0.0), (0.0, 0.65)])


def _head(canvas: _Canvas) -> None:
    wide, high = canvas.vary(0.375, 0.02), canvas.vary(0.435, 0.02)
    canvas.add(60, 2, _oval(0.5, 0.5, wide + 0.025, high + 0.022))
    canvas.add(190, 1.5, _oval(0.5, 0.5, wide, high))
    canvas.add(150, 1.5, _oval(0.5, 0.5, wide - 0.035, high - 0.031), darken=True)
    canvas.add(13, 2.5, *(_furrow(canvas.random.uniform(0, 2 * pi), wide, high) for _ in range(70)), darken=True)
    horn = _curve((0.485, 0.35), (0.40, 0.31), (0.43, 0.42), (0.478, 0.47))
    back = _curve((0.47, 0.54), (0.38, 0.60), (0.36, 0.70), (0.42, 0.64), (0.485, 0.57))
    canvas.add(52, 3, horn, _mirrored(horn), back, _mirrored(back), darken=True)
    canvas.add(30, 2, [(0.495, 0.46), (0.505, 0.46), (0.505, 0.56), (0.495, 0.56)], darken=True)
    canvas.lines(26, 1.5, 3, [(0.5, 0.10), (0.5, 0.36)], [(0.5, 0.62), (0.5, 0.90)])
    core = _oval(0.43, 0.50, 0.035, 0.065, 18)
    canvas.add(16, 6, core, _mirrored(core))
    canvas.speckle(0.10, 1.5, 2)


def _furrow(turn: float, wide: float, high: float) -> list[_Point]:
    """A thin wedge from the edge of the brain inwards."""
    x, y = 0.5 + cos(turn) * (wide - 0.06), 0.5 + sin(turn) * (high - 0.055)
    tip = (0.5 + cos(turn + 0.1) * wide * 0.64, 0.5 + sin(turn + 0.1) * high * 0.68)
    return [(x - 0.01, y - 0.01), tip, (x + 0.01, y + 0.01)]


def _ultrasound(canvas: _Canvas) -> None:
    middle, near, far = (0.5, -0.10), 0.16, 1.06
    fan = [_polar(middle, turn, far) for turn in range(-42, 43, 3)]
    fan += [_polar(middle, turn, near) for turn in range(42, -43, -3)]
    canvas.add(150, 2, fan)
    for depth in (0.30, 0.42, 0.58, 0.80):
        reach = canvas.vary(depth, 0.06)
        arc = [_polar(middle, turn, reach + 0.01 * sin(turn / 9 + depth * 20)) for turn in range(-40, 41, 4)]
        canvas.lines(84, 3, 8, arc)
    x, y = canvas.vary(0.5, 0.12), canvas.vary(0.52, 0.08)
    canvas.add(200, 4, _oval(x, y, canvas.vary(0.15), canvas.vary(0.12), canvas.random.uniform(-25, 25)), darken=True)
    canvas.add(60, 10, _oval(x, y + 0.27, 0.10, 0.14))
    canvas.speckle(0.55, 1.1, 2)
    canvas.keep(fan)


def _polar(middle: _Point, turn: float, reach: float) -> _Point:
    return middle[0] + sin(radians(turn)) * reach * 0.82, middle[1] + cos(radians(turn)) * reach


_DRAWN: dict[Kind, Callable[[_Canvas], None]] = {
    "chest": _chest,
    "limb": _limb,
    "spine": _spine,
    "breast": _breast,
    "head": _head,
    "ultrasound": _ultrasound,
}
