//! The bytes of a Parquet file on their way to the decoder.
//!
//! It reads from places of a file and counts what was read; what the bytes say the decoder knows.
//! Invariant: a page or a schema that claims more than the limits never reaches the decoder, so
//! hostile numbers are an error and not a full memory: a page may unpack to 256 MiB.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};

use super::claims;
use crate::progress::Progress;

/// Writers begin a new page after about 1 MiB, or have one for as many rows as a file may have
/// here: 10,000,000 numbers are 80 MB, and as many texts of a time 230 MB.
const PAGE_BYTES_MAX: i64 = 256 << 20;
/// A header has some fifty bytes, and the smallest and the largest text of its page.
const HEADER_BYTES_MAX: usize = 64 << 10;
/// Length of the metadata and the magic, at the end of a file.
const END_BYTES: usize = 8;

/// What a file says of its columns and row groups, if its schema can be read without harm.
pub(super) fn metadata(file: &File) -> Result<ParquetMetaData> {
    let length = file.metadata()?.len();
    let Some(end) = length.checked_sub(END_BYTES as u64) else {
        return Err(ParquetError::EOF(format!("{length} bytes are no Parquet file")));
    };
    let tail = file.get_bytes(end, END_BYTES)?;
    let footer_bytes = tail.iter().take(4).rfold(0, |sum, byte| sum << 8 | u64::from(*byte));
    // What is no footer, or is encrypted, the decoder tells by the magic.
    if &tail[4..] == super::MAGIC && footer_bytes <= end {
        let footer = file.get_bytes(end - footer_bytes, usize::try_from(footer_bytes)?)?;
        if !claims::has_plain_schema(&footer) {
            return Err(ParquetError::General(
                "its schema is damaged, or nested too deeply".to_owned(),
            ));
        }
    }
    ParquetMetaDataReader::new().parse_and_finish(file)
}

/// A file whose pages are read.
pub(super) struct Source {
    file: File,
    length: u64,
    progress: Progress,
}

impl Source {
    pub(super) fn new(file: File, progress: Progress) -> Source {
        // As the decoder has it.
        let length = file.len();
        Source { file, length, progress }
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = BufReader<File>;

    /// The decoder reads a page's header from here; the metadata it has.
    fn get_read(&self, start: u64) -> Result<BufReader<File>> {
        // The system refuses to seek very far, which would be told as a file that cannot be read.
        if start > self.length {
            return Err(ParquetError::EOF(format!("the file ends before byte {start}")));
        }
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::with_capacity(HEADER_BYTES_MAX, file);
        let claimed = claims::page_bytes(reader.fill_buf()?);
        match claimed {
            Some(..=PAGE_BYTES_MAX) => Ok(reader),
            Some(bytes) => Err(ParquetError::General(format!(
                "a page may unpack to {PAGE_BYTES_MAX} bytes, and one says {bytes}"
            ))),
            None => Err(ParquetError::General(format!("no header of a page at byte {start}"))),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let length = length as u64;
        if start.checked_add(length).is_none_or(|end| end > self.length) {
            let message = format!("the file ends before {length} bytes at byte {start}");
            return Err(ParquetError::EOF(message));
        }
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        self.progress.add(bytes.len() as u64);
        Ok(bytes.into())
    }
}
