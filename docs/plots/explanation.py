"""Draws the pictures of ``docs/explanation``: ``python docs/plots/explanation.py``.

What is admitted in ``sliding-window.svg`` the limiter itself decided, on a clock that is moved; ``export.svg`` is a
sketch.
"""

from collections.abc import Iterator
from pathlib import Path

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit import QuotaKey, policy_named
from mock_athena.ratelimit.counters import MemoryCounters
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.explain import NOON

HERE = Path(__file__).parent
INK, GREY, ADMITTED, REFUSED = "#212b36", "#8c959f", "#0a7d8c", "#c8372d"
READINGS = {
    "mission": "16 in any 2 s",
    "token-bucket": "a bucket of 16, one more every 125 ms",
    "fixed-window": "16 in each 2 s by the clock",
}
SECONDS, LEFT, WIDTH, HEIGHT = 6, 20, 720, 78


def schedule() -> list[float]:
    """When the caller of the picture asks: sixteen before the second second is over, sixteen after, then one by one."""
    bursts = [start + 0.005 * number for start in (1.9, 2.0) for number in range(16)]
    return bursts + [2.25 + 0.125 * number for number in range(31)]


def decided(policy: str) -> list[tuple[float, bool]]:
    """When each request came, and whether it was admitted."""
    clock = ManualClock(NOON)
    counters = MemoryCounters(Engines(policy_named(policy)), clock)
    found = []
    for at in schedule():
        clock.advance_to(NOON + round(at * NANOSECONDS))
        found.append((at, counters.hit(QuotaKey("production", "client", "one")).allowed))
    return found


def fullest(decisions: list[tuple[float, bool]]) -> int:
    """The most that were admitted in any two seconds."""
    admitted = [at for at, allowed in decisions if allowed]
    return max(sum(at <= other < at + 2 for other in admitted) for at in admitted)


def sliding_window() -> str:
    """One row for each reading: admitted above the line, refused below."""
    rows = [_row(name, 30 + HEIGHT * number) for number, name in enumerate(READINGS)]
    return _svg(
        HEIGHT * len(READINGS) + 40, [_text(LEFT, 16, "one caller, three readings of the same words", bold=True), *rows]
    )


def _row(name: str, top: int) -> str:
    decisions = decided(name)
    admitted = sum(allowed for _, allowed in decisions)
    told = f"{admitted} admitted, {len(decisions) - admitted} refused; {fullest(decisions)} within 2 s"
    line, parts = (
        top + 44,
        [_text(LEFT, top + 14, f"{name}: {READINGS[name]}"), _text(LEFT + WIDTH, top + 14, told, end=True)],
    )
    parts += [_line(LEFT, line, LEFT + WIDTH, line, GREY)]
    for second in range(SECONDS + 1):
        x = LEFT + WIDTH * second / SECONDS
        parts += [
            _line(x, line - 3, x, line + 3, GREY),
            _text(x + 3, line + 26, f"{second} s" * (second < SECONDS), colour=GREY),
        ]
    for at, allowed in decisions:
        x = LEFT + WIDTH * at / SECONDS
        parts.append(_line(x, line, x, line - 18 if allowed else line + 12, ADMITTED if allowed else REFUSED))
    return "\n".join(parts)


def export() -> str:
    """What a job shows, and when it is read."""
    x = {"commit": 60, "kick-off": 190, "change": 320, "ready": 440, "read": 550}
    parts = [
        _text(
            LEFT,
            16,
            "a job is a note of one commit; its files are read from that commit, whenever they are read",
            bold=True,
        ),
        _line(LEFT, 150, LEFT + WIDTH, 150, GREY),
        *(_line(x[name], 145, x[name], 155, INK) for name in x),
        _text(x["commit"] - 30, 172, "commit 7"),
        _text(x["kick-off"] - 30, 172, "kick-off"),
        _text(x["change"] - 30, 172, "commit 8"),
        _text(x["ready"] - 30, 172, "ready"),
        _text(x["read"] - 50, 172, "file is read"),
        _bar(x["commit"], 45, x["change"], "Patient, version 1", ADMITTED),
        _bar(x["change"], 45, LEFT + WIDTH, "Patient, version 2", GREY),
        _bar(x["kick-off"], 85, x["ready"], "in-progress: computed from the clock", INK),
        _bar(x["ready"], 85, LEFT + WIDTH, "complete", INK),
        _curve(x["read"], x["commit"] + 90),
        _text(x["read"] + 14, 134, "sees commit 7: version 1", colour=REFUSED),
    ]
    return _svg(190, parts)


def _bar(left: float, top: float, right: float, text: str, colour: str) -> str:
    place = f'x="{left:g}" y="{top}" width="{right - left - 4:g}" height="24" rx="3"'
    return f'<rect {place} fill="{colour}" fill-opacity="0.18"/>\n{_text(left + 6, top + 16, text)}'


def _curve(start: float, end: float) -> str:
    way = f"M {start:g} 140 C {start:g} 118, {end:g} 128, {end:g} 70"
    return f'<path d="{way}" fill="none" stroke="{REFUSED}" stroke-width="1.5"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="1.5"/>'


def _text(x: float, y: float, text: str, *, colour: str = INK, bold: bool = False, end: bool = False) -> str:
    more = ' font-weight="bold"' * bold + ' text-anchor="end"' * end
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{more}>{text}</text>'


def _svg(height: int, parts: list[str]) -> str:
    size = f'viewBox="0 0 {WIDTH + 2 * LEFT} {height}" width="{WIDTH + 2 * LEFT}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="13">'
    return "\n".join((head, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>", ""))


def pictures() -> Iterator[tuple[Path, str]]:
    """Every picture: its file, and what is in it."""
    yield HERE.parent / "explanation" / "sliding-window.svg", sliding_window()
    yield HERE.parent / "explanation" / "export.svg", export()


if __name__ == "__main__":
    for path, drawn in pictures():
        path.write_text(drawn, encoding="utf-8")
