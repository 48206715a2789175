"""Producers that err, in the protocol, the format or midway: released once, and none crashes."""

import ctypes
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import paneline as pln

MINUTES = pln.Assigner(pln.SlidingWindowSpec(duration_ms=60_000))
POINTER = ctypes.c_void_p


class Schema(ctypes.Structure):
    """`struct ArrowSchema`."""


RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", RELEASE_SCHEMA),
    ("private_data", POINTER),
]


class Array(ctypes.Structure):
    """`struct ArrowArray`."""


RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(POINTER)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", RELEASE_ARRAY),
    ("private_data", POINTER),
]


class Stream(ctypes.Structure):
    """`struct ArrowArrayStream`."""


GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))
GET_LAST_ERROR = ctypes.CFUNCTYPE(POINTER, ctypes.POINTER(Stream))
RELEASE_STREAM = ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))
Stream._fields_ = [
    ("get_schema", GET_SCHEMA),
    ("get_next", GET_NEXT),
    ("get_last_error", GET_LAST_ERROR),
    ("release", RELEASE_STREAM),
    ("private_data", POINTER),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype, new_capsule.argtypes = ctypes.py_object, [POINTER, ctypes.c_char_p, POINTER]


class Producer:
    """Exports what a test says, and counts what is released. It must outlive what it exports."""

    def __init__(self, fmt: bytes = b"l", **array: Any) -> None:
        self.released = {"schema": 0, "array": 0, "stream": 0}
        self.kept: list[Any] = []
        self.fmt, self.array = fmt, array
        self.names = {"schema": b"arrow_schema", "array": b"arrow_array"}

    def release(self, what: str, kind: Any) -> Any:
        """A callback that counts."""

        def release(struct: Any) -> None:
            self.released[what] += 1
            struct.contents.release = kind()

        callback = kind(release)
        self.kept.append(callback)
        return callback

    def schema_of(self, fmt: bytes) -> Schema:
        """A type without children."""
        return Schema(format=fmt, flags=2, release=self.release("schema", RELEASE_SCHEMA))

    def array_of(
        self,
        values: list[int] | None = None,
        buffers: list[Any] | None = None,
        **fields: Any,
    ) -> Array:
        """An array of int64, or of whatever buffers and fields."""
        values = [61_000, -1] if values is None else values
        if buffers is None:
            buffers = [None, (ctypes.c_int64 * len(values))(*values)]
        pointers = [b if b is None or isinstance(b, int) else ctypes.addressof(b) for b in buffers]
        places = (POINTER * len(pointers))(*pointers)
        self.kept += [buffers, places]
        fields = {"length": len(values), "n_buffers": len(pointers), **fields}
        release = self.release("array", RELEASE_ARRAY)
        return Array(buffers=places, release=release, **fields)

    def capsule(self, struct: Any, name: bytes) -> Any:
        """A capsule that points to a struct of ours."""
        self.kept += [struct, name]
        return new_capsule(ctypes.addressof(struct), name, None)


class Giving(Producer):
    """Exports one array."""

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        """As the protocol has it."""
        return (
            self.capsule(self.schema_of(self.fmt), self.names["schema"]),
            self.capsule(self.array_of(**self.array), self.names["array"]),
        )


class Streaming(Producer):
    """A stream that gives `arrays` one after the other; an int among them is an error's code."""

    def __init__(self, arrays: list[Any], fmt: bytes = b"l", message: bytes | None = b"") -> None:
        super().__init__(fmt)
        self.arrays, self.message = arrays, message
        self.name, self.fields = b"arrow_array_stream", dict[str, Any]()
        self.threads = set[int]()

    def get_schema(self, _stream: Any, out: Any) -> int:
        """A callback of the stream."""
        ctypes.memmove(out, ctypes.byref(self.schema_of(self.fmt)), ctypes.sizeof(Schema))
        return 0

    def get_next(self, _stream: Any, out: Any) -> int:
        """A callback of the stream."""
        self.threads.add(threading.get_ident())
        array = self.arrays.pop(0) if self.arrays else Array()
        if isinstance(array, int):
            return array
        ctypes.memmove(out, ctypes.byref(array), ctypes.sizeof(Array))
        return 0

    def get_last_error(self, _stream: Any) -> Any:
        """A callback of the stream."""
        if self.message is None:
            return None
        text = ctypes.create_string_buffer(self.message)
        self.kept.append(text)
        return ctypes.addressof(text)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """As the protocol has it."""
        callbacks: dict[str, Any] = {
            "get_schema": GET_SCHEMA(self.get_schema),
            "get_next": GET_NEXT(self.get_next),
            "get_last_error": GET_LAST_ERROR(self.get_last_error),
            "release": self.release("stream", RELEASE_STREAM),
        } | self.fields
        self.kept.append(callbacks)
        return self.capsule(Stream(**callbacks), self.name)


def refused(column: Any, message: str, call: Callable[[Any], object] = MINUTES.pane_starts) -> None:
    with pytest.raises(pln.InvalidArgumentError, match=message) as caught:
        call(column)
    assert caught.value.path in ("times", "keys")
    assert len(caught.value.message) < 600


def test_an_array_is_taken_over_once() -> None:
    producer = Giving()
    assert MINUTES.pane_starts(producer).tolist() == [60_000, -60_000]
    assert producer.released == {"schema": 1, "array": 1, "stream": 0}
    column = (ctypes.c_int64 * 5)(9, 9, 61_000, -1, 9)
    producer = Giving(values=[0, 0], buffers=[None, column], offset=2)
    assert MINUTES.pane_starts(producer).tolist() == [60_000, -60_000]
    shifted = ctypes.create_string_buffer(b"x" + np.array([61_000, -1]).tobytes())
    producer = Giving(values=[0, 0], buffers=[None, ctypes.addressof(shifted) + 1])
    assert MINUTES.pane_starts(producer).tolist() == [60_000, -60_000]  # copied to be aligned
    bits = (ctypes.c_uint8 * 2)(0b1011_1111, 0b1)
    producer = Giving(
        values=[1, 2], buffers=[bits, (ctypes.c_int64 * 9)()], offset=7, null_count=-1
    )
    assert MINUTES.pane_starts(producer).tolist() == [0, 0]
    producer.array |= {"offset": 6}
    with pytest.raises(pln.OutOfRangeError) as caught:
        MINUTES.pane_starts(producer)
    assert caught.value.path == "times[0]"
    assert producer.released == {"schema": 2, "array": 2, "stream": 0}


def test_a_stream_is_pulled_and_released_once() -> None:
    producer = Streaming([])
    producer.arrays = [producer.array_of([1]), producer.array_of([]), producer.array_of([61_000])]
    assert MINUTES.pane_starts(producer).tolist() == [0, 60_000]
    assert producer.released == {"schema": 1, "array": 3, "stream": 1}
    assert producer.threads == {threading.get_ident()}
    producer.arrays = [producer.array_of([1])]
    engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
    unfinished = engine.run([1], producer)
    assert producer.released == {"schema": 2, "array": 3, "stream": 2}
    del unfinished
    assert producer.released["array"] == 4


@pytest.mark.parametrize("callback", ["get_schema", "get_next", "release"])
def test_a_producer_may_wait_for_a_thread_that_needs_the_gil(callback: str) -> None:
    """In a process of its own, which would wait for ever: the callback is libc's `pause`."""
    code = f"""
import ctypes, signal, threading, time
import paneline as pln

capsule = pln.Int64Array([0]).__arrow_c_stream__()
pointer = ctypes.pythonapi.PyCapsule_GetPointer
pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
callbacks = (ctypes.c_void_p * 5).from_address(pointer(capsule, b"arrow_array_stream"))
at = ["get_schema", "get_next", "get_last_error", "release"].index({callback!r})
callbacks[at] = ctypes.cast(ctypes.CDLL(None).pause, ctypes.c_void_p).value

class Column:
    def __arrow_c_stream__(self, requested_schema=None):
        return capsule

def wake():
    while not done:
        time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

done = False
signal.signal(signal.SIGUSR1, lambda *_: None)
waker = threading.Thread(target=wake)
waker.start()
try:
    print(pln.Assigner(pln.SlidingWindowSpec(duration_ms=10)).pane_starts(Column()).tolist())
except pln.PanelineError as error:
    print(error.message)
done = True
waker.join()
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=100
    )
    expected = "[0]" if callback == "release" else "after 0 rows with error -1"
    assert expected in run.stdout


@pytest.mark.parametrize("good", [0, 1, 3])
@pytest.mark.parametrize(
    ("message", "shown"), [(b"disk is gone", "error 5: disk is gone"), (None, "error 5: $")]
)
def test_a_stream_that_fails_midway(good: int, message: bytes | None, shown: str) -> None:
    producer = Streaming([], message=message)
    producer.arrays = [*(producer.array_of([1, 2]) for _ in range(good)), 5]
    refused(producer, f"its stream ended after {2 * good} rows with {shown}")
    assert producer.released == {"schema": 1, "array": good, "stream": 1}
    producer = Streaming([], message=b"x" * 100_000)
    producer.fields = {"get_schema": GET_SCHEMA(lambda _stream, _out: 22)}
    refused(producer, "after 0 rows with error 22: xxx")
    assert producer.released == {"schema": 0, "array": 0, "stream": 1}
    producer = Streaming([5], message="möglich".encode("latin-1"))
    refused(producer, "error 5: m\ufffdglich")


def test_streams_of_the_libraries_that_fail_midway() -> None:
    def batches() -> Any:
        yield pa.record_batch({"t": [1, 2]})
        raise OSError("the pipe broke")

    schema = pa.schema([("t", pa.int64())])
    reader = pa.RecordBatchReader.from_batches(schema, batches())
    refused(reader, "after 2 rows with error .*the pipe broke")
    engine = pln.Engine(pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10)))
    with pytest.raises(pln.InvalidArgumentError, match="the pipe broke"):
        engine.push([1, 2], pa.RecordBatchReader.from_batches(schema, batches()))
    assert engine.stats.accepted == 0


def test_what_a_stream_lacks() -> None:
    fields: list[dict[str, Any]] = [{"get_schema": GET_SCHEMA()}, {"get_next": GET_NEXT()}]
    for missing in fields:
        producer = Streaming([])
        producer.fields = missing
        refused(producer, "no get_schema or no get_next")
        assert producer.released["stream"] == 1
    producer = Streaming([7])
    producer.fields = {"get_last_error": GET_LAST_ERROR()}
    refused(producer, "error 7: $")
    producer.fields = {"get_schema": GET_SCHEMA(lambda _stream, _out: 0)}
    refused(producer, "gave no schema")


def test_capsules_of_another_kind() -> None:
    producer = Giving()
    for name in ("schema", "array"):
        producer.names = {"schema": b"arrow_schema", "array": b"arrow_array"} | {name: b"other"}
        refused(producer, f'a capsule named "arrow_{name}", got one of another name')
    assert producer.released == {"schema": 0, "array": 0, "stream": 0}
    stream = Streaming([])
    stream.name = b"arrow_array"
    refused(stream, 'a capsule named "arrow_array_stream", got one of another name')

    class Wrong:
        answer: Any = None

        def __arrow_c_array__(self, requested_schema: object = None) -> Any:
            return self.answer

    wrong = Wrong()
    good, _ = Giving().__arrow_c_array__()
    for answer in (None, 5, (), (good,), (good, good, good), [good, good], "ab"):
        wrong.answer = answer
        refused(wrong, "must return two capsules")
    pairs: list[tuple[Any, str]] = [((None, None), "NoneType"), ((good, 5), "int")]
    for pair, got in pairs:
        wrong.answer = pair
        refused(wrong, f"got {got}")


def test_capsules_that_were_used() -> None:
    class Again:
        def __init__(self, name: str, capsules: Any) -> None:
            setattr(self, name, lambda requested_schema=None: capsules)

    columns: list[Any] = [
        Again("__arrow_c_array__", pa.array([1]).__arrow_c_array__()),
        Again("__arrow_c_stream__", pa.chunked_array([[1]]).__arrow_c_stream__()),
    ]
    for column in columns:
        assert MINUTES.pane_starts(column).tolist() == [0]
        refused(column, "used before")


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), MemoryError()])
def test_producers_that_raise(error: BaseException) -> None:
    class Raising:
        def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
            raise error

    class Looking:
        @property
        def __arrow_c_array__(self) -> Any:
            raise error

    class Dtype:
        @property
        def dtype(self) -> Any:
            raise error

    columns: list[Any] = [Raising(), Looking(), Dtype()]
    for column in columns:
        with pytest.raises(type(error)) as caught:
            MINUTES.pane_starts(column)
        assert caught.value is error


def int32s(*values: int) -> Any:
    return (ctypes.c_int32 * len(values))(*values)


BROKEN: list[tuple[bytes, dict[str, Any], str]] = [
    (b"l", {"length": -1}, "negative"),
    (b"l", {"offset": -1}, "negative"),
    (b"l", {"length": 2**63 - 1}, "does not fit memory"),
    (b"l", {"length": 2**60}, "does not fit memory"),
    (b"l", {"offset": 2**59, "length": 2**59}, "does not fit memory"),
    (b"l", {"n_buffers": 0}, "has 0 buffers"),
    (b"l", {"n_buffers": 1}, "has 1 buffers"),
    (b"l", {"buffers": [None, None, None]}, "has 3 buffers"),
    (b"l", {"n_buffers": -1}, "has .* buffers"),
    (b"l", {"buffers": [None, None]}, "buffer 1 is missing"),
    (b"+s", {}, "got Struct"),
    (b"", {}, "Arrow column"),
    (b"zzz", {}, "Arrow column"),
    (b"tsx:", {}, "Arrow column"),
]


@pytest.mark.parametrize(("fmt", "array", "message"), BROKEN)
def test_arrays_that_break_the_format(fmt: bytes, array: dict[str, Any], message: str) -> None:
    producer = Giving(fmt, **array)
    refused(producer, message)
    assert producer.released == {"schema": 1, "array": 1, "stream": 0}


TEXT = ctypes.create_string_buffer(b"abcdef")
VIEW = ctypes.create_string_buffer(16)


def view(length: int, piece: int, place: int) -> Any:
    return int32s(length, 0, piece, place)


STRINGS: list[tuple[bytes, list[Any], str]] = [
    (b"u", [None, int32s(0, 1), TEXT], "^$"),
    (b"u", [None, int32s(0, -1), TEXT], "strings end at -1"),
    (b"u", [None, int32s(3, 1), TEXT], r"keys\[0\]: offsets must ascend within 0..=1, got 3 and"),
    (b"u", [None, int32s(-1, 1), TEXT], "got -1 and 1"),
    (b"z", [None, int32s(0, 1), None], "buffer 2 is missing"),
    (b"z", [None, None, TEXT], "buffer 1 is missing"),
    (b"z", [None, int32s(0, 1)], "has 2 buffers"),
    (b"U", [None, (ctypes.c_int64 * 2)(0, -(2**63)), TEXT], "strings end at -9223372036854775808"),
    (b"U", [None, (ctypes.c_int64 * 2)(5, 2), TEXT], "ascend within 0..=2, got 5 and 2"),
    (b"vu", [None, view(3, 0, 0), None], "^$"),
    (b"vu", [None, view(13, 0, 0), None], r"keys\[0\]: a view must lie within its data, got 13"),
    (b"vu", [None, view(13, 0, 0), TEXT, (ctypes.c_int64 * 1)(6)], "got 13 bytes at 0 of piece 0"),
    (b"vz", [None, view(13, 9, 0), TEXT, (ctypes.c_int64 * 1)(6)], "of piece 9"),
    (b"vz", [None, view(-1, -1, -1), TEXT, (ctypes.c_int64 * 1)(6)], "got 4294967295 bytes"),
    (b"vz", [None, view(3, 0, 0), TEXT, (ctypes.c_int64 * 1)(-6)], "strings end at -6"),
    (b"vz", [None, view(3, 0, 0), TEXT, None], "buffer 3 is missing"),
    (b"vz", [None, view(3, 0, 0)], "has 2 buffers"),
]


@pytest.mark.parametrize(("fmt", "buffers", "message"), STRINGS)
def test_strings_that_break_the_format(fmt: bytes, buffers: list[Any], message: str) -> None:
    spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10), key="bytes")
    engine = pln.Engine(spec)
    producer = Giving(fmt, values=[0], buffers=buffers)
    if message == "^$":
        assert engine.push(producer, [1]) == 1
    else:
        with pytest.raises(pln.InvalidArgumentError, match=message) as caught:
            engine.push(producer, [1])
        assert caught.value.path.startswith("keys")
        assert engine.stats.accepted == 0
    assert producer.released == {"schema": 1, "array": 1, "stream": 0}


def test_a_null_may_say_anything() -> None:
    """What stands at a null is not looked at: neither a view nor a time."""
    spec = pln.EngineSpec(window=pln.SlidingWindowSpec(duration_ms=10), key="bytes")
    engine = pln.Engine(spec)
    null = (ctypes.c_uint8 * 1)(0)
    producer = Giving(b"vu", values=[0], buffers=[null, view(99, 9, 9), None], null_count=1)
    assert engine.push(producer, [1]) == 1
    assert engine.stats.invalid == 1


def table_of(producer: Producer, child: Array, **table: Any) -> Array:
    children = (ctypes.POINTER(Array) * 1)(ctypes.pointer(child))
    producer.kept += [child, children]
    fields: dict[str, Any] = {"values": [0] * 2, "buffers": [None]}
    fields |= {"n_children": 1, "children": children}
    return producer.array_of(**(fields | table))


def test_tables_of_one_column() -> None:
    """A table may start at a row, and so may its column; it may not be longer."""

    def push(column: dict[str, Any], **table: Any) -> pln.Int64Array:
        producer = Streaming([], b"+s")
        make = producer.schema_of
        child = make(b"l")
        children = (ctypes.POINTER(Schema) * 1)(ctypes.pointer(child))
        child.release = RELEASE_SCHEMA()  # the table's release is the children's

        def schema_of(fmt: bytes) -> Schema:
            schema = make(fmt)
            schema.n_children, schema.children = 1, children
            return schema

        producer.schema_of = schema_of  # type: ignore[method-assign]
        producer.arrays = [table_of(producer, producer.array_of(**column), **table)]
        try:
            return MINUTES.pane_starts(producer)
        finally:
            assert producer.released == {"schema": 1, "array": 1, "stream": 1}

    minutes = [60_000 * i for i in range(6)]
    assert push({"values": minutes}).tolist() == minutes[:2]
    assert push({"values": minutes}, offset=3).tolist() == minutes[3:5]
    column = {"values": minutes, "offset": 1, "length": 5}
    assert push(column, offset=3).tolist() == minutes[4:]
    for beyond in ({"offset": 4}, {"length": 6}, {"offset": 2**58}):
        with pytest.raises(pln.InvalidArgumentError, match="shorter than its table"):
            push(column, **beyond)
    with pytest.raises(pln.InvalidArgumentError, match="another number of columns"):
        push(column, n_children=2)
    with pytest.raises(pln.InvalidArgumentError, match="rows that are null"):
        push(column, buffers=[(ctypes.c_uint8 * 1)(1)], null_count=1)
    with pytest.raises(pln.InvalidArgumentError, match="negative"):
        push({"values": minutes, "offset": -1})
