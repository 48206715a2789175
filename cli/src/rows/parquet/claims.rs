//! What a Parquet file claims of itself, looked at before the decoder believes it.
//!
//! The decoder makes room for as much as a header says, and goes as deep as a schema says. This
//! reads just these numbers, in Thrift's compact protocol, and refuses those that no file of data
//! has. Invariant: it never makes room for what it reads, and ends with the bytes. Worked case: a
//! header of 20 bytes that claims a page of 2 GiB is refused, and not 2 GiB of zeros are written.

/// Groups in groups in groups. A deeper schema would be read by as many calls in one another.
const DEPTH_MAX: usize = 100;

/// How Thrift numbers the types of fields.
const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Bytes in the compact protocol; every reading is none where they end or are none of it.
struct Compact<'a>(&'a [u8]);

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// The next field of a struct, its number counted on from the last; type 0 ends the struct.
    fn field(&mut self, last: &mut i16) -> Option<u8> {
        let head = self.byte()?;
        if head & 0xf != STOP {
            *last = match head >> 4 {
                0 => i16::try_from(self.signed()?).ok()?,
                more => last.checked_add(i16::from(more))?,
            };
        }
        Some(head & 0xf)
    }

    /// The type and the count of a list's elements.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
        Some((head & 0xf, count))
    }

    /// Passes a value. What is read here has no lists in it, and no maps.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            I16 | I32 | I64 => self.unsigned().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let bytes = self.unsigned()?;
                self.pass(bytes)
            }
            STRUCT if depth < DEPTH_MAX => {
                let mut last = 0;
                loop {
                    match self.field(&mut last)? {
                        STOP => return Some(()),
                        kind => self.skip(kind, depth + 1)?,
                    }
                }
            }
            _ => None,
        }
    }
}

/// How many bytes the page after a header is said to unpack to; none if the header does not end
/// here.
pub(super) fn page_bytes(header: &[u8]) -> Option<i64> {
    const UNPACKED: i16 = 2;
    let (mut header, mut last, mut unpacked) = (Compact(header), 0, None);
    loop {
        match header.field(&mut last)? {
            STOP => return unpacked,
            // Of a field that is repeated the last counts for the decoder; here the largest.
            I32 if last == UNPACKED => unpacked = unpacked.max(Some(header.signed()?)),
            kind => header.skip(kind, 0)?,
        }
    }
}

/// How many numbers a block of differences is said to have: the third in its head.
pub(super) fn delta_count(block: &[u8]) -> Option<u64> {
    let mut block = Compact(block);
    let [_, _, count] = [block.unsigned()?, block.unsigned()?, block.unsigned()?];
    Some(count)
}

/// Whether the schema in a footer is a tree of which the decoder need not be afraid.
pub(super) fn has_plain_schema(footer: &[u8]) -> bool {
    walk_schema(footer).is_some()
}

fn walk_schema(footer: &[u8]) -> Option<()> {
    const SCHEMA: i16 = 2;
    const CHILDREN: i16 = 5;
    let (mut footer, mut last) = (Compact(footer), 0);
    loop {
        match footer.field(&mut last)? {
            STOP => return None,
            LIST if last == SCHEMA => break,
            kind => footer.skip(kind, 0)?,
        }
    }
    let (STRUCT, count) = footer.list()? else { return None };
    // Of each group that is open, how many children are still to come.
    let mut open: Vec<u64> = Vec::new();
    for place in 0..count {
        let (mut last, mut children) = (0, 0);
        loop {
            match footer.field(&mut last)? {
                STOP => break,
                I32 if last == CHILDREN => children = u64::try_from(footer.signed()?).ok()?,
                kind => footer.skip(kind, 0)?,
            }
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > count - place || open.len() == DEPTH_MAX {
            return None;
        }
        open.push(children);
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    open.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, delta_count, has_plain_schema, page_bytes};

    /// Protects the size of a page: after fields of every kind, as the largest of those given, and
    /// none where the header is cut or holds what no header has.
    #[test]
    fn pages() {
        // Type 0, 300 bytes, 200 of them packed, a header of a page with a flag and a text.
        let header = [0x15, 0, 0x15, 0xd8, 4, 0x15, 0x90, 3, 0x2c, 0x11, 0x18, 1, b'x', 0, 0];
        assert_eq!(page_bytes(&header), Some(300));
        for cut in 0..header.len() {
            assert_eq!(page_bytes(&header[..cut]), None, "{cut}");
        }
        // The field again, by its full number.
        let twice = [0x15, 0, 0x15, 2, 0x15, 2, 0x05, 4, 0xd8, 4, 0x05, 4, 2, 0];
        assert_eq!(page_bytes(&twice), Some(300));
        assert_eq!(page_bytes(&[0x15, 0, 0x15, 1, 0]), Some(-1));
        assert_eq!(page_bytes(&[0x15, 0, 0x19, 0, 0]), None);
        assert_eq!(page_bytes(&[0x1c; 1_000]), None);
        assert_eq!(page_bytes(&[0xff; 100]), None);
    }

    /// Protects the count of lengths.
    #[test]
    fn deltas() {
        assert_eq!(delta_count(&[0x80, 1, 4, 0x83, 1, 9]), Some(131));
        assert_eq!(delta_count(&[0x80, 1, 4]), None);
    }

    /// A footer with a schema of such counts of children.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 2, 0x19, 0xfc];
        let count = u16::try_from(children.len()).unwrap_or(u16::MAX);
        bytes.extend([count.to_le_bytes()[0] | 0x80, u8::try_from(count >> 7).unwrap_or(0)]);
        for children in children {
            bytes.extend([0x48, 1, b'n', 0x15, children * 2, 0]);
        }
        bytes
    }

    /// Protects the depth, and counts of children that are none.
    #[test]
    fn schemas() {
        assert!(has_plain_schema(&footer(&[2, 0, 1, 0])));
        assert!(!has_plain_schema(&footer(&[2, 0])));
        assert!(!has_plain_schema(&footer(&[1, 0, 0, 1])));
        assert!(!has_plain_schema(&footer(&[60, 0])));
        let chain = |depth| [vec![1; depth], vec![0]].concat();
        assert!(has_plain_schema(&footer(&chain(DEPTH_MAX - 1))));
        assert!(!has_plain_schema(&footer(&chain(DEPTH_MAX))));
        let plain = footer(&[2, 0, 0]);
        for cut in 0..plain.len() {
            assert!(!has_plain_schema(&plain[..cut]), "{cut}");
        }
    }
}
