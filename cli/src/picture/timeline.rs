//! The timeline of a few panes: one night, usually.
//!
//! From the top: the wall clock with its repeated and skipped hours, the panes as boxes with their
//! readings and true lengths, the windows over them, and elapsed time. It shows what it is given;
//! a pane is marked as unusual if its length is not the most frequent one. Invariant: everything
//! in the picture is also said in its description. Worked number: America/New_York, 6 h, on
//! 2024-11-03: two hours shaded, a box of 7 h beside boxes of 6 h.

use std::fmt::Write as _;
use std::ops::Range;

use paneline::{LocalClock, Window};
use svg::Document;
use svg::node::element::{Description, Group, Line, Rectangle, Style, Text, Title};

use super::Theme;
use super::axis::Axis;
use crate::civil::{self, DAY_MS, Precision};
use crate::jump::Jump;
use crate::words::length;

/// What a picture shows.
pub(crate) struct Timeline<'a> {
    /// What is seen, in a sentence.
    pub(crate) title: String,
    /// The clock of the spec's zone.
    pub(crate) clock: &'a LocalClock,
    /// Its jumps, ascending.
    pub(crate) jumps: &'a [Jump],
    /// Neighbouring panes, ascending; at least one.
    pub(crate) panes: &'a [Window],
    /// Windows that are longer than a pane, by start; none for tumbling ones.
    pub(crate) windows: &'a [Window],
}

const WIDTH: f64 = 880.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 20.0;
const CLOCK_TOP: f64 = 66.0;
const CLOCK_HEIGHT: f64 = 34.0;
const PANES_TOP: f64 = 112.0;
const PANE_HEIGHT: f64 = 44.0;
const WINDOWS_TOP: f64 = 166.0;
const WINDOW_HEIGHT: f64 = 14.0;
/// More windows than this are counted and not drawn.
const WINDOWS_MAX: usize = 12;
/// More changes of the clock than this are counted and not told one by one.
const JUMPS_TOLD_MAX: usize = 3;
/// A title with more characters than a line has room for is set smaller.
const TITLE_MAX: usize = 105;
/// A label of this many pixels a character fits beside its neighbour.
const CHARACTER: f64 = 7.2;

/// Draws a timeline.
pub(crate) fn draw(timeline: &Timeline<'_>, theme: Theme) -> String {
    let page = Page::new(timeline);
    let height = page.bottom() + 44.0;
    let size = if timeline.title.chars().count() > TITLE_MAX { 12 } else { 15 };
    let ground =
        Rectangle::new().set("class", "f-ground").set("width", WIDTH).set("height", height);
    let document = Document::new()
        .set("viewBox", format!("0 0 {WIDTH} {height}"))
        .set("width", WIDTH)
        .set("height", height)
        .set("role", "img")
        .set("aria-labelledby", "title desc")
        .add(Title::new(&timeline.title).set("id", "title"))
        .add(Description::new().set("id", "desc").add(svg::node::Text::new(page.description())))
        .add(Style::new(theme.style()))
        .add(ground)
        .add(text(16.0, 28.0, size, "ink", "start", &timeline.title).set("font-weight", "600"))
        .add(text(16.0, 48.0, 12, "soft", "start", &page.subtitle()))
        .add(page.wall_clock())
        .add(page.panes())
        .add(page.windows())
        .add(page.elapsed());
    document.to_string()
}

fn text(x: f64, y: f64, size: u32, colour: &str, anchor: &str, says: &str) -> Text {
    Text::new(says)
        .set("x", x)
        .set("y", y)
        .set("font-size", size)
        .set("class", format!("f-{colour}"))
        .set("text-anchor", anchor)
}

fn line(from: (f64, f64), to: (f64, f64), colour: &str) -> Line {
    Line::new()
        .set("x1", from.0)
        .set("y1", from.1)
        .set("x2", to.0)
        .set("y2", to.1)
        .set("class", format!("s-{colour}"))
}

fn block(axis: &Axis, span: &Range<i64>, top: f64, height: f64, colour: &str) -> Rectangle {
    let (left, right) = (axis.x(span.start), axis.x(span.end));
    Rectangle::new()
        .set("x", left)
        .set("y", top)
        .set("width", ((right - left) * 10.0).round() / 10.0)
        .set("height", height)
        .set("class", format!("f-{colour}"))
}

