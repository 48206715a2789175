"""Decides what is written where: the vector files, and whether the committed ones are true.

    python3 generate.py TZ OUT            writes every file to OUT
    python3 generate.py TZ OUT --check    and compares with tests/vectors
    python3 generate.py TZ OUT --update   and rewrites tests/vectors

TZ is the folder that the `tzdump` binary wrote. tests/vectors holds digests.txt, a line of
`sha256 lines file` for each file, and the files of COMMITTED in full.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import sys
from pathlib import Path

import oracle as rules
import sets
from prng import SplitMix64
from protocol import Oracle
from spec import Spec
from tz import Database, Zone, offset_of

COMMITTED_ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Ceuta", "America/Detroit", "America/Havana",
    "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Gaza",
    "Australia/LHI", "Pacific/Apia",
)  # fmt: skip
COMMITTED_SETS = tuple(
    f"{name}.txt"
    for name in ["worked_facts", "negative", "specs", "durations", "units", "limits", "local"]
)
VECTORS = Path(__file__).resolve().parent.parent / "vectors"
ORACLE: Oracle  # set in `main`, inherited by the forked workers


def zone_file(name: str) -> str:
    """America/New_York is kept in zones/America__New_York.txt."""
    return f"zones/{name.replace('/', '__')}.txt"


def sanity(oracle: Oracle) -> None:
    """The oracle against plain zoneinfo and against the invariants that need no second rule."""
    db = oracle.db
    assert len(db.names) == 598 and db.version == "2026f", "another database"
    for name in sets.CIVIL_ZONES:
        zone, info, rng = db.zone(name), db.zone_info(name), SplitMix64(len(name))
        for t_s in (rng.between(-2_208_900_000, 7_258_100_000) for _ in range(300)):
            assert zone.offset_at(t_s * 1000) == offset_of(info, t_s) * 1000, (name, t_s)
        steps = (1_200_000, 2_700_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000)
        grids = [
            (step, rules.Assigner(db, Spec(duration_ms=step, timezone=name))) for step in steps
        ]
        unit = rules.Assigner(db, Spec(calendar_unit=1, calendar_duration=1, timezone=name))
        for u, _, _ in zone.near(0, 2_145_916_800_000):
            for t in (u - 1, u, rng.between(u - 90_000_000, u + 90_000_000)):
                assert grids[-1][1].pane(t) == unit.pane(t), (name, t)
                for step, assigner in grids:
                    pane_holds(zone, step, assigner, t)


def pane_holds(zone: Zone, step: int, assigner: rules.Assigner, t: int) -> None:
    """Invariants 2, 4, 9 and 10 of section 12, for one pane."""
    start, end = assigner.pane(t)
    assert start <= t < end and assigner.pane(end)[0] == end, (start, t, end)
    assert assigner.pane(start) == (start, end) and assigner.pane(end - 1)[1] == end
    touching = zone.near(start, end)
    held = sum(a - b for _, a, b in touching if step > a - b > 0)
    assert end - start <= step + held
    if not touching:
        reading = t + zone.offset_at(t)
        assert (start, end - start) == (t - reading % step, step), (start, t, end)


def produce(job: str) -> tuple[str, str]:
    """One file: its name and its text."""
    if job in sets.SETS:
        return job, "\n".join(sets.SETS[job](ORACLE)) + "\n"
    return zone_file(job), "\n".join(sets.zone(ORACLE, job)) + "\n"


def generate(names: list[str], processes: int) -> dict[str, str]:
    """Every file, by name."""
    jobs = [*sets.SETS, *names]
    if processes == 1:
        return dict(map(produce, jobs))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return dict(pool.imap(produce, jobs))


def committed_files() -> list[Path]:
    """The files this program answers for; engine.txt was worked by hand."""
    return [path for path in VECTORS.rglob("*.txt") if path.name != "engine.txt"]


def differences(fresh: dict[str, str]) -> list[str]:
    """The committed files that are not what was generated."""
    out = []
    kept = {p.relative_to(VECTORS).as_posix() for p in committed_files()}
    for name in sorted(kept | fresh.keys()):
        text = (VECTORS / name).read_text() if name in kept else None
        if text != fresh.get(name):
            out.append(f"{name}: {'out of date' if text and name in fresh else 'one side only'}")
    return out


def main() -> int:
    """Writes, then compares or updates."""
    global ORACLE
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tz", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    ORACLE = Oracle(Database(args.tz))
    names = sets.distinct(ORACLE)
    sanity(ORACLE)
    files = generate(names, args.processes)
    digests = [
        f"{hashlib.sha256(text.encode()).hexdigest()} {text.count(chr(10))} {name}\n"
        for name, text in sorted(files.items())
    ]
    for name, text in files.items():
        path = args.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert len(names) == 147, "a history more or less"
    committed = {n: files[n] for n in (*COMMITTED_SETS, *map(zone_file, COMMITTED_ZONES))}
    committed["digests.txt"] = "".join(digests)
    if args.update:
        for old in committed_files():
            old.unlink()
        for name, text in committed.items():
            (VECTORS / name).parent.mkdir(parents=True, exist_ok=True)
            (VECTORS / name).write_text(text)
    wrong = differences(committed) if args.check else []
    print("".join(f"{line}\n" for line in wrong), end="", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
