//! Where an instant is on the page, and at which readings ticks stand.
//!
//! Ticks stand at round readings, close enough to tell the time and far enough apart for their
//! labels. Invariant: an axis has at most [`TICKS_MAX`] ticks. Worked number: 12 hours have ticks
//! at every hour, 25 hours at every second one.

use std::ops::Range;

use crate::civil::{DAY_MS, HOUR_MS, MINUTE_MS};

/// A label takes some 40 pixels, a page has 800.
const TICKS_MAX: i64 = 16;

/// Distances between ticks that read as round.
const STEPS_MS: [i64; 15] = [
    1,
    10,
    100,
    1_000,
    5_000,
    15_000,
    MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
];

/// Elapsed time laid out from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    start_ms: i64,
    end_ms: i64,
    left: f64,
    width: f64,
}

impl Axis {
    /// An axis of a span that is not empty.
    pub(super) fn new(span: &Range<i64>, left: f64, width: f64) -> Axis {
        Axis { start_ms: span.start, end_ms: span.end.max(span.start + 1), left, width }
    }

    /// Where an instant is; instants beyond the ends are at the ends.
    #[expect(clippy::cast_precision_loss, reason = "a pixel is far coarser than a float")]
    pub(super) fn x(&self, t_ms: i64) -> f64 {
        let t_ms = t_ms.clamp(self.start_ms, self.end_ms);
        let part = (t_ms - self.start_ms) as f64 / (self.end_ms - self.start_ms) as f64;
        // Tenths of a pixel: the same picture on every machine, and short numbers.
        ((self.left + part * self.width) * 10.0).round() / 10.0
    }

    /// The distance between ticks; none where days would be too many.
    pub(super) fn step_ms(&self) -> Option<i64> {
        let span_ms = self.end_ms - self.start_ms;
        STEPS_MS.into_iter().find(|step_ms| span_ms / step_ms < TICKS_MAX)
    }

    /// The instants in the span at which a clock with a fixed offset reads a multiple of `step_ms`.
    pub(super) fn ticks(
        within: &Range<i64>,
        offset_ms: i64,
        step_ms: i64,
    ) -> impl Iterator<Item = i64> + use<> {
        // The first multiple that is not before the start.
        let first = (within.start + offset_ms + step_ms - 1).div_euclid(step_ms);
        let end = within.end;
        (first..).map(move |tick| tick * step_ms - offset_ms).take_while(move |t_ms| *t_ms < end)
    }
}