/// The name by which a box and a row of a table find each other.
pub(crate) fn span_name(span: &Range<i64>) -> String {
    format!("{}/{}", span.start, span.end)
}

/// A timeline with its axis.
struct Page<'a> {
    timeline: &'a Timeline<'a>,
    span: Range<i64>,
    axis: Axis,
}

impl<'a> Page<'a> {
    fn new(timeline: &'a Timeline<'a>) -> Page<'a> {
        let start = timeline.panes.first().map_or(0, |pane| pane.start_ms);
        let end = timeline.panes.last().map_or(start + 1, |pane| pane.end_ms);
        let span = start..end;
        let axis = Axis::new(&span, LEFT, WIDTH - LEFT - RIGHT);
        Page { timeline, span, axis }
    }

    fn local(&self, t_ms: i64) -> i64 {
        t_ms + self.timeline.clock.offset_ms(t_ms)
    }

    fn jumps(&self) -> impl Iterator<Item = &Jump> {
        let within = |jump: &&Jump| self.span.start < jump.at_ms && jump.at_ms < self.span.end;
        self.timeline.jumps.iter().filter(within)
    }

    /// The spans of one offset, ascending.
    fn regimes(&self) -> Vec<Range<i64>> {
        let cuts: Vec<i64> = self.jumps().map(|jump| jump.at_ms).collect();
        let starts = std::iter::once(self.span.start).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain(std::iter::once(self.span.end));
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }

    fn drawn(&self) -> &[Window] {
        let windows = self.timeline.windows;
        &windows[..windows.len().min(WINDOWS_MAX)]
    }

    #[expect(clippy::cast_precision_loss, reason = "a dozen at most")]
    fn bottom(&self) -> f64 {
        let left_out = self.timeline.windows.len() > WINDOWS_MAX;
        WINDOWS_TOP + (self.drawn().len() + usize::from(left_out)) as f64 * WINDOW_HEIGHT
    }

    /// The length that most panes have; of several the first.
    fn usual_ms(&self) -> i64 {
        let lengths = || self.timeline.panes.iter().map(|pane| pane.end_ms - pane.start_ms);
        let count = |ms: i64| lengths().filter(|other| *other == ms).count();
        // Of equal counts `max_by_key` takes the last: read from the end.
        let found = self.timeline.panes.iter().rev().map(|pane| pane.end_ms - pane.start_ms);
        found.max_by_key(|ms| count(*ms)).unwrap_or(0)
    }

    fn subtitle(&self) -> String {
        let marks: Vec<String> = self.jumps().map(Jump::sentence).collect();
        let zone = format!("time-zone database {}", paneline::tzdb_version());
        match marks.len() {
            0 => zone,
            1..=JUMPS_TOLD_MAX => format!("{}  ·  {zone}", marks.join("; ")),
            many => format!("the clock changes {many} times  ·  {zone}"),
        }
    }

    /// What the picture shows, a pane a line.
    fn description(&self) -> String {
        let mut says = format!("\n{}\n", self.subtitle());
        for pane in self.timeline.panes {
            let [start, end] = [pane.start_ms, pane.end_ms].map(|t| civil::reading(self.local(t)));
            let long = length(pane.end_ms - pane.start_ms);
            let utc = civil::rfc3339(pane.start_ms);
            let _ = writeln!(says, "pane {start} to {end}, {long}, from {utc}");
        }
        says
    }

    fn wall_clock(&self) -> Group {
        let mut group =
            Group::new().add(text(16.0, CLOCK_TOP + 21.0, 12, "soft", "start", "clock"));
        for jump in self.jumps().filter(|jump| jump.is_fold()) {
            let (at_ms, long_ms) = (jump.at_ms, jump.length_ms());
            let passes = [
                (at_ms - long_ms..at_ms, "first", "1st"),
                (at_ms..at_ms + long_ms, "second", "2nd"),
            ];
            for (pass, colour, says) in passes {
                let (left, right) = (self.axis.x(pass.start), self.axis.x(pass.end));
                group = group.add(block(&self.axis, &pass, CLOCK_TOP, CLOCK_HEIGHT, colour));
                if width(says) <= right - left {
                    let middle = f64::midpoint(left, right);
                    let top = CLOCK_TOP + 12.0;
                    group = group.add(text(middle, top, 11, "ink", "middle", says));
                }
            }
        }
        let bottom = CLOCK_TOP + CLOCK_HEIGHT;
        group = group.add(line((LEFT, bottom), (WIDTH - RIGHT, bottom), "soft"));
        let ticks = self.regimes().into_iter().flat_map(|regime| {
            let offset_ms = self.timeline.clock.offset_ms(regime.start);
            self.ticks(&regime, offset_ms)
        });
        group = self.marked(group, ticks, (bottom - 6.0, bottom), (bottom - 8.0, "ink"));
        let is_told = self.jumps().count() <= JUMPS_TOLD_MAX;
        for jump in self.jumps() {
            let x = self.axis.x(jump.at_ms);
            // Above and below the labels of ticks, which a line would cross.
            for (from, to) in [(CLOCK_TOP, CLOCK_TOP + 14.0), (bottom - 6.0, bottom)] {
                group = group.add(line((x, from), (x, to), "ink").set("stroke-width", 2));
            }
            if is_told && !jump.is_fold() {
                let says = skip(&jump.readings());
                group = group.add(text(x + 4.0, CLOCK_TOP + 10.0, 11, "ink", "start", &says));
            }
        }
        group
    }

    fn panes(&self) -> Group {
        let mut group =
            Group::new().add(text(16.0, PANES_TOP + 26.0, 12, "soft", "start", "panes"));
        let usual_ms = self.usual_ms();
        let is_usual = |pane: &&Window| pane.end_ms - pane.start_ms == usual_ms;
        // Neighbours of one length are told in one way, though one label has fewer digits.
        let usual = || self.timeline.panes.iter().filter(is_usual);
        let all_full = usual().all(|pane| width(&self.edges(pane).0) < self.room(pane));
        for pane in self.timeline.panes {
            let (span, long_ms) = (pane.start_ms..pane.end_ms, pane.end_ms - pane.start_ms);
            let colour = if is_usual(&pane) { "pane" } else { "odd" };
            let (left, right) = (self.axis.x(span.start), self.axis.x(span.end));
            let (bottom, room) = (PANES_TOP + PANE_HEIGHT, self.room(pane));
            let body = block(&self.axis, &span, PANES_TOP, PANE_HEIGHT, colour);
            group = group.add(body.set("data-span", span_name(&span)));
            for x in [left, right] {
                group = group.add(line((x, PANES_TOP), (x, bottom), "edge"));
            }
            if !is_usual(&pane) {
                // For eyes to which both colours are one.
                let y = bottom - 1.5;
                let foot = line((left, y), (right, y), "ink").set("stroke-width", 3);
                group = group.add(foot);
            }
            let (full, brief) = self.edges(pane);
            let is_full = if is_usual(&pane) { all_full } else { width(&full) < room };
            let says = if is_full { full } else { brief };
            let long = length(long_ms);
            let fits = |says: &str| width(says) < room + 4.0;
            let labels: Vec<&str> =
                [says.as_str(), &long].into_iter().filter(|says| fits(says)).collect();
            let heights: &[f64] = if labels.len() == 1 { &[27.0] } else { &[19.0, 35.0] };
            for (says, height) in labels.into_iter().zip(heights) {
                let middle = f64::midpoint(left, right);
                group = group.add(text(middle, PANES_TOP + height, 12, "ink", "middle", says));
            }
        }
        group
    }

    fn room(&self, pane: &Window) -> f64 {
        self.axis.x(pane.end_ms) - self.axis.x(pane.start_ms)
    }

    /// The readings at a pane's edges, of whole days the date and of shifted ones the date too; in
    /// full and in brief.
    fn edges(&self, pane: &Window) -> (String, String) {
        let [start, end] = [pane.start_ms, pane.end_ms].map(|t_ms| self.local(t_ms));
        if [start, end].iter().all(|reading_ms| reading_ms.rem_euclid(DAY_MS) == 0) {
            return (civil::date(start), tick(start));
        }
        if end - start >= DAY_MS {
            return (format!("{} – {}", dated(start), dated(end)), dated(start));
        }
        (format!("{} – {}", short(start), short(end)), short(start))
    }

    #[expect(clippy::cast_precision_loss, reason = "a dozen at most")]
    fn windows(&self) -> Group {
        let mut group = Group::new();
        if self.timeline.windows.is_empty() {
            return group;
        }
        group = group.add(text(16.0, WINDOWS_TOP + 10.0, 12, "soft", "start", "windows"));
        for (row, window) in self.drawn().iter().enumerate() {
            let top = WINDOWS_TOP + row as f64 * WINDOW_HEIGHT;
            let span = window.start_ms..window.end_ms;
            let bar = block(&self.axis, &span, top + 3.0, WINDOW_HEIGHT - 6.0, "edge");
            group = group.add(bar.set("data-span", span_name(&span)));
        }
        let left_out = self.timeline.windows.len() - self.drawn().len();
        if left_out > 0 {
            let says = format!("and {left_out} more");
            group = group.add(text(LEFT, self.bottom() - 3.0, 12, "soft", "start", &says));
        }
        group
    }

    fn elapsed(&self) -> Group {
        let top = self.bottom() + 6.0;
        let group = Group::new().add(text(16.0, top + 17.0, 12, "soft", "start", "UTC")).add(line(
            (LEFT, top),
            (WIDTH - RIGHT, top),
            "soft",
        ));
        let ticks = self.ticks(&self.span, 0);
        self.marked(group, ticks, (top, top + 5.0), (top + 17.0, "soft"))
    }

    /// Where an axis has ticks, in a span of one offset, and what they say: round readings, or the
    /// starts of panes once days are too fine.
    fn ticks(&self, within: &Range<i64>, offset_ms: i64) -> Vec<(i64, String)> {
        let Some(step_ms) = self.axis.step_ms() else {
            let starts = self.timeline.panes.iter().map(|pane| pane.start_ms);
            let inside = starts.filter(|t_ms| within.contains(t_ms));
            return inside.map(|t_ms| (t_ms, day(t_ms + offset_ms))).collect();
        };
        let ticks = Axis::ticks(within, offset_ms, step_ms);
        let mut told: Vec<(i64, String)> =
            ticks.map(|t_ms| (t_ms, tick(t_ms + offset_ms))).collect();
        let is_first = within.start == self.span.start;
        // A date takes the room of the label after it, which may be the first date itself.
        let is_dated = |(t_ms, _): &(i64, String)| (t_ms + offset_ms).rem_euclid(DAY_MS) == 0;
        if is_first
            && !told.iter().take(2).any(is_dated)
            && let Some((t_ms, says)) = told.first_mut()
        {
            *says = dated(*t_ms + offset_ms);
        }
        told
    }

    /// A group with ticks between two heights, and their labels as far as they fit.
    fn marked(
        &self,
        mut group: Group,
        ticks: impl IntoIterator<Item = (i64, String)>,
        (top, bottom): (f64, f64),
        (baseline, colour): (f64, &str),
    ) -> Group {
        let mut free_from = 0.0;
        for (t_ms, says) in ticks {
            let x = self.axis.x(t_ms);
            group = group.add(line((x, top), (x, bottom), "soft"));
            if x >= free_from && x + width(&says) < WIDTH {
                group = group.add(text(x + 3.0, baseline, 12, colour, "start", &says));
                free_from = x + width(&says);
            }
        }
        group
    }
}

