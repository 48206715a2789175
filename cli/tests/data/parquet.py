"""Writes the Parquet files of this folder: one sample, as each library writes it unless told.

Run it with the libraries of tests/requirements.txt and the sample that cli/tests/parquet.rs
compares the files with:

    paneline sample --rows 96 --start 2014-11-01 | .venv/bin/python cli/tests/data/parquet.py

The files are checked in, so that the tests need none of these libraries; what hostile and rare
files hold is written by the tests themselves.
"""

import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent


def main() -> None:
    """Reads the sample from standard input and writes it in every way."""
    table = pa.csv.read_csv(
        sys.stdin.buffer,
        convert_options=pa.csv.ConvertOptions(column_types={"timestamp": pa.timestamp("us")}),
    )
    readings, values = table["timestamp"], table["value"]

    def at(name: str) -> str:
        return str(FOLDER / f"{name}.parquet")

    pq.write_table(table, at("pyarrow"))
    pl.from_arrow(table).write_parquet(at("polars"))
    duckdb.sql(f"copy (from \"table\") to '{at('duckdb')}'")
    pd.DataFrame({"timestamp": readings.to_pandas(), "value": values.to_pandas()}).to_parquet(
        at("pandas")
    )

    # The readings as texts, in a dictionary and with the lengths apart.
    texts = pa.table(
        {"timestamp": pa.compute.strftime(readings, "%Y-%m-%d %H:%M"), "value": values}
    )
    pq.write_table(texts, at("pyarrow_texts"), compression="lz4")
    pq.write_table(
        texts,
        at("pyarrow_lengths"),
        use_dictionary=False,
        column_encoding={"timestamp": "DELTA_LENGTH_BYTE_ARRAY", "value": "DELTA_BINARY_PACKED"},
        data_page_version="2.0",
    )
    pl.from_arrow(texts).write_parquet(at("polars_texts"))
    duckdb.sql(f"copy (from texts) to '{at('duckdb_texts')}' (parquet_version v2)")

    # The readings as if they were instants.
    instants = readings.cast(pa.timestamp("ns")).cast(pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"timestamp": instants, "value": values}), at("pyarrow_instants"))
    duckdb.sql("set timezone = 'UTC'")
    aware = 'select timestamp::timestamptz as timestamp, value from "table"'
    duckdb.sql(f"copy ({aware}) to '{at('duckdb_instants')}' (codec zstd)")
    plain = readings.cast(pa.timestamp("ms")).cast(pa.int64())
    pq.write_table(pa.table({"timestamp": plain, "value": values}), at("pyarrow_wholes"))

    # What is refused: no zone is told, and no bound is held.
    pq.write_table(table, at("int96"), use_deprecated_int96_timestamps=True)
    pq.write_table(table, at("gzip"), compression="gzip")


main()
