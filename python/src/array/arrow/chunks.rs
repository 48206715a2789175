//! A column in pieces, as Arrow arrays come, and how it is read.
//!
//! It decides what is a well-formed array: lengths and offsets that fit memory, the buffers of the
//! type, offsets that do not go back. What a producer says of the length of its memory has to be
//! believed. Invariant: every buffer holds as many items as there are rows, from the first row on,
//! and is aligned. Worked number: an array of 5 rows from row 3 of a buffer of 8 int64 is a piece
//! of 40 bytes.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow_data::ffi::FFI_ArrowArray;

use super::{Layout, Type};
use crate::array::foreign::Plain;

/// Rows of an array, counted from the start of its memory: no item has more than 16 bytes.
const ROWS_MAX: usize = isize::MAX as usize / 16 - 1;

/// Buffers of an array of views, which name a piece by an `i32`.
const BUFFERS_MAX: usize = i32::MAX as usize;

/// A column in pieces of one type.
pub(crate) struct Chunks {
    r#type: Type,
    /// Without any that are empty.
    chunks: Vec<Chunk>,
    /// The row after the last of each.
    ends: Vec<usize>,
    has_nulls: bool,
}

struct Chunk {
    /// Numbers, or what says where each string lies.
    items: Buffer,
    /// The bytes of strings; of views in several pieces.
    data: Vec<Buffer>,
    nulls: Option<NullBuffer>,
}

impl Chunks {
    pub(super) fn new(r#type: Type) -> Chunks {
        Chunks { r#type, chunks: Vec::new(), ends: Vec::new(), has_nulls: false }
    }

    /// A column of numbers of ours.
    pub(crate) fn numbers(
        r#type: Type,
        items: Buffer,
        rows: usize,
        nulls: Option<NullBuffer>,
    ) -> Chunks {
        let mut chunks = Chunks::new(r#type);
        if rows > 0 {
            chunks.has_nulls = nulls.is_some();
            chunks.chunks.push(Chunk { items, data: Vec::new(), nulls });
            chunks.ends.push(rows);
        }
        chunks
    }

    /// Takes one more array, or the only column of a table.
    pub(super) fn push(
        &mut self,
        array: &Arc<FFI_ArrowArray>,
        is_table: bool,
    ) -> Result<(), String> {
        let mut node = Node::of(array, array.len(), array.offset())?;
        if is_table {
            let (rows, start) = (node.rows, node.start);
            if array.num_children() != 1 {
                return Err("its table has another number of columns than its schema".into());
            }
            if node.nulls()?.is_some() {
                return Err("its table has rows that are null: pass the column alone".into());
            }
            let child = array.child(0);
            let all = Node::of(array, child.len(), child.offset())?;
            if start + rows > all.rows {
                return Err("its column is shorter than its table".into());
            }
            node = Node { array: child, rows, start: all.start + start, ..all };
        }
        if node.rows == 0 {
            return Ok(());
        }
        let end = self.len().checked_add(node.rows).ok_or("it has too many rows")?;
        let chunk = node.read(self.r#type)?;
        self.has_nulls |= chunk.nulls.is_some();
        self.chunks.push(chunk);
        self.ends.push(end);
        Ok(())
    }

    pub(crate) fn r#type(&self) -> Type {
        self.r#type
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub(crate) fn has_nulls(&self) -> bool {
        self.has_nulls
    }

    /// The pieces of the `len` rows from `from` on, with the rows of each piece.
    fn runs(&self, from: usize, len: usize) -> impl Iterator<Item = (&Chunk, Range<usize>)> {
        let end = from + len;
        assert!(end <= self.len(), "beyond the column");
        let first = self.ends.partition_point(|end| *end <= from);
        let starts = (first..).map(|at| if at == 0 { 0 } else { self.ends[at - 1] });
        let chunks = self.chunks[first..].iter().zip(&self.ends[first..]).zip(starts);
        chunks.map_while(move |((chunk, chunk_end), start)| {
            (start < end).then(|| (chunk, from.max(start) - start..end.min(*chunk_end) - start))
        })
    }

    /// The nulls among the `len` rows from `from` on, as places in them.
    pub(crate) fn nulls(&self, from: usize, len: usize) -> impl Iterator<Item = usize> {
        let mut at = 0;
        self.runs(from, len).flat_map(move |(chunk, rows)| {
            let (start, place) = (rows.start, at);
            at += rows.len();
            rows.filter(|row| chunk.is_null(*row)).map(move |row| row - start + place)
        })
    }

    /// The `len` rows from `from` on, where they lie in one piece.
    pub(crate) fn in_place(&self, from: usize, len: usize) -> Option<&[i64]> {
        let (chunk, rows) = self.runs(from, len).next()?;
        (rows.len() == len).then(|| &chunk.items.typed_data()[rows])
    }

    /// Where the pieces begin and end.
    pub(crate) fn spans(&self) -> Vec<Range<usize>> {
        let span = |items: &Buffer| {
            let start = items.as_ptr().addr();
            start..start + items.len()
        };
        self.chunks.iter().map(|chunk| span(&chunk.items)).collect()
    }

    /// Appends the `len` numbers from row `from` on.
    pub(crate) fn append<T: Plain>(&self, from: usize, len: usize, out: &mut Vec<T>) {
        for (chunk, rows) in self.runs(from, len) {
            out.extend_from_slice(&chunk.items.typed_data()[rows]);
        }
    }

    /// The strings of the `len` rows from `from` on; a null, whose place may say anything, is
    /// empty.
    pub(crate) fn strings(&self, from: usize, len: usize) -> impl Iterator<Item = Text<'_>> {
        let Type::Bytes(layout) = self.r#type else { unreachable!("numbers have no strings") };
        self.runs(from, len).flat_map(move |(chunk, rows)| {
            rows.map(move |row| match layout {
                _ if chunk.is_null(row) => Ok(&[][..]),
                Layout::Small => {
                    let places: &[i32] = chunk.items.typed_data();
                    chunk.between(places[row].into(), places[row + 1].into())
                }
                Layout::Large => {
                    let places: &[i64] = chunk.items.typed_data();
                    chunk.between(places[row], places[row + 1])
                }
                Layout::Views => chunk.view(row),
            })
        })
    }
}

/// A string, or why there is none.
pub(crate) type Text<'a> = Result<&'a [u8], String>;

impl Chunk {
    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    fn between(&self, start: i64, end: i64) -> Text<'_> {
        let span = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        let text = span.and_then(|(start, end)| self.data[0].get(start..end));
        text.ok_or_else(|| {
            let room = self.data[0].len();
            format!("offsets must ascend within 0..={room}, got {start} and {end}")
        })
    }

    /// A view: its length, then up to 12 bytes, or 4 of them, the piece and the place in it.
    fn view(&self, row: usize) -> Text<'_> {
        let view = &self.items[row * 16..][..16];
        let word =
            |at: usize| u32::from_ne_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]]);
        let (len, piece, place) = (word(0) as usize, word(8) as usize, word(12) as usize);
        if let Some(text) = view[4..].get(..len) {
            return Ok(text);
        }
        let text = self.data.get(piece).and_then(|data| data.get(place..place + len));
        text.ok_or_else(|| {
            format!("a view must lie within its data, got {len} bytes at {place} of piece {piece}")
        })
    }
}

