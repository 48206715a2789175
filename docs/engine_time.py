"""Draws docs/engine-time.svg: the worked example of docs/ENGINE.md, row by row.

    python3 -m venv .venv-docs && .venv-docs/bin/pip install -r docs/requirements.txt
    cargo run -q -p paneline-tests --bin engine-time | .venv-docs/bin/python docs/engine_time.py

Every number comes from the table that the program prints by running the engine; this script only
says where it stands on the page. The picture carries the table as its description, which
tests/readme.rs compares with the program. Event time goes to the right, arrival goes down.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import drawsvg as draw

PICTURE = Path(__file__).with_name("engine-time.svg")

WIDTH, LEFT, RIGHT, TOP = 880, 76, 86, 62
FIRST_S, LAST_S, STEP_S = 8, 72, 10
ROW, STEP_DOWN, BAR, AFTER = 16, 18, 24, 12  # heights: a row, down to its line, a result, a gap

# One style for light pages and one for dark ones; the picture brings its own ground.
LIGHT = {
    "ground": "#ffffff", "past": "#eaf1fb", "ink": "#1f2328", "faint": "#d0d7de",
    "soft": "#59636e", "line": "#0969da", "fire": "#b7e4c7", "again": "#ffd8a8", "bad": "#cf222e",
}  # fmt: skip
DARK = {
    "ground": "#0d1117", "past": "#14243c", "ink": "#e6edf3", "faint": "#30363d",
    "soft": "#9198a1", "line": "#58a6ff", "fire": "#1f5f3a", "again": "#7a4a12", "bad": "#ff7b72",
}  # fmt: skip
RULES = """
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: %(ink)s }
.ground { fill: %(ground)s } .past { fill: %(past)s } .soft { fill: %(soft)s }
.head { font-weight: 600 } .blue { fill: %(line)s } .bad { fill: %(bad)s }
.grid { stroke: %(faint)s; stroke-width: 1 }
.w { stroke: %(line)s; stroke-width: 2.5; fill: none }
.row { fill: %(ink)s } .aside { fill: %(ground)s; stroke: %(bad)s; stroke-width: 2 }
.fire { fill: %(fire)s } .again { fill: %(again)s }
.point { fill: %(line)s } .clean { stroke: %(bad)s; stroke-width: 2.5 }
"""

HEAD = re.compile(r"windows of (\d+) s every (\d+) s, bound (\d+) s, allowed lateness (\d+) s")
LINE = re.compile(r" *(\d+) +(\d+) +(\d+) +(accepted|late) +([\d.]+) +(\d+) *(.*)")
END = re.compile(r"end +(\d+) *(.*)")
RESULT = re.compile(r"\[(\d+), (\d+)\) (\d+)(, late, revision \d+)?")


@dataclass(frozen=True)
class Line:
    """What the engine did after a row, or at the end, which has no time."""

    name: str
    time_s: int
    amount: int
    is_late: bool
    w_s: float
    results: list[re.Match[str]]


@dataclass
class Spec:
    """The windows of the example."""

    duration_s: int
    step_s: int
    lateness_s: int

    def windows(self, first_s: float, last_s: float) -> list[tuple[int, int]]:
        """Those that overlap a span of time."""
        starts = range(-1000, 1000, self.step_s)
        ends = [(start, start + self.duration_s) for start in starts]
        return [(start, end) for start, end in ends if start <= last_s and first_s < end]


def read(table: str) -> tuple[Spec, list[Line]]:
    """The table of the program; a line that is not understood ends it."""
    first, _, *rest = table.splitlines()
    head = HEAD.fullmatch(first)
    assert head, first
    duration_s, step_s, _, lateness_s = map(int, head.groups())
    lines = []
    for text in rest:
        if end := END.fullmatch(text):
            results = list(RESULT.finditer(end[2]))
            lines.append(Line("end", 0, 0, False, float("inf"), results))
            continue
        row = LINE.fullmatch(text)
        assert row, text
        results = list(RESULT.finditer(row[7]))
        late = row[4] == "late"
        lines.append(Line(row[1], int(row[2]), int(row[3]), late, float(row[5]), results))
    assert lines and lines[-1].name == "end", "the table has no end"
    return Spec(duration_s, step_s, lateness_s), lines


def x(time_s: float) -> float:
    """Where a time stands."""
    scale = (WIDTH - LEFT - RIGHT) / (LAST_S - FIRST_S)
    return round(LEFT + (min(max(time_s, FIRST_S), LAST_S) - FIRST_S) * scale, 1)


class Picture:
    """The drawing, from top to bottom."""

    def __init__(self, spec: Spec, lines: list[Line]) -> None:
        self.spec = spec
        bars = sum(len(line.results) for line in lines)
        self.bottom = TOP + len(lines) * (ROW + STEP_DOWN + AFTER) + bars * BAR
        self.drawing = draw.Drawing(WIDTH, self.bottom + 58)
        self.steps: list[tuple[float, float]] = []  # the corners of the watermark
        self.marks: list[draw.DrawingBasicElement] = []

    def text(self, what: str, at: tuple[float, float], size: int = 13, **style: str) -> None:
        """Words, above everything."""
        self.marks.append(draw.Text(what, size, *at, **style))

    def line(self, line: Line, before_s: float, top: float) -> float:
        """A row, what it did to the watermark, and the results; returns where it ends."""
        y = top + ROW
        self.text(line.name if line.name == "end" else f"row {line.name}", (14, y + 4))
        if line.name != "end":
            self.row(line, before_s, y)
        y += STEP_DOWN
        self.steps += [(x(before_s), y), (x(line.w_s), y)]
        known = line.w_s != float("inf")
        self.text(f"W {line.w_s:.3f}" if known else "W: the end", (WIDTH - 10, y + 4), 12,
                  class_="blue", text_anchor="end")  # fmt: skip
        for start_s, end_s in self.spec.windows(FIRST_S, LAST_S):
            dropped_s = end_s + self.spec.lateness_s
            if before_s < end_s - 0.001 <= line.w_s and end_s < LAST_S:
                self.firing(x(end_s), y)
            if before_s < dropped_s - 0.001 <= line.w_s and dropped_s < LAST_S:
                self.cleanup(x(dropped_s), y)
                if dropped_s - 0.001 == line.w_s:
                    words = f"[{start_s}, {end_s}) is dropped"
                    self.text(words, (x(dropped_s) + 12, y + 5), class_="bad")
        for result in line.results:
            self.result(result, y + 9)
            y += BAR
        return y + AFTER

    def row(self, line: Line, w_s: float, y: float) -> None:
        """The dot of a row, and what is special about it."""
        at, style = x(line.time_s), "bad" if line.is_late else "row"
        self.marks.append(draw.Circle(at, y, 5, class_="aside" if line.is_late else "row"))
        note = f"{line.amount}"
        past = [(start, end) for start, end in self.spec.windows(line.time_s, line.time_s)
                if end - 0.001 <= w_s]  # fmt: skip
        if line.is_late:
            note += ": late, set aside"
        elif past:
            dropped = [w for w in past if w[1] - 0.001 + self.spec.lateness_s <= w_s]
            fired = [w for w in past if w not in dropped]
            note += "".join(f": [{a}, {b}) is dirty" for a, b in fired)
            missed = " and ".join(f"[{a}, {b})" for a, b in dropped)
            if missed:
                self.text(f"too late for {missed}", (at - 11, y + 5), text_anchor="end")
        self.text(note, (at + 10, y + 5), class_=style)

    def firing(self, at: float, y: float) -> None:
        """A firing point that the watermark passes."""
        corners = (at, y - 6, at + 6, y, at, y + 6, at - 6, y)
        self.marks.append(draw.Lines(*corners, close=True, class_="point"))

    def cleanup(self, at: float, y: float) -> None:
        """A cleanup point that the watermark passes."""
        for way in (1, -1):
            corners = (at - 5, y - 5 * way, at + 5, y + 5 * way)
            self.marks.append(draw.Line(*corners, class_="clean"))

    def result(self, result: re.Match[str], y: float) -> None:
        """A window that is emitted, from its start to its end."""
        start, end = x(int(result[1])), x(int(result[2]))
        kind = "again" if result[4] else "fire"
        bar = draw.Rectangle(start, y, end - start, BAR - 4, rx=4, class_=kind)
        self.marks.append(bar)
        words = f"[{result[1]}, {result[2]})  total {result[3]}{result[4] or ''}"
        self.text(words, (start + 8, y + 15))

    def legend(self) -> None:
        """What the signs mean."""
        y = self.bottom + 34
        at = float(LEFT)
        self.marks.append(draw.Circle(at, y - 4, 5, class_="row"))
        self.text("a row at its time", (at + 11, y), 12, class_="soft")
        at += 132
        self.marks.append(draw.Line(at - 6, y - 4, at + 12, y - 4, class_="w"))
        self.text("watermark", (at + 18, y), 12, class_="soft")
        at += 104
        self.firing(at, y - 4)
        self.text("firing point", (at + 11, y), 12, class_="soft")
        at += 102
        self.cleanup(at, y - 4)
        self.text("cleanup point", (at + 11, y), 12, class_="soft")
        for kind, words, wide in (("fire", "fires", 62), ("again", "emitted again", 0)):
            at += 114 if kind == "fire" else 0
            self.marks.append(draw.Rectangle(at - 6, y - 12, 20, 15, rx=4, class_=kind))
            self.text(words, (at + 20, y), 12, class_="soft")
            at += wide

    def finished(self, table: str) -> str:
        """The whole as SVG."""
        whole = self.drawing
        dark = "@media (prefers-color-scheme: dark) {" + RULES % DARK + "}\n"
        whole.append_css(RULES % LIGHT + dark)
        whole.append_title("Event time against arrival: watermark, firings, a late row, cleanup")
        whole.append(draw.Raw(f"<desc>\n{table}</desc>"))
        whole.append(draw.Rectangle(0, 0, WIDTH, self.bottom + 58, class_="ground"))
        corners = [(x(FIRST_S), TOP), (self.steps[0][0], TOP), *self.steps]
        past = [*corners, (x(LAST_S), self.bottom), (x(FIRST_S), self.bottom)]
        whole.append(draw.Lines(*(c for corner in past for c in corner), close=True, class_="past"))
        for time_s in range(FIRST_S, LAST_S + 1):
            if time_s % STEP_S == 0:
                whole.append(draw.Line(x(time_s), TOP - 6, x(time_s), self.bottom, class_="grid"))
                words = f"{time_s} s"
                whole.append(draw.Text(words, 12, x(time_s), TOP - 12, text_anchor="middle"))
        whole.append(draw.Text("event time →", 13, LEFT, 22, class_="head"))
        whole.append(draw.Text("arrival ↓", 13, 14, TOP - 12, class_="head"))
        words = "left of the watermark no more rows are expected"
        whole.append(draw.Text(words, 12, WIDTH - 10, 22, class_="blue", text_anchor="end"))
        line = [c for corner in self.steps for c in corner]
        whole.append(draw.Lines(*line, class_="w"))
        for mark in self.marks:
            whole.append(mark)
        return str(whole.as_svg()) + "\n"


def main() -> None:
    """Reads the table, writes the picture."""
    table = sys.stdin.read()
    spec, lines = read(table)
    picture = Picture(spec, lines)
    before_s, y = float("-inf"), float(TOP)
    for line in lines:
        y = picture.line(line, before_s, y)
        before_s = line.w_s
    picture.legend()
    PICTURE.write_text(picture.finished(table))
    print(f"{PICTURE.name}: {len(lines)} lines")


if __name__ == "__main__":
    main()
