//! What is wrong with a spec, or probably not meant, and where that stands.
//!
//! The core judges; this module finds the place in the text and prints what a compiler would.
//! Invariant: a finding is the core's refusal or one of its warnings, and nothing else. Worked
//! case: in a file whose third line is `  "step_ms": 604800000` the warning about weeks is at 3:14.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use paneline::{Assigner, Code, Error, SlidingWindowSpec, code_name};
use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;
use crate::json_text::{line_and_column, members, name_place};
use crate::spec_file::SpecFile;
use crate::spec_flags::SpecFlags;
use crate::words::counted;

/// A finding about a spec.
#[derive(Debug, Serialize)]
pub(super) struct Lint {
    severity: Severity,
    /// The code of a refusal; a warning has none.
    code: Option<&'static str>,
    /// The field; empty where it is the whole.
    path: String,
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    #[serde(skip)]
    place: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Error,
    Warning,
}

/// A spec to check.
pub(super) struct Source {
    origin: Origin,
}

enum Origin {
    File(SpecFile),
    Flags { flags: SpecFlags, spec: Box<SlidingWindowSpec> },
}

impl Source {
    /// The spec of a file.
    pub(super) fn of_file(file: SpecFile) -> Source {
        Source { origin: Origin::File(file) }
    }

    /// The spec of flags.
    pub(super) fn of_flags(flags: &SpecFlags) -> Result<Source, Failure> {
        let spec = Box::new(flags.message()?);
        Ok(Source { origin: Origin::Flags { flags: flags.clone(), spec } })
    }

    /// What messages call it.
    pub(super) fn name(&self) -> &str {
        match &self.origin {
            Origin::File(file) => &file.name,
            Origin::Flags { .. } => "the spec",
        }
    }

    fn json(&self) -> Option<&str> {
        match &self.origin {
            Origin::File(file) => file.json(),
            Origin::Flags { .. } => None,
        }
    }

    /// The findings, and the spec if it can be read.
    pub(super) fn lint(&self) -> Result<(Vec<Lint>, Option<SlidingWindowSpec>), Failure> {
        let spec = match &self.origin {
            Origin::Flags { spec, .. } => Ok((**spec).clone()),
            Origin::File(file) => file.read(),
        };
        let spec = match spec {
            Ok(spec) => spec,
            Err(error) => return Ok((vec![self.refusal(&error)], None)),
        };
        let lints = match Assigner::new(&spec) {
            Err(error) if error.code() == Code::Internal => return Err(error.into()),
            Err(error) => vec![self.refusal(&error)],
            Ok(assigner) => {
                let warning = |warning: &paneline::Warning| {
                    let (path, message) = (warning.path(), warning.message());
                    self.found(Severity::Warning, None, path, message)
                };
                assigner.warnings().iter().map(warning).collect()
            }
        };
        Ok((lints, Some(spec)))
    }

    fn refusal(&self, error: &Error) -> Lint {
        self.found(Severity::Error, Some(error.code()), error.path(), error.message())
    }

    fn found(&self, severity: Severity, code: Option<Code>, path: &str, message: &str) -> Lint {
        let place = self.json().map(|text| place(text, path, code));
        let at = self.json().zip(place.clone());
        let at = at.map(|(text, place)| line_and_column(text, place.start));
        Lint {
            severity,
            code: code.map(code_name),
            path: path.to_owned(),
            message: message.to_owned(),
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            place,
        }
    }

    /// Writes the findings as text.
    pub(super) fn write(
        &self,
        lints: &[Lint],
        console: Console,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let renderer = if console.page.color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(console.page.columns);
        for lint in lints {
            writeln!(out, "{}\n", self.told(lint, &renderer))?;
        }
        if console.quiet {
            return Ok(());
        }
        match lints.len() {
            0 => writeln!(out, "{}: no findings", self.name()),
            count => writeln!(out, "{}: {}", self.name(), counted(count, "finding")),
        }
    }

    /// A finding as a compiler would print it.
    fn told(&self, lint: &Lint, renderer: &Renderer) -> String {
        let level = match lint.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut title = level.primary_title(lint.message.as_str());
        if let Some(code) = lint.code {
            title = title.id(code);
        }
        if let (Some(text), Some(place)) = (self.json(), &lint.place) {
            let marked = AnnotationKind::Primary.span(place.clone());
            let snippet = Snippet::source(text).path(self.name()).annotation(marked);
            return renderer.render(&[title.element(snippet)]);
        }
        let note = match &self.origin {
            Origin::Flags { flags, .. } => flags.origin(&lint.path),
            Origin::File(file) if lint.path.is_empty() => {
                Some(format!("the spec is {}", file.name))
            }
            Origin::File(file) => Some(format!("{} of {}", lint.path, file.name)),
        };
        match note {
            Some(note) => renderer.render(&[title.element(Level::NOTE.message(note))]),
            None => {
                renderer.render(&[title.elements(Vec::<annotate_snippets::Message<'_>>::new())])
            }
        }
    }
}

/// The place of a field in a text of JSON: of its value, or of its name where that is unknown. Of a
/// text that is no object it is where the reader stopped, and of a field that is not there the
/// opening brace.
fn place(text: &str, path: &str, code: Option<Code>) -> Range<usize> {
    let found = match members(text) {
        Ok(found) => found,
        Err(error) => return stopped(text, error.line(), error.column()),
    };
    // `step_ms` may be written `stepMs`.
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    // The core escapes a name that it does not know. Of a name that is there twice the second is
    // the one too many.
    let is_named = |name: &str| plain(&name.escape_debug().to_string()) == plain(path);
    let member = found.iter().rfind(|member| is_named(&member.name));
    match member {
        Some(member) if code == Some(Code::UnsupportedField) => name_place(text, &member.place),
        Some(member) => member.place.clone(),
        None => {
            let brace = text.find('{').unwrap_or(0);
            brace..brace + 1
        }
    }
}

/// The character at a line and a column in bytes, both from 1.
fn stopped(text: &str, line: usize, column: usize) -> Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text[at..].chars().next().map_or(at, |stop| at + stop.len_utf8());
    at..end
}

#[cfg(test)]
mod tests {
    use annotate_snippets::Renderer;

    use super::Source;
    use crate::spec_file::SpecFile;

    /// Protects the places: whatever a text holds, its findings have a place that can be printed.
    #[test]
    fn any_text_can_be_shown() {
        let text = "{\n \"duration_ms\": 604800000,\t\"timezone\": \"Z\u{fc}rich\",\r\n \
                    \"col\\\"our\": 1}";
        let renderer = Renderer::plain();
        let mut seed: u64 = 7;
        let mut next = |end: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % end
        };
        let mut fields = 0;
        for _ in 0..5_000 {
            let mut characters: Vec<char> = text.chars().collect();
            for _ in 0..next(4) {
                let at = next(characters.len());
                match next(3) {
                    0 => characters.truncate(at.max(1)),
                    1 => characters[at] = ['"', '{', '\\', '\u{1f552}', '\n', '9'][next(6)],
                    _ => characters.insert(at, ['"', '}', ':', '\u{e4}', '\u{7}', ','][next(6)]),
                }
            }
            let changed: String = characters.into_iter().collect();
            if !changed.starts_with('{') {
                continue;
            }
            let file = SpecFile::open(&changed).unwrap();
            let source = Source::of_file(file);
            let (lints, _) = source.lint().unwrap();
            for lint in &lints {
                fields += usize::from(!lint.path.is_empty());
                assert!(source.told(lint, &renderer).contains(" --> "), "{changed:?}");
            }
        }
        assert!(fields > 500, "{fields} findings are about a field");
    }
}
