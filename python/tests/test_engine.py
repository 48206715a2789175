"""The engine: what it answers, however its rows are cut and handed over."""

import json
import struct
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paneline as pln

I64_MIN, I64_MAX = -(2**63), 2**63 - 1
FILE = Path(__file__).parents[2] / "tests" / "vectors" / "engine.txt"
SUM = pln.Aggregate("sum", "sum", "v")


def sequences() -> dict[str, list[str]]:
    """The sequences that were worked by hand: their lines by their numbers."""
    lines = [line for line in FILE.read_text().splitlines() if line and line[0] != "#"]
    found = {}
    while lines:
        end = lines.index("end")
        found[lines[0].removeprefix("sequence ")] = lines[1:end]
        del lines[: end + 1]
    return found


SEQUENCES = sequences()


def float_of(bits: str) -> float:
    return float(struct.unpack(">d", bytes.fromhex(bits))[0])


def bits_of(number: float) -> str:
    return struct.pack(">d", number).hex()


def row_of(spec: pln.EngineSpec, words: list[str]) -> tuple[Any, ...]:
    """Source, key, time and values of a line `row`."""
    source, key, time, *values = words
    read_key = {"bytes": lambda key: bytes.fromhex(key[1:])}.get(str(spec.key), int)
    read = [int if column.type == "i64" else float_of for column in spec.values]
    return (
        0 if source == "." else int(source),
        None if key == "-" else read_key(key),
        int(time),
        *(None if v == "-" else of(v) for v, of in zip(values, read, strict=True)),
    )


