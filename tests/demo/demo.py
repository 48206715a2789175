"""Assigns every row of a CSV of local times to 6-hour windows, one every 30 minutes.

python demo.py FILE OUT: FILE has the header `timestamp,value` and New York wall-clock times; OUT
gets little-endian int64: the rows' instants, then offsets, starts and ends of their windows.
"""

import csv
import struct
import sys
import time
from datetime import datetime, timedelta

import paneline as pln

path, out = sys.argv[1:]

with open(path, newline="", encoding="utf-8") as file:
    readings = [datetime.fromisoformat(row["timestamp"]) for row in csv.DictReader(file)]
local_ms = [(t - datetime(1970, 1, 1)) // timedelta(milliseconds=1) for t in readings]
instants = pln.resolve_local("America/New_York", local_ms, "earliest")

assigner = pln.Assigner(
    pln.SlidingWindowSpec(
        duration_ms=pln.parse_duration("6h"),
        step_ms=pln.parse_duration("30m"),
        timezone="America/New_York",
    )
)
seconds = []
for _ in range(5):
    start = time.perf_counter()
    windows = assigner.assign(instants)
    seconds.append(time.perf_counter() - start)

with open(out, "wb") as file:
    for column in (instants, windows.offsets, windows.starts_ms, windows.ends_ms):
        file.write(struct.pack(f"<{len(column)}q", *column))
rate = int(len(instants) / min(seconds))
print(f"python rows={len(instants)} windows={len(windows.starts_ms)} events_per_s={rate}")