#[expect(clippy::cast_precision_loss, reason = "a label has a few characters")]
fn width(says: &str) -> f64 {
    says.chars().count() as f64 * CHARACTER + 6.0
}

/// A reading on an axis: its time, at midnight its date.
fn tick(reading_ms: i64) -> String {
    if reading_ms.rem_euclid(DAY_MS) == 0 {
        return civil::date(reading_ms)[5..].to_owned();
    }
    short(reading_ms)
}

/// The start of a pane of days: its date, and its time if it has one here.
fn day(reading_ms: i64) -> String {
    match reading_ms.rem_euclid(DAY_MS) {
        0 => civil::date(reading_ms),
        _ => civil::reading(reading_ms),
    }
}

/// What a clock skips: times of one day, or days.
fn skip(readings: &Range<i64>) -> String {
    let edges = [readings.start, readings.end];
    let says = if edges.map(civil::date)[0] == edges.map(civil::date)[1] { short } else { dated };
    edges.map(says).join(" → ")
}

/// A reading with its day, of a midnight the day alone.
fn dated(reading_ms: i64) -> String {
    match reading_ms.rem_euclid(DAY_MS) {
        0 => tick(reading_ms),
        _ => civil::month_day_time(reading_ms, Precision::of(reading_ms)),
    }
}

/// A reading in a box.
fn short(reading_ms: i64) -> String {
    civil::time_of_day(reading_ms, Precision::of(reading_ms))
}
