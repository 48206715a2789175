//! Which values of a column pass, without a branch for each: whether one does is hard to foresee.
//!
//! As bits of a word for the items of a block, or as a list of positions. Invariant: positions
//! ascend. Worked number: of 5, 7, 5 the bits that equal 5 are 0b101, the positions 0 and 2.

use crate::memory::narrow;

/// The words that equal a value, as bits; there are at most 64.
#[multiversion::multiversion(targets("x86_64+avx2", "x86_64+sse4.2"))]
pub(super) fn equal_bits(words: &[u64], value: u64) -> u64 {
    let mut bits = 0;
    for (item, word) in (0_u64..64).zip(words) {
        bits |= u64::from(*word == value) << item;
    }
    bits
}

/// The numbers of the bits that are set.
pub(super) fn each_bit(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        bit
    })
}

/// The positions of the words that are not 0, of at most 64.
pub(super) fn positions_of_filled(words: &[u64], kept: &mut Vec<u32>) {
    let empty = equal_bits(words, 0);
    kept.clear();
    if empty == 0 {
        kept.extend((0_u32..).take(words.len()));
        return;
    }
    let mut filled = !empty & u64::MAX >> (64 - words.len());
    kept.resize(filled.count_ones() as usize, 0);
    for place in kept {
        *place = filled.trailing_zeros();
        filled &= filled.wrapping_sub(1);
    }
}

/// The positions of the values that pass.
#[inline]
pub(super) fn positions<T>(values: &[T], kept: &mut Vec<u32>, passes: impl Fn(&T) -> bool) {
    kept.resize(values.len(), 0);
    let mut len = 0;
    for (at, value) in (0..narrow(values.len())).zip(values) {
        kept[len] = at;
        len += usize::from(passes(value));
    }
    kept.truncate(len);
}

#[cfg(test)]
mod tests {
    use super::{each_bit, equal_bits, positions, positions_of_filled};

    /// Protects every firing and every drop of a key: bits and lists name the same items, for
    /// blocks of any length.
    #[test]
    fn bits_and_lists_name_the_same_items() {
        let words: Vec<u64> = (0..64_u64).map(|item| item * item % 5 % 3).collect();
        for len in 1..=64 {
            let words = &words[..len];
            let mut listed = Vec::new();
            positions(words, &mut listed, |word| *word == 1);
            let plain: Vec<usize> = (0..len).filter(|item| words[*item] == 1).collect();
            assert!(each_bit(equal_bits(words, 1)).eq(plain.iter().copied()));
            assert!(listed.iter().map(|item| *item as usize).eq(plain));
            let mut filled = vec![7; 3];
            for words in [words, &vec![9; len][..]] {
                positions(words, &mut listed, |word| *word != 0);
                positions_of_filled(words, &mut filled);
                assert_eq!(filled, listed);
            }
        }
    }
}