def as_buffers(spec: pln.EngineSpec, rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Rows as keys, times, values, unit and sources: numpy columns with validity."""
    sources, keys, times, *values = (list(column) for column in zip(*rows, strict=True))
    present = np.array([key is not None for key in keys])
    columns: Any
    if spec.key == "bytes":
        strings = [key or b"" for key in keys]
        offsets = np.cumsum([0, *map(len, strings)])
        columns = (offsets, b"".join(strings), present)
    else:
        dtype = "i8" if spec.key == "i64" else "u8"
        columns = (np.array([key or 0 for key in keys], dtype), present)
    pairs = []
    for column, of in zip(values, spec.values, strict=True):
        valid = np.array([value is not None for value in column])
        data = [0 if value is None else value for value in column]
        if of.type == "f64":
            # By their bits: a signalling NaN stays one.
            data = [struct.unpack("q", struct.pack("d", value))[0] for value in data]
        pairs.append((np.array(data, "i8").view("f8" if of.type == "f64" else "i8"), valid))
    return columns, np.array(times), pairs, "ms", np.array(sources, "u4")


def as_lists(spec: pln.EngineSpec, rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Rows as keys, times, values, unit and sources: lists with None."""
    sources, keys, times, *values = (list(column) for column in zip(*rows, strict=True))
    named: Any = [spec.sources[source] for source in sources] if spec.sources else sources
    return keys, times, values, "ms", named


def text_of(spec: pln.EngineSpec, engine: pln.Engine) -> list[str]:
    """What an engine has to say after `finish`, in the words of the file."""

    def key(key: Any) -> str:
        return "x" + key.hex() if isinstance(key, bytes) else str(key)

    def value(value: Any) -> str:
        if value is None:
            return "-"
        return bits_of(value) if isinstance(value, float) else str(value)

    lines = []
    for batch in iter(engine.poll, None):
        for start, end, k, count, revision, flags, *values in batch:
            words = [end, start, key(k), count, revision, flags, *map(value, values)]
            lines.append(" ".join(["=", *map(str, words)]))
    for late in iter(engine.poll_late, None):
        for reason, k, time, source, *values in late:
            words = [source if spec.sources else ".", key(k), time, *map(value, values)]
            lines.append(" ".join(["late", reason.name, *map(str, words)]))
    s = engine.stats
    counts = (s.accepted, s.late, s.future, s.invalid, s.emitted, s.sum_overflows)
    return [*lines, " ".join(["stats", *map(str, counts)])]


@pytest.mark.parametrize("columns", [as_lists, as_buffers])
@pytest.mark.parametrize("cut", [1, 3, 1_000])
@pytest.mark.parametrize("lines", SEQUENCES.values(), ids=SEQUENCES.keys())
def test_the_sequences_worked_by_hand(lines: list[str], cut: int, columns: Any) -> None:
    """Rows one by one, by threes and as many as come, as lists and as buffers."""
    spec = pln.EngineSpec.from_json(lines[0].removeprefix("spec "))
    engine = pln.Engine(spec)
    rows: list[tuple[Any, ...]] = []

    def push() -> None:
        if rows:
            assert engine.push(*columns(spec, rows)) == len(rows)
            rows.clear()

    finish = lines.index("finish")
    for line in lines[1 : finish + 1]:
        verb, *words = line.split()
        if verb == "row":
            rows.append(row_of(spec, words))
            if len(rows) == cut:
                push()
            continue
        push()
        if verb == "watermark":
            engine.advance_watermark(int(words[1]), 0 if words[0] == "." else int(words[0]))
        elif verb == "tick":
            engine.tick(int(words[0]))
        else:
            engine.finish()
    assert text_of(spec, engine) == lines[finish + 1 :]


def test_the_file_was_read() -> None:
    assert len(SEQUENCES) == 12


def brute_force(
    keys: Any, times: Any, values: Any, duration: int, step: int
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """Count, sum, least and largest by window start and key, row by row."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for key, t, value in zip(keys.tolist(), times.tolist(), values.tolist(), strict=True):
        start = t // step * step
        while start > t - duration:
            found[start, key].append(value)
            start -= step
    return {at: (len(v), sum(v), min(v), max(v)) for at, v in found.items()}


@pytest.mark.parametrize(("duration", "step"), [(1_000, 1_000), (5_000, 1_000), (1_500, 1_000)])
@pytest.mark.parametrize("key", ["i64", "u64", "bytes"])
def test_against_a_brute_force(duration: int, step: int, key: Any) -> None:
    """Random rows out of order within the bound, over several blocks and many cuts."""
    rng = np.random.default_rng(duration)
    rows = 9_000
    times = np.arange(rows) * 7 - 20_000 + rng.integers(0, 500, rows)
    keys = rng.integers(0, 40, rows)
    values = rng.integers(-1_000, 1_000, rows)
    spec = pln.EngineSpec(
        window=pln.SlidingWindowSpec(duration_ms=duration, step_ms=step),
        key=key,
        values=[pln.ValueColumn("v")],
        aggregates=[SUM, pln.Aggregate("min", "min", "v"), pln.Aggregate("max", "max", "v")],
        max_out_of_orderness_ms=500,
    )
    expected = brute_force(keys, times, values, duration, step)
    columns: dict[str, Any] = {
        "i64": keys,
        "u64": keys.astype("u8"),
        "bytes": (np.arange(rows + 1) * 8, keys.view("u1")),
    }
    runs = []
    for cut in (rows, 4_097, 1_000, 37):
        engine = pln.Engine(spec)
        batches = []
        for at in range(0, rows, cut):
            span = slice(at, at + cut)
            part: Any = columns[key]
            part = (part[0][at : at + cut + 1], part[1]) if key == "bytes" else part[span]
            batches += [*engine.run(part, times[span], [values[span]])]
        engine.finish()
        batches += [*iter(engine.poll, None)]
        got = {}
        for batch in batches:
            for start, end, k, count, revision, flags, *found in batch:
                assert (end - start, revision, flags) == (duration, 0, 0)
                k = int.from_bytes(k, "little") if key == "bytes" else k
                got[start, k] = (count, *found)
        assert got == expected
        assert sum(map(len, batches)) == len(expected) == engine.stats.emitted
        assert engine.stats.accepted == rows
        runs.append([row for batch in batches for row in batch])
    assert all(run == runs[0] for run in runs)


def spec_of(window: pln.SlidingWindowSpec | int = 10, **fields: Any) -> pln.EngineSpec:
    if isinstance(window, int):
        window = pln.SlidingWindowSpec(duration_ms=window)
    return pln.EngineSpec(window=window, **fields)


def test_exact_sums_in_any_order() -> None:
    """0.1 added up ten times is 1.0 only if it is rounded once."""
    values = np.array([0.1] * 10 + [1e300, -1e300])
    for order in (slice(None), slice(None, None, -1)):
        engine = pln.Engine(spec_of(values=[pln.ValueColumn("v", "f64")], aggregates=[SUM]))
        [batch] = engine.run([1] * 12, [0] * 12, [values[order].copy()], finish=True)
        assert batch["sum"].tolist() == [1.0]


def test_units_of_times() -> None:
    for unit, ticks in (("s", 1), ("ms", 1_000), ("us", 10**6), ("ns", 10**9)):
        engine = pln.Engine(spec_of(1_000))
        assert engine.push([1, 1], [61 * ticks, -1], unit=unit) == 2  # type: ignore[arg-type]
        late = engine.poll_late()
        assert late is not None
        assert late.times_ms.tolist() == [-1_000 if unit == "s" else -1]
        assert engine.watermark_ms == 60_999


def test_rows_without_a_time_or_key_are_counted() -> None:
    engine = pln.Engine(spec_of())
    missing = np.datetime64("NaT").view("i8")
    times: Any = [None, 5, missing]
    unit: Any
    for unit in ("s", "ms", "us", "ns"):
        assert engine.push([1, None, 2], times, unit=unit) == 3
    assert engine.push((np.array([1, 2]), np.array([True, False])), [5, I64_MAX]) == 2
    stats = engine.stats
    assert (stats.accepted, stats.invalid, stats.late, stats.future) == (1, 13, 0, 0)


def test_time_moves_by_watermarks_ticks_and_datetimes() -> None:
    spec = spec_of(1_000, sources=["north", "south"], idle_timeout_ms=100, max_future_ms=50)
    engine, progress = pln.Engine(spec), pln.Progress(spec)
    assert engine.watermark_ms == progress.watermark_ms == I64_MIN
    for judge in (engine, progress):
        assert judge.advance_watermark(5_000, "south") == I64_MIN
        assert judge.advance_watermark(datetime.fromtimestamp(7, UTC)) == 5_000
        assert judge.tick(datetime.fromtimestamp(7, UTC)) == 5_000
        assert judge.advance_watermark(6_000, np.int64(1)) == 6_000
        assert judge.tick(7_100) == 6_000
        with pytest.raises(pln.InvalidArgumentError) as caught:
            judge.tick(7_099)
        assert caught.value.path == "now_ms"
        for source in (2, -1, 2**70, "", "west", "\ud800", "x" * 10_000):
            with pytest.raises(pln.InvalidArgumentError) as caught:
                judge.advance_watermark(0, source)
            assert caught.value.path == "source"
            assert len(caught.value.message) < 200
        for naive in (datetime.fromtimestamp(0), 2**63, -(2**63) - 1):
            with pytest.raises(pln.PanelineError) as wrong:
                judge.advance_watermark(naive)
            assert wrong.value.path == "t_ms"
        assert judge.watermark_ms == 6_000
    engine.push([1, 1], [7_150, 7_151], sources="north")
    assert (engine.stats.accepted, engine.stats.future) == (1, 1)
    engine.finish()
    assert progress.finish() == engine.watermark_ms == progress.watermark_ms == I64_MAX


def test_sources_by_index_and_name() -> None:
    spec = spec_of(sources=["north", "south"])
    times = [5, 6, 7]
    columns: list[Any] = [
        [0, 1, 1],
        (0, 1, 1),
        ["north", "south", "south"],
        ("north", 1, "south"),
        [np.int64(0), 1, True + 0],
        np.array([0, 1, 1]),
        np.array([0, 1, 1], "u4"),
        pln.Column([0, 1, 1], "uint32"),
    ]
    for sources in columns:
        engine = pln.Engine(spec)
        assert engine.push([1, 1, 1], times, sources=sources) == 3
        assert engine.watermark_ms == 4
    for one in ("south", 1):
        engine = pln.Engine(spec)
        assert engine.push([1, 1, 1], times, sources=one) == 3
        assert engine.watermark_ms == I64_MIN
        assert engine.push([1], [9], sources="north") == 1
        assert engine.watermark_ms == 6
    pln.Engine(spec_of()).push([1], [1], sources=0)


def test_late_rows_can_be_pushed_again() -> None:
    spec = spec_of(
        sources=["a", "b"],
        values=[pln.ValueColumn("i", nullable=True), pln.ValueColumn("f", "f64")],
        aggregates=[pln.Aggregate("n", "count", "i"), pln.Aggregate("s", "sum", "f")],
    )
    for key, keys in (
        ("i64", [1, 2, 3]),
        ("u64", [2**64 - 1, 2, 3]),
        ("bytes", [b"x", b"", b"yy"]),
    ):
        spec = pln.EngineSpec.from_json(
            json.dumps(json.loads(spec.to_json()) | {"key": f"KEY_TYPE_{key.upper()}"})
        )
        engine = pln.Engine(spec)
        engine.advance_watermark(99, 0)
        engine.advance_watermark(99, 1)
        columns: Any = (keys, [5, 6, 7], [[4, None, 6], [0.5, 1.5, 2.5]], "ms", ["b", "a", "b"])
        assert engine.push(*columns) == 3
        late = engine.poll_late()
        assert late is not None
        assert engine.poll_late() is None
        assert late["i"].tolist() == [4, None, 6]
        assert [*late.values] == ["i", "f"]
        assert late.sources.tolist() == [1, 0, 1]
        again = pln.Engine(spec)
        values = [late["i"], late["f"]]
        assert again.push(late.keys, late.times_ms, values, "ms", late.sources) == 3
        again.finish()
        [batch] = iter(again.poll, None)
        assert batch.keys.tolist() == keys
        assert batch["n"].tolist() == [1, 0, 1]
        assert batch["s"].tolist() == [0.5, 1.5, 2.5]


def test_late_rows_revise_and_retract() -> None:
    late = pln.SlidingWindowSpec(duration_ms=10, allowed_lateness_ms=100)
    engine = pln.Engine(spec_of(late))
    engine.push([1, 1, 1, 1], [5, 20, 6, 41])
    engine.finish()
    rows = [row for batch in iter(engine.poll, None) for row in batch]
    assert rows[:2] == [(0, 10, 1, 1, 0, 0), (0, 10, 1, 2, 1, pln.FLAG_LATE)]
    session = pln.SlidingWindowSpec(
        kind=pln.WindowKind.SESSION, session_gap_ms=10, allowed_lateness_ms=100
    )
    engine = pln.Engine(spec_of(session))
    engine.push([1, 1, 1, 1], [0, 15, 40, 8])
    engine.finish()
    rows = [row for batch in iter(engine.poll, None) for row in batch]
    assert [row for row in rows if row[5] & pln.FLAG_RETRACTION]
    assert (pln.FLAG_LATE, pln.FLAG_RETRACTION, pln.FLAG_PARTIAL, pln.SLOTS) == (1, 2, 4, 64)


def test_a_finished_engine_is_closed_but_for_its_results() -> None:
    engine = pln.Engine(spec_of())
    engine.push([1], [1])
    engine.finish()
    calls: list[Any] = [
        lambda: engine.push([1], [2]),
        lambda: engine.push([], []),
        lambda: next(engine.run([1], [2])),
        lambda: engine.advance_watermark(1),
        lambda: engine.tick(1),
        lambda: engine.finish(),
    ]
    for call in calls:
        with pytest.raises(pln.ClosedError) as caught:
            call()
        assert (caught.value.path, caught.value.taken) == ("", 0)
    assert [len(batch) for batch in iter(engine.poll, None)] == [1]
    assert (engine.poll(), engine.poll_late()) == (None, None)
    assert engine.stats.watermark_ms == engine.watermark_ms == I64_MAX
    progress = pln.Progress(spec_of())
    progress.finish()
    for call in (lambda: progress.judge([1], [1]), progress.finish, lambda: progress.tick(1)):
        with pytest.raises(pln.ClosedError):
            call()


def apply(shard: pln.Engine, columns: Any, verdicts: pln.Verdicts) -> Iterator[tuple[Any, ...]]:
    """Applies a batch and goes on where it was refused, for want of room for results."""
    from_row = 0
    while True:
        try:
            taken = shard.apply(*columns, verdicts=verdicts, from_row=from_row)
        except pln.MemoryLimitError as error:
            from_row += error.taken
            drained = [row for batch in iter(shard.poll, None) for row in batch]
            assert drained
            yield from drained
        else:
            assert from_row + taken == len(verdicts)
            return


def test_shards_are_the_whole() -> None:
    """Every slot in one of the shards; batches of several blocks, refused in the midst of one."""
    rng = np.random.default_rng(1)
    rows = 20_000
    keys, times = rng.integers(0, 500, rows), np.arange(rows) * 3 + rng.integers(0, 90, rows)
    spec = spec_of(
        500,
        values=[pln.ValueColumn("v", "f64")],
        aggregates=[SUM],
        max_out_of_orderness_ms=50,
        output_budget_bytes=20_000,
    )
    columns: Any = (keys, times, [rng.random(rows)])
    whole = pln.Engine(spec)
    expected = [row for batch in whole.run(*columns, finish=True) for row in batch]
    shards = [pln.Engine.shard(spec, 0x1111_1111_1111_1111 << bit) for bit in range(4)]
    progress = pln.Progress(spec)
    got: list[tuple[Any, ...]] = []
    for span in (slice(0, 13_000), slice(13_000, rows)):
        part = (keys[span], times[span], [columns[2][0][span]])
        verdicts = progress.judge(*part)
        assert len(verdicts) == len(keys[span])
        for shard in shards:
            got += apply(shard, part, verdicts)
    assert progress.watermark_ms == times.max() - 51
    for shard in shards:
        shard.apply_watermark(progress.advance_watermark(10**6))
        shard.apply_finish()
        got += [row for batch in iter(shard.poll, None) for row in batch]
        with pytest.raises(pln.ClosedError):
            shard.apply_finish()
    assert sorted(got) == sorted(expected)
    for name in ("late", "accepted", "emitted"):
        of = [getattr(shard.stats, name) for shard in shards]
        assert sum(of) == getattr(whole.stats, name) > 0
        assert min(of) > 0
    assert repr(shards[0]) == f"Engine.shard({spec!r}, slots=0x1111111111111111)"


def test_verdicts() -> None:
    spec = spec_of(max_future_ms=10)
    progress = pln.Progress(spec)
    progress.tick(100)
    verdicts = progress.judge([1, 1, 1, None], [105, 5, 500, 100])
    names = [verdicts.verdict(row) for row in range(4)]
    verdict = pln.Verdict
    assert names == [verdict.ACCEPTED, verdict.LATE, verdict.FUTURE, verdict.INVALID]
    assert verdicts.verdict(-1) is pln.Verdict.INVALID
    assert [verdicts.watermark_ms(row) for row in range(-4, 0)] == [104] * 4
    for row in (4, -5, 2**70):
        for call in (verdicts.verdict, verdicts.watermark_ms):
            with pytest.raises(IndexError):
                call(row)
    assert repr(verdicts) == "<Verdicts on 4 rows>"
    many = progress.judge(np.zeros(10_000, "i8"), np.arange(10_000) + 90)
    assert many.watermark_ms(9_999) == many.watermark_ms(20) == 109
    rows = (9, 10, 20, 21, 4_095, 4_096, 9_999)
    names = [many.verdict(row) for row in rows]
    assert names == [verdict.LATE, *[verdict.ACCEPTED] * 2, *[verdict.FUTURE] * 4]


def test_shards_and_wholes_are_not_mixed_up() -> None:
    spec = spec_of()
    whole, shard, progress = pln.Engine(spec), pln.Engine.shard(spec, 1), pln.Progress(spec)
    verdicts = progress.judge([1, 2], [1, 2])
    bytes_ = pln.Progress(spec_of(key="bytes")).judge([b""], [1])
    cases: list[tuple[Any, str]] = [
        (lambda: shard.push([1], [1]), ""),
        (lambda: shard.push([], []), ""),
        (lambda: shard.advance_watermark(1), ""),
        (lambda: shard.tick(1), ""),
        (shard.finish, ""),
        (lambda: whole.apply([1, 2], [1, 2], verdicts=verdicts), ""),
        (lambda: whole.apply_watermark(1), ""),
        (whole.apply_finish, ""),
        (lambda: shard.apply([1], [1], verdicts=verdicts), "verdicts"),
        (lambda: shard.apply([1], [1], verdicts=bytes_), "verdicts"),
        (lambda: shard.apply([1, 2], [1, 2], verdicts=verdicts, from_row=3), "from_row"),
        (lambda: pln.Engine.shard(spec, 0), "slots"),
        (lambda: pln.Engine.shard(spec, 2**64), "slots"),
        (lambda: pln.Engine.shard(spec, -1), "slots"),
    ]
    for call, path in cases:
        with pytest.raises(pln.InvalidArgumentError) as caught:
            call()
        assert caught.value.path == path
    with pytest.raises(TypeError):
        shard.apply([1], [1], verdicts=None)  # type: ignore[arg-type]
    assert shard.apply([1, 2], [1, 2], verdicts=verdicts, from_row=2) == 0
    for rows in (0, 4_095, 4_096, 4_097, 8_192):
        column = np.arange(rows)
        judged = pln.Progress(spec).judge(column, column)
        for from_row in {0, 1, rows - 1, rows} if rows else {0}:
            shard = pln.Engine.shard(spec, 2**64 - 1)
            left = rows - from_row
            assert shard.apply(column, column, verdicts=judged, from_row=from_row) == left


def test_a_shard_takes_every_batch_once_in_order() -> None:
    """Rows that a shard took twice or never are not noticed later; also where blocks are given."""
    spec = spec_of()
    progress, shard = pln.Progress(spec), pln.Engine.shard(spec, 2**64 - 1)
    batches = [np.arange(rows) for rows in (10_000, 3, 5_000)]
    judged = [progress.judge(column, column) for column in batches]

    def apply(at: int, from_row: int = 0) -> int:
        return shard.apply(batches[at], batches[at], verdicts=judged[at], from_row=from_row)

    def refused(at: int, from_row: int = 0) -> str:
        with pytest.raises(pln.InvalidArgumentError) as caught:
            apply(at, from_row)
        assert caught.value.path == "verdicts"
        return str(caught.value)

    assert "waits for row 0" in refused(1)
    assert apply(0, 9_000) == 1_000
    assert "taken those before 10000" in refused(0)
    assert "taken those before 10000" in refused(0, 5_000)
    assert "waits for row 10000" in refused(2)
    assert apply(1) == 3
    assert apply(2) == 5_000
    with pytest.raises(pln.InvalidArgumentError, match="as it was judged"):
        shard.apply(batches[1], batches[1][::-1].copy(), verdicts=judged[1])
    shard.apply_finish()
    assert shard.stats.accepted + shard.stats.late == 6_003


def test_stats_are_a_value() -> None:
    engine, same = pln.Engine(spec_of()), pln.Engine(spec_of())
    for one in (engine, same):
        one.push([1, 2, 1], [1, 2, 3])
    stats = engine.stats
    assert stats == same.stats
    assert hash(stats) == hash(same.stats)
    assert (stats.accepted, stats.keys, stats.windows_open, stats.watermark_ms) == (3, 2, 1, 2)
    parts = [getattr(stats, name) for name in dir(stats) if name.endswith("_bytes")]
    assert len(parts) == 6
    assert stats.bytes == sum(parts) > 0
    assert repr(stats).startswith("Stats(accepted=3, late=0, ")
    engine.push([1], [2])
    assert engine.stats != stats
    assert {stats, same.stats, engine.stats} == {stats, engine.stats}
    assert repr(engine) == f"Engine({engine.spec!r})"
    assert engine.spec == spec_of()
    assert repr(pln.Progress(spec_of())) == f"Progress({spec_of()!r})"
    with pytest.raises(AttributeError):
        stats.accepted = 5  # type: ignore[misc]
