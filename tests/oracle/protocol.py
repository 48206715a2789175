"""Decides the answer to each line of tests/PROTOCOL.md, by the oracle's rules.

As a program: `python3 protocol.py TZ < requests > answers`, to compare with an adapter's answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from oracle import Assigner, Window, duration_ms, resolve_local, to_ms
from spec import (
    NUMBERS,
    TEXTS,
    Refused,
    Spec,
    decode,
    find_zone,
    fingerprint,
    from_json,
)
from tz import Database


def parse_spec(text: str) -> Spec:
    """The KEY=VALUE pairs of a `spec` request."""
    values: dict[str, int | str] = {}
    for pair in text.split():
        name, _, value = pair.partition("=")
        assert name in NUMBERS, name
        values[name] = value if name in TEXTS else int(value)
    return Spec(**values)  # type: ignore[arg-type]


def numbers(text: str) -> list[int]:
    """A list of the protocol; `-` is empty."""
    return [] if text == "-" else [int(part) for part in text.split(",")]


def joined(values: list[int]) -> str:
    """The same, written."""
    return ",".join(map(str, values)) or "-"


def spans(windows: list[Window]) -> str:
    """Windows as the protocol writes them."""
    return " ".join(f"{start}:{end}" for start, end in windows) or "-"


class Oracle:
    """Answers requests; keeps the assigner of the last spec."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.assigner: Assigner | None = None

    def answer(self, request: str) -> str:
        """One line of request to one line of answer."""
        verb, _, rest = request.partition(" ")
        try:
            return "ok " + self.reply(verb, rest)
        except Refused as refused:
            return f"error {refused}"

    def reply(self, verb: str, rest: str) -> str:
        """What follows `ok`."""
        if verb in ("spec", "bytes", "json"):
            return self.compile(verb, rest)
        if verb == "local":
            name, ambiguous, times = rest.split(" ")
            zone = find_zone(self.db, "" if name == "-" else name)
            rows = enumerate(numbers(times))
            return joined([resolve_local(zone, ambiguous, t, f"local_ms[{i}]") for i, t in rows])
        if verb == "duration":
            return str(duration_ms(rest))
        assert self.assigner is not None, f"{verb} without an assigner"
        if verb in ("assign", "pane_starts"):
            return self.batch(self.assigner, verb, rest)
        return self.scalar(self.assigner, verb, [int(part) for part in rest.split(" ")])

    def compile(self, verb: str, rest: str) -> str:
        """`spec`, `bytes` and `json`."""
        self.assigner = None
        if verb == "spec":
            s = parse_spec(rest)
        else:
            data = "" if rest == "-" else rest
            s = decode(bytes.fromhex(data)) if verb == "bytes" else from_json(rest)
        self.assigner = Assigner(self.db, s)
        return fingerprint(self.db, s)

    def scalar(self, assigner: Assigner, verb: str, args: list[int]) -> str:
        """`windows`, `pane`, `next` and `panes`."""
        if verb == "windows":
            return spans(assigner.windows(args[0]))
        if verb == "pane":
            return spans([assigner.pane(args[0])])
        if verb == "next":
            return str(assigner.pane(args[0])[1])
        assert verb == "panes", verb
        return spans(assigner.panes(args[0], args[1]))

    def batch(self, assigner: Assigner, verb: str, rest: str) -> str:
        """`assign` and `pane_starts`: all rows or the first bad one."""
        unit, times = rest.split(" ")
        rows = [(f"times[{i}]", t) for i, t in enumerate(numbers(times))]
        if verb == "pane_starts":
            assigner.check_kind()
            return joined([assigner.pane(to_ms(t, unit, path), path)[0] for path, t in rows])
        offsets, starts, ends = [0], list[int](), list[int]()
        for path, t in rows:
            for start, end in assigner.windows(to_ms(t, unit, path), path):
                starts.append(start)
                ends.append(end)
            offsets.append(len(starts))
        return f"{joined(offsets)} {joined(starts)} {joined(ends)}"


def main() -> None:
    """Answers standard input on standard output."""
    oracle = Oracle(Database(Path(sys.argv[1])))
    for line in sys.stdin:
        print(oracle.answer(line.rstrip("\n")))


if __name__ == "__main__":
    main()
