//! Parquet that means harm: files that are cut, damaged, or claim what they have not. Each is
//! answered, and refused where it could be read in part or could fill a memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::path::Path;

use common::parquet::{READINGS, cells, check_sample, data, write, write_as};
use common::{Run, directory};
use parquet::basic::Encoding;
use parquet::data_type::{ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;

/// Checks the sample's columns in bytes; the answer must be one of those that files may have.
fn check_bytes(file: &Path, bytes: &[u8], what: &str) -> Run {
    std::fs::write(file, bytes).unwrap();
    let run = check_sample(file, "");
    assert!(matches!(run.code, 0..=2), "{what}: {}", run.stderr);
    assert_eq!(run.code == 2, !run.stderr.is_empty(), "{what}: {}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    run
}

/// Protects against a file that is cut, anywhere: it is refused, and never read in part.
#[test]
fn cut_files() {
    let file = directory("parquet_cut").join("a.parquet");
    let whole = std::fs::read(data("duckdb_instants")).unwrap();
    for cut in 0..whole.len() {
        let run = check_bytes(&file, &whole[..cut], &format!("cut at {cut}"));
        assert_eq!(run.code, 2, "cut at {cut}");
        assert!(run.stderr.starts_with("error: CORRUPT at "), "cut at {cut}: {}", run.stderr);
    }
}

/// Protects against damage of one to four bytes, of files of every writer: an answer, no panic.
#[test]
fn damaged_files() {
    let directory = directory("parquet_damaged");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let wholes: Vec<Vec<u8>> = READINGS.map(|name| std::fs::read(data(name)).unwrap()).into();
    let mut refused = 0;
    for round in 0..2_000 {
        let mut bytes = wholes[round % wholes.len()].clone();
        for _ in 0..=random(4) {
            let place = random(bytes.len());
            bytes[place] = u8::try_from(random(256)).unwrap();
        }
        let run = check_bytes(&directory.join("a.parquet"), &bytes, &format!("round {round}"));
        refused += usize::from(run.code == 2);
    }
    assert!((200..1_990).contains(&refused), "{refused} were refused");
}

/// Protects from a decoder that panics: this damage makes it do so.
#[test]
fn a_decoder_that_panics() {
    let file = directory("parquet_panic").join("a.parquet");
    let mut bytes = std::fs::read(data("duckdb_texts")).unwrap();
    assert_eq!(bytes[888], 8);
    bytes[888] = 0x4f;
    let run = check_bytes(&file, &bytes, "a panic");
    assert!(run.stderr.contains(":1: the file cannot be decoded: the decoder gave up\nhint: "));
}

/// Three rows in two columns of numbers.
fn three_rows(file: &Path) -> Vec<u8> {
    write(
        file,
        "optional int64 timestamp; optional int64 value;",
        &[&|group| {
            cells::<Int64Type>(group, &[Some(0), Some(1), Some(2)]);
            cells::<Int64Type>(group, &[Some(0), Some(1), Some(2)]);
        }],
    );
    std::fs::read(file).unwrap()
}

/// Where the footer of a small file begins, and where its length stands behind it.
fn footer(file: &[u8]) -> (usize, usize) {
    let end = file.len() - 8;
    (end - usize::from(u16::from_le_bytes([file[end], file[end + 1]])), end)
}

/// Protects memory from a page that claims 2 GiB.
#[test]
fn large_pages() {
    let file = directory("parquet_page").join("a.parquet");
    let plain = three_rows(&file);
    assert_eq!(check_sample(&file, "").code, 0, "three rows, 1 ms apart");
    // The first header: the type, then the size of the page, which now has five bytes.
    let size = plain[4..].iter().skip(3).position(|byte| byte & 0x80 == 0).unwrap() + 7;
    assert_eq!((plain[4], plain[6]), (0x15, 0x15));
    let large = [&plain[..7], &[0xfe, 0xff, 0xff, 0xff, 0x0f], &plain[size + 1..]].concat();
    let run = check_bytes(&file, &large, "a large page");
    let wanted = ":1: the file cannot be decoded: a page may unpack to 268435456 \
                  bytes, and one says 2147483647\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);
}

/// Protects the code of a page that is said to lie where no file goes: the file is damaged, and not
/// one that cannot be read.
#[test]
fn far_pages() {
    let file = directory("parquet_far").join("a.parquet");
    let plain = three_rows(&file);
    let (footer, end) = footer(&plain);
    // The first offset of a page is 4; 2 to the power of 62 has nine bytes more.
    let place = footer + plain[footer..].windows(2).position(|two| two == [0x26, 8]).unwrap();
    let far = [&[0x80; 9][..], &[1]].concat();
    let length = u32::try_from(end - footer + far.len() - 1).unwrap().to_le_bytes();
    let parts = [&plain[..=place], &far, &plain[place + 2..end], &length, b"PAR1"];
    let run = check_bytes(&file, &parts.concat(), "a far page");
    let wanted = ":1: the file cannot be decoded: the file ends before byte 4611686018427387904\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);
}

/// Protects memory from dictionaries with more values than bytes, and pages with more lengths of
/// texts than texts.
#[test]
fn large_counts() {
    let file = directory("parquet_counts").join("a.parquet");
    // More lengths of texts than texts: three, in the head of their block.
    let lengths = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_encoding("timestamp".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .build();
    write_as(
        lengths,
        &file,
        "optional binary timestamp; optional int64 value;",
        &[&|group| {
            cells::<ByteArrayType>(group, &["2014-11-02 00:30"; 3].map(|text| Some(text.into())));
            cells::<Int64Type>(group, &[None; 3]);
        }],
    );
    let mut bytes = std::fs::read(&file).unwrap();
    assert_eq!(check_sample(&file, "").code, 1, "one row three times");
    let head = bytes.windows(4).position(|bytes| bytes == [0x80, 1, 4, 3]).unwrap();
    bytes[head + 3] = 4;
    let run = check_bytes(&file, &bytes, "a length too many");
    let wanted = ":1: the file cannot be decoded: a page with 3 texts claims other lengths\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);

    // More values in a dictionary than it has bytes for: the header says 96.
    let mut bytes = std::fs::read(data("pyarrow")).unwrap();
    let head = bytes.windows(3).position(|bytes| bytes == [0x4c, 0x15, 0xc0]).unwrap();
    bytes[head + 3] = 0x7f;
    let run = check_bytes(&file, &bytes, "a large dictionary");
    assert!(
        run.stderr.contains("a dictionary of 768 bytes claims 8160 values\n"),
        "{}",
        run.stderr
    );
}

/// Protects every row: a group that says more or fewer than its columns have is refused.
#[test]
fn counts_of_rows() {
    let file = directory("parquet_rows").join("a.parquet");
    let plain = three_rows(&file);
    // Wherever 3 is written in the footer, 4 or 2.
    let (footer, end) = footer(&plain);
    for (count, row) in [(4, 4), (2, 1)] {
        let others = (footer..end).filter(|&place| plain[place] == 6).map(|place| {
            let mut bytes = plain.clone();
            bytes[place] = count * 2;
            check_bytes(&file, &bytes, "another number of rows").stderr
        });
        let wanted = format!(
            ":{row}: the file cannot be decoded: the row group has not as many rows as it says\n"
        );
        assert!(others.filter(|said| said.contains(&wanted)).count() > 0, "{count}");
    }
    // A column that goes on behind the last row of a group, at the end of what is decoded at once.
    let long = vec![Some(0); 5_000];
    write(
        &file,
        "optional int64 timestamp; optional int64 value;",
        &[&|group| {
            cells::<Int64Type>(group, &long);
            cells::<Int64Type>(group, &long);
        }],
    );
    let plain = std::fs::read(&file).unwrap();
    // 5,000 and 4,096, as Thrift writes them.
    let patched = plain.windows(2).enumerate().filter(|(_, two)| **two == [0x90, 0x4e]);
    let said = patched.map(|(place, _)| {
        let mut bytes = plain.clone();
        bytes[place..place + 2].copy_from_slice(&[0x80, 0x40]);
        check_bytes(&file, &bytes, "a short group").stderr
    });
    let wanted =
        ":4097: the file cannot be decoded: the row group has not as many rows as it says\n";
    assert!(said.filter(|said| said.contains(wanted)).count() > 0);
}
