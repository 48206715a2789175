"""Draws docs/taxi.svg: a night of New York's taxis, by the rows of a file and by elapsed time.

    PANELINE_DATA=nyc_taxi.csv .venv-docs/bin/python docs/taxi.py

The file is that of the Numenta Anomaly Benchmark (MIT), half-hourly counts by the wall clock. Two
of its rows hold two half-hours each, as the clock went back; which ones, paneline says. The picture
carries its numbers as its description.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from pathlib import Path

import drawsvg as draw

import paneline as pln

PICTURE = Path(__file__).with_name("taxi.svg")
ZONE = "America/New_York"
FROM, TO = "2014-11-01 21:00:00", "2014-11-02 05:00:00"
HALF_HOUR_MS = 1_800_000

WIDTH, LEFT, PANEL, GAP, TOP = 880, 56, 150, 72, 60
COUNT_MAX = 42_000
COLOURS = {
    "ground": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "soft": ("#59636e", "#9198a1"),
    "bar": ("#80b3ef", "#2f6fbf"),
    "odd": ("#e16f24", "#db6d28"),
}


def style() -> str:
    """A rule for each colour, on light pages and on dark ones."""
    rules = [
        "".join(
            f".f-{name}{{fill:{both[night]}}}.s-{name}{{stroke:{both[night]}}}"
            for name, both in COLOURS.items()
        )
        for night in (0, 1)
    ]
    font = "text{font-family:system-ui,'Segoe UI',Helvetica,sans-serif}"
    return f"{font}{rules[0]}@media(prefers-color-scheme:dark){{{rules[1]}}}"


def read() -> list[tuple[str, int]]:
    """All rows: reading and count."""
    with open(os.environ["PANELINE_DATA"], newline="") as file:
        return [(row["timestamp"], int(row["value"])) for row in csv.DictReader(file)]


def instants(reading: str) -> list[int]:
    """The instants that a reading names: two in a fold."""
    local = datetime.fromisoformat(reading).replace(tzinfo=UTC)
    local_ms = round(local.timestamp() * 1000)
    both = [pln.resolve_local(ZONE, [local_ms], choice)[0] for choice in ("earliest", "latest")]
    return sorted(set(both))


class Panel:
    """Bars over a base line."""

    def __init__(self, drawing: draw.Drawing, top: float, title: str) -> None:
        self.drawing, self.base = drawing, top + PANEL
        drawing.append(draw.Text(title, 14, 16, top - 12, class_="f-ink", font_weight=600))
        drawing.append(draw.Line(LEFT, self.base, WIDTH - 16, self.base, class_="s-soft"))

    def height(self, count: float) -> float:
        """Pixels of a count."""
        return round(count / COUNT_MAX * PANEL, 1)

    def bar(self, x: float, width: float, count: float, *, odd: bool, label: str) -> None:
        """A bar with its reading, and its count where it is unusual."""
        height, fill = self.height(count), "f-odd" if odd else "f-bar"
        self.drawing.append(
            draw.Rectangle(x + 1, self.base - height, width - 2, height, class_=fill)
        )
        middle = x + width / 2
        if odd:
            says = f"{int(count + 0.5):,}"
            at = (middle, self.base - height - 5)
            self.drawing.append(draw.Text(says, 12, *at, text_anchor="middle", class_="f-ink"))
        if label.endswith(":00"):
            at = (x, self.base + 16)
            self.drawing.append(draw.Text(label, 12, *at, class_="f-soft"))

    def level(self, count: int, says: str) -> None:
        """A dashed line at a count."""
        y = self.base - self.height(count)
        self.drawing.append(
            draw.Line(LEFT, y, WIDTH - 16, y, class_="s-soft", stroke_dasharray="3 3")
        )
        at = (WIDTH - 16, y - 5)
        self.drawing.append(draw.Text(says, 12, *at, text_anchor="end", class_="f-soft"))


def main() -> None:
    """Draws the picture."""
    rows = read()
    folds = {reading for reading, _ in rows if len(instants(reading)) == 2}
    record, when = max((count, reading) for reading, count in rows if reading not in folds)
    night = [(reading, count) for reading, count in rows if FROM <= reading < TO]
    level = f"the highest other row: {record:,}, {when[:10]}"

    drawing = draw.Drawing(WIDTH, TOP + 2 * PANEL + GAP + 40)
    drawing.append(draw.Raw(f"<style>{style()}</style>"))
    drawing.append(draw.Rectangle(0, 0, WIDTH, drawing.height, class_="f-ground"))
    width = (WIDTH - 16 - LEFT) / len(night)
    by_row = Panel(drawing, TOP, "Taxi rides in New York as the file counts them, a row a reading")
    says = []
    for place, (reading, count) in enumerate(night):
        odd = reading in folds
        by_row.bar(LEFT + place * width, width, count, odd=odd, label=reading[11:16])
        says.append(f"{reading[:16]} {count:,}" + (", two half-hours" if odd else ""))
    by_row.level(record, level)

    by_time = Panel(drawing, TOP + PANEL + GAP, "The same rides for each half-hour that elapsed")
    spread = sorted(
        (t_ms, count / len(instants(reading)), reading)
        for reading, count in night
        for t_ms in instants(reading)
    )
    width = (WIDTH - 16 - LEFT) / len(spread)
    for t_ms, count, reading in spread:
        place = (t_ms - spread[0][0]) // HALF_HOUR_MS
        odd = reading in folds
        by_time.bar(LEFT + place * width, width, count, odd=odd, label=reading[11:16])
    by_time.level(record, level)

    title = "The busiest half-hours of the file are two half-hours in one row each"
    drawing.append_title(title)
    text = drawing.as_svg().replace("<title>", '<title id="title">')
    described = f"<desc>{'; '.join(says)}</desc>"
    PICTURE.write_text(text.replace("</title>", f"</title>\n{described}", 1) + "\n")
    print(f"written: {PICTURE.name}")


if __name__ == "__main__":
    main()
