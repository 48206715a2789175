"""Answers the requests of tests/PROTOCOL.md through the public API of the Python package.

It parses, calls and prints; it knows no expectation and no rule about windows.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import paneline as pln

TEXTS = ("timezone", "tzdb_version")


def value(name: str, text: str) -> str | int:
    """The value of a spec's field; booleans and enums are numbers."""
    if name in TEXTS:
        return text
    return bool(int(text)) if name == "align_to_epoch" else int(text)


def column(text: str) -> list[int]:
    """A list of the protocol."""
    return [] if text == "-" else [int(part) for part in text.split(",")]


def joined(values: Iterable[int]) -> str:
    """The same, written."""
    return ",".join(map(str, values)) or "-"


def spans(windows: Iterable[pln.Window]) -> str:
    """Windows as the protocol writes them."""
    return " ".join(f"{window.start_ms}:{window.end_ms}" for window in windows) or "-"


class Adapter:
    """Holds the assigner of the last spec."""

    assigner: pln.Assigner

    def version(self, _: str) -> str:
        """`version`."""
        return f"{pln.__version__} {pln.tzdb_version()}"

    def compiled(self, spec: pln.SlidingWindowSpec) -> str:
        """What `spec`, `bytes` and `json` have in common."""
        self.assigner = pln.Assigner(spec)
        return self.assigner.fingerprint.hex()

    def spec(self, rest: str) -> str:
        """`spec KEY=VALUE …`."""
        pairs = (pair.partition("=") for pair in rest.split())
        fields: dict[str, Any] = {name: value(name, text) for name, _, text in pairs}
        return self.compiled(pln.SlidingWindowSpec(**fields))

    def bytes(self, rest: str) -> str:
        """`bytes HEX`."""
        data = bytes.fromhex("" if rest == "-" else rest)
        return self.compiled(pln.SlidingWindowSpec.from_proto(data))

    def json(self, rest: str) -> str:
        """`json TEXT`."""
        return self.compiled(pln.SlidingWindowSpec.from_json(rest))

    def windows(self, rest: str) -> str:
        """`windows T`."""
        return spans(self.assigner.windows(int(rest)))

    def pane(self, rest: str) -> str:
        """`pane T`."""
        return spans([self.assigner.pane(int(rest))])

    def next(self, rest: str) -> str:
        """`next T`."""
        return str(self.assigner.next_boundary(int(rest)))

    def panes(self, rest: str) -> str:
        """`panes FROM TO`."""
        from_ms, to_ms = rest.split(" ")
        return spans(self.assigner.panes(int(from_ms), int(to_ms)))

    def pane_starts(self, rest: str) -> str:
        """`pane_starts UNIT T,…`."""
        unit, times = rest.split(" ")
        call: Any = self.assigner.pane_starts
        return joined(call(column(times), unit))

    def assign(self, rest: str) -> str:
        """`assign UNIT T,…`."""
        unit, times = rest.split(" ")
        call: Any = self.assigner.assign
        windows = call(column(times), unit)
        columns = (windows.offsets, windows.starts_ms, windows.ends_ms)
        return " ".join(joined(values) for values in columns)

    def local(self, rest: str) -> str:
        """`local ZONE AMBIGUOUS T,…`."""
        zone, ambiguous, times = rest.split(" ")
        call: Any = pln.resolve_local
        return joined(call("" if zone == "-" else zone, column(times), ambiguous))

    def duration(self, rest: str) -> str:
        """`duration TEXT`."""
        return str(pln.parse_duration("" if rest == "-" else rest))


def answers(requests: Iterable[str]) -> Iterator[str]:
    """A line for each line."""
    adapter = Adapter()
    for request in requests:
        verb, _, rest = request.rstrip("\n").partition(" ")
        try:
            yield f"ok {getattr(adapter, verb)(rest)}\n"
        except pln.PanelineError as error:
            yield f"error {error.code} {error.path or '-'}\n"


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.writelines(answers(sys.stdin))
