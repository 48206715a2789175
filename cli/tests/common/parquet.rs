//! Files of Parquet: those of tests/data, and those that a test writes itself.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::data_type::DataType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::{Run, run_in};

/// Files of tests/data with the readings of the sample.
pub(crate) const READINGS: [&str; 8] = [
    "duckdb",
    "duckdb_texts",
    "pandas",
    "polars",
    "polars_texts",
    "pyarrow",
    "pyarrow_lengths",
    "pyarrow_texts",
];

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/{name}.parquet"))
}

/// Checks the sample's columns in a file.
pub(crate) fn check_sample(file: &Path, arguments: &str) -> Run {
    let flags = "--time timestamp --value value --timezone America/New_York";
    run_in(Path::new("."), &format!("check {} {flags} {arguments}", file.display()), "")
}

/// Writes the cells of a column of a row group.
pub(crate) fn cells<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    cells: &[Option<T::T>],
) {
    let values: Vec<T::T> = cells.iter().flatten().cloned().collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(&values, Some(&levels), None).unwrap();
    column.close().unwrap();
}

pub(crate) type Cells<'a> = &'a dyn Fn(&mut SerializedRowGroupWriter<'_, File>);

/// Writes a file with these columns in a schema's language, and these row groups.
pub(crate) fn write(file: &Path, columns: &str, groups: &[Cells<'_>]) {
    write_as(WriterProperties::default(), file, columns, groups);
}

pub(crate) fn write_as(
    properties: WriterProperties,
    file: &Path,
    columns: &str,
    groups: &[Cells<'_>],
) {
    let schema = parse_message_type(&format!("message rows {{ {columns} }}")).unwrap();
    let file = File::create(file).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema.into(), properties.into()).unwrap();
    for cells in groups {
        let mut group = writer.next_row_group().unwrap();
        cells(&mut group);
        group.close().unwrap();
    }
    writer.close().unwrap();
}
