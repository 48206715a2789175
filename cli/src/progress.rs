//! How far a file is read, on standard error while a person watches.
//!
//! It counts bytes and draws; nothing depends on it. Invariant: where standard error is no
//! terminal, or `--quiet` is given, not a byte is written. Worked case: half of a file of 3 GB is a
//! bar of half its length and `1.50 GB of 3.00 GB`, and at the end the line is gone.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;

/// More than a few times a second only costs.
const DRAWS_PER_SECOND: u8 = 8;

/// The progress through one file.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// The progress through a file of so many bytes, where that is known.
    pub(crate) fn new(console: Console, bytes: Option<u64>) -> Progress {
        if !console.screen.progress {
            return Progress(ProgressBar::hidden());
        }
        let target = ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND);
        let template = match bytes {
            None => "reading {decimal_bytes}",
            Some(_) => "reading [{bar:30}] {decimal_bytes} of {decimal_total_bytes}",
        };
        let style = ProgressStyle::with_template(template)
            .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
        Progress(ProgressBar::with_draw_target(bytes, target).with_style(style))
    }

    /// Counts bytes that were read.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