/// An array or a child of one, and which of its rows are meant.
struct Node<'a> {
    /// What keeps the memory.
    owner: &'a Arc<FFI_ArrowArray>,
    array: &'a FFI_ArrowArray,
    /// The first row, from the start of the memory.
    start: usize,
    rows: usize,
}

impl<'a> Node<'a> {
    fn of(owner: &'a Arc<FFI_ArrowArray>, rows: usize, start: usize) -> Result<Node<'a>, String> {
        // Negative numbers come as huge ones.
        if rows > ROWS_MAX || start > ROWS_MAX - rows {
            return Err("its length or offset is negative or does not fit memory".into());
        }
        Ok(Node { owner, array: owner, start, rows })
    }

    fn read(&self, r#type: Type) -> Result<Chunk, String> {
        let (width, got) = (r#type.width(), self.array.num_buffers());
        let (fits, extra) = match r#type {
            Type::Number(..) => (got == 2, 0),
            Type::Bytes(Layout::Views) => ((3..BUFFERS_MAX).contains(&got), 0),
            Type::Bytes(_) => (got == 3, 1),
        };
        if !fits {
            return Err(format!("its array has {got} buffers"));
        }
        let items = self.memory(1, self.start * width, (self.rows + extra) * width)?;
        // Aligned for its numbers, as the format wants it, or copied to where it is. Views are read
        // as bytes.
        let is_aligned = items.as_ptr().addr() % width.min(8) == 0;
        let items = if is_aligned { items } else { Buffer::from(&*items) };
        let data = match r#type {
            Type::Number(..) => Vec::new(),
            Type::Bytes(Layout::Small) => {
                let places: &[i32] = items.typed_data();
                vec![self.memory(2, 0, last(places[self.rows].into())?)?]
            }
            Type::Bytes(Layout::Large) => {
                let places: &[i64] = items.typed_data();
                vec![self.memory(2, 0, last(places[self.rows])?)?]
            }
            Type::Bytes(Layout::Views) => {
                let sizes = self.memory(got - 1, 0, (got - 3) * size_of::<i64>())?;
                let size = |at: usize| i64::from_ne_bytes(sizes.as_chunks().0[at]);
                let piece = |at: usize| self.memory(at + 2, 0, last(size(at))?);
                (0..got - 3).map(piece).collect::<Result<_, _>>()?
            }
        };
        Ok(Chunk { items, data, nulls: self.nulls()? })
    }

    /// Which rows are null, if any is.
    fn nulls(&self) -> Result<Option<NullBuffer>, String> {
        let has_bits = self.array.num_buffers() > 0 && !self.array.buffer(0).is_null();
        if self.rows == 0 || self.array.null_count() == 0 || !has_bits {
            return Ok(None);
        }
        let bits = self.memory(0, 0, (self.start + self.rows).div_ceil(8))?;
        let nulls = NullBuffer::new(BooleanBuffer::new(bits, self.start, self.rows));
        Ok(Some(nulls).filter(|nulls| nulls.null_count() > 0))
    }

    /// Bytes of a buffer, which are kept as long as the array.
    fn memory(&self, index: usize, start: usize, bytes: usize) -> Result<Buffer, String> {
        if bytes == 0 {
            return Ok(Buffer::default());
        }
        let whole = NonNull::new(self.array.buffer(index).cast_mut());
        let whole = whole.ok_or_else(|| format!("its buffer {index} is missing"))?;
        // SAFETY: the interface: the buffers of an array hold all rows of it, from the start of the
        // memory on; the bytes asked for are those of such rows, or as many as the array says.
        let first = unsafe { whole.add(start) };
        // SAFETY: as above. The memory stays until the array is released, which its last owner
        // does, and nothing writes to it: what is exported is immutable.
        Ok(unsafe { Buffer::from_custom_allocation(first, bytes, Arc::clone(self.owner) as _) })
    }
}

/// The bytes that strings end after.
fn last(offset: i64) -> Result<usize, String> {
    let bytes = usize::try_from(offset).ok().filter(|bytes| isize::try_from(*bytes).is_ok());
    bytes.ok_or_else(|| format!("its strings end at {offset}"))
}
