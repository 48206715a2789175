//! Rows of the repeated hour, and rows that repeat another.
//!
//! A reading inside a fold may stand in a file twice, once for each pass; anywhere else a second
//! row of a reading is a duplicate. Which row is of which pass the readings do not tell, and no
//! order of rows is taken for an answer. Invariant: a row is ambiguous or a duplicate or neither,
//! never both. Worked case: two rows each at 2014-11-02 01:00 and 01:30 in New York are both
//! passes, no duplicates, and all four are ambiguous.

use super::Survey;
use super::entries::Entry;
use super::report::Section;
use crate::civil;
use crate::jump::Jump;

/// What became of the rows that share a reading.
pub(super) struct Folds {
    /// Rows in a fold whose reading stands alone, ascending.
    pub(super) single: Vec<usize>,
    /// Rows in a fold whose reading stands there for both passes, ascending.
    paired: Vec<usize>,
    /// Rows that repeat an earlier one, with that row, ascending.
    duplicates: Vec<(usize, usize)>,
    /// The folds, as indices of `Survey::jumps`, that all their rows record twice.
    pub(super) recorded_twice: Vec<usize>,
}

impl Folds {
    /// Sorts the rows into pairs, singles and duplicates.
    pub(super) fn of(entries: &[Entry], jumps: &[Jump]) -> Folds {
        // Rows with an offset are told apart by their instants, the others by their readings.
        let key = |index: usize| {
            let entry = &entries[index];
            let time = if entry.explicit { entry.instants()[0] } else { entry.reading_ms };
            (entry.explicit, time)
        };
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|&index| (key(index), index));
        let mut folds = Folds {
            single: Vec::new(),
            paired: Vec::new(),
            duplicates: Vec::new(),
            recorded_twice: Vec::new(),
        };
        for same in order.chunk_by(|&a, &b| key(a) == key(b)) {
            let passes = if entries[same[0]].is_folded() { 2 } else { 1 };
            let (kept, extra) = same.split_at(passes.min(same.len()));
            match (passes, kept.len()) {
                (2, 2) => folds.paired.extend(kept),
                (2, _) => folds.single.extend(kept),
                _ => {}
            }
            folds.duplicates.extend(extra.iter().map(|&index| (index, same[0])));
        }
        folds.single.sort_unstable();
        folds.paired.sort_unstable();
        folds.duplicates.sort_unstable();
        let holds = |jump: &Jump, rows: &[usize]| {
            rows.iter().any(|&row| jump.readings().contains(&entries[row].reading_ms))
        };
        folds.recorded_twice = (0..jumps.len())
            .filter(|&jump| {
                jumps[jump].is_fold()
                    && holds(&jumps[jump], &folds.paired)
                    && !holds(&jumps[jump], &folds.single)
            })
            .collect();
        folds
    }
}

/// Rows of which nobody can say which pass they belong to.
pub(super) fn ambiguous(survey: &Survey) -> Section {
    let mut found = Section::new(
        "ambiguous",
        "rows whose reading occurs twice on the wall clock",
        "write the offset (2014-11-02 01:30-04:00); `paneline assign` refuses such rows, or puts \
         them all into the one pass that --ambiguous names",
    );
    let Folds { single, paired, .. } = &survey.folds;
    let mut rows: Vec<usize> = single.iter().chain(paired).copied().collect();
    rows.sort_unstable();
    for index in rows {
        let entry = &survey.entries[index];
        found.add(Some(entry.place), || {
            let [first, second] = entry.instants().map(civil::rfc3339);
            format!("{} is {first} or {second}", civil::reading(entry.reading_ms))
        });
    }
    found
}

/// Rows that repeat an earlier one.
pub(super) fn duplicates(survey: &Survey) -> Section {
    let mut found = Section::new(
        "duplicate",
        "rows whose time an earlier one has",
        "keep one of them, as a sum counts both; only times are compared: in a file of several \
         keys, rows of different keys may have the same",
    );
    for &(index, first) in &survey.folds.duplicates {
        let entry = &survey.entries[index];
        found.add(Some(entry.place), || {
            let (what, first) = survey.entries[first].place.counted();
            format!("{} stands on {what} {first}", civil::reading(entry.reading_ms))
        });
    }
    found
}
