//! The Rust adapter of tests/PROTOCOL.md: public API only, no expectation, no rule about windows.

use std::io::{BufRead as _, BufWriter, Write as _};

use paneline::{
    Ambiguous, Assigner, Assignment, Code, Error, SlidingWindowSpec, TimeUnit, Window, spec,
};

fn main() -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut assigner = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (op, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match answer(op, rest, &mut assigner) {
            Ok(text) => writeln!(out, "ok {text}")?,
            Err(error) => {
                let path = if error.path().is_empty() { "-" } else { error.path() };
                writeln!(out, "error {} {path}", paneline::code_name(error.code()))?;
            }
        }
    }
    out.flush()
}

fn answer(op: &str, rest: &str, assigner: &mut Option<Assigner>) -> Result<String, Error> {
    let arguments: Vec<&str> = rest.split(' ').collect();
    let closed = || Error::new(Code::Closed, "assigner", "no spec was compiled");
    match op {
        "version" => Ok(format!("{} {}", paneline::VERSION, paneline::tzdb_version())),
        "spec" | "bytes" | "json" => {
            *assigner = None;
            let compiled = match op {
                "spec" => Assigner::new(&read_spec(rest)),
                "bytes" => Assigner::from_proto(&unhex(rest)),
                _ => spec::from_json(rest).and_then(|spec| Assigner::new(&spec)),
            }?;
            Ok(assigner.insert(compiled).fingerprint().to_string())
        }
        "local" => {
            let zone = if arguments[0] == "-" { "" } else { arguments[0] };
            let choice = match arguments[1] {
                "earliest" => Ambiguous::Earliest,
                "latest" => Ambiguous::Latest,
                _ => Ambiguous::Reject,
            };
            let local = numbers(arguments[2]);
            let mut out = vec![0; local.len()];
            paneline::resolve_local(zone, &local, choice, &mut out)?;
            Ok(list(&out))
        }
        "duration" => {
            Ok(paneline::parse_duration(if rest == "-" { "" } else { rest })?.to_string())
        }
        _ => windows(op, &arguments, assigner.as_ref().ok_or_else(closed)?),
    }
}

fn windows(op: &str, arguments: &[&str], assigner: &Assigner) -> Result<String, Error> {
    let unit = || match arguments[0] {
        "s" => TimeUnit::Second,
        "us" => TimeUnit::Microsecond,
        "ns" => TimeUnit::Nanosecond,
        _ => TimeUnit::Millisecond,
    };
    match op {
        "windows" => Ok(spans(assigner.windows(number(arguments[0]))?)),
        "pane" => Ok(spans([assigner.pane(number(arguments[0]))?])),
        "next" => Ok(assigner.next_boundary(number(arguments[0]))?.to_string()),
        "panes" => Ok(spans(assigner.panes(number(arguments[0]), number(arguments[1]))?)),
        "pane_starts" => {
            let times = numbers(arguments[1]);
            let mut out = vec![0; times.len()];
            assigner.pane_starts(&times, unit(), &mut out)?;
            Ok(list(&out))
        }
        "assign" => {
            let mut out = Assignment::default();
            assigner.assign(&numbers(arguments[1]), unit(), &mut out)?;
            let columns = [&out.offsets, &out.starts_ms, &out.ends_ms];
            Ok(columns.map(|column| list(column)).join(" "))
        }
        _ => Err(Error::new(Code::InvalidArgument, "op", format!("unknown request {op}"))),
    }
}

/// `duration_ms=5 timezone=UTC` as a spec.
fn read_spec(text: &str) -> SlidingWindowSpec {
    let mut spec = SlidingWindowSpec::default();
    for (key, value) in text.split(' ').filter_map(|pair| pair.split_once('=')) {
        match key {
            "duration_ms" => spec.duration_ms = number(value),
            "step_ms" => spec.step_ms = number(value),
            "timezone" => spec.timezone = value.into(),
            "align_to_epoch" => spec.align_to_epoch = number(value) != 0,
            "offset_ms" => spec.offset_ms = number(value),
            "kind" => spec.kind = small(value),
            "calendar_unit" => spec.calendar_unit = small(value),
            "calendar_duration" => spec.calendar_duration = small(value),
            "calendar_step" => spec.calendar_step = small(value),
            "week_start" => spec.week_start = small(value),
            "month_day" => spec.month_day = small(value),
            "session_gap_ms" => spec.session_gap_ms = number(value),
            "allowed_lateness_ms" => spec.allowed_lateness_ms = number(value),
            "tzdb_version" => spec.tzdb_version = value.into(),
            "semantics_version" => spec.semantics_version = small(value),
            "year_start_month" => spec.year_start_month = small(value),
            _ => {}
        }
    }
    spec
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

fn small<T: std::str::FromStr + Default>(text: &str) -> T {
    text.parse().unwrap_or_default()
}

fn numbers(text: &str) -> Vec<i64> {
    if text == "-" { Vec::new() } else { text.split(',').map(number).collect() }
}

fn list(numbers: &[i64]) -> String {
    let texts: Vec<_> = numbers.iter().map(i64::to_string).collect();
    if texts.is_empty() { "-".to_owned() } else { texts.join(",") }
}

fn spans(windows: impl IntoIterator<Item = Window>) -> String {
    let texts: Vec<_> =
        windows.into_iter().map(|w| format!("{}:{}", w.start_ms, w.end_ms)).collect();
    if texts.is_empty() { "-".to_owned() } else { texts.join(" ") }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    digits.chunks(2).filter_map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}
