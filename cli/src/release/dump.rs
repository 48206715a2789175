//! The text that carries a release from one build to another: `paneline zones --dump`.
//!
//! One line is one fact, so that the tools for text can compare two dumps:
//!
//! ```text
//! paneline-zones 1                  the version of this format
//! tzdb 2026f                        the release
//! zone Africa/Abidjan -968          a zone, and its offset before its first transition
//! -1830383032 0                     an instant, and the offset from it on; ascending
//! link Africa/Accra Africa/Abidjan  another name with the same offsets
//! end 598                           how many names there are
//! ```
//!
//! Numbers are seconds. Names ascend by their bytes, and of names with the same offsets the first
//! is the `zone`: so a release has one dump. Reading is strict and bounded, because a dump is a
//! file from elsewhere; a refusal names `file:line`. Invariant: what was read has been through
//! [`ZoneHistory`], so that every list can be compiled against.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use paneline::{Code, ZoneHistory};

use super::{Offsets, Release};
use crate::failure::Failure;

/// The version that this build writes and reads.
const FORMAT: &str = "paneline-zones 1";

/// The longest line: a link of two names. The longest name of the database has 32 bytes.
const LINE_BYTES_MAX: usize = 160;
/// The database has 598 names.
const NAMES_MAX: usize = 4_096;
/// The most of the database is 766, by rules that change the clock twice a year up to 2300.
const TRANSITIONS_MAX: usize = 4_096;

/// Writes a release.
pub(crate) fn write(release: &Release, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{FORMAT}\ntzdb {}", release.tzdb)?;
    let mut firsts: BTreeMap<&Offsets, &str> = BTreeMap::new();
    for (name, offsets) in &release.zones {
        if let Some(first) = firsts.get(&**offsets) {
            writeln!(out, "link {name} {first}")?;
            continue;
        }
        firsts.insert(offsets, name);
        writeln!(out, "zone {name} {}", offsets.first_s)?;
        for (at_s, offset_s) in &offsets.transitions {
            writeln!(out, "{at_s} {offset_s}")?;
        }
    }
    writeln!(out, "end {}", release.zones.len())
}

/// Reads a release; `file` is what refusals call the dump.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Release, Failure> {
    let mut reader = Reader { file, line: 0, rest: Some(bytes) };
    let format = reader.next()?;
    if format != FORMAT {
        let failure = match format.strip_prefix("paneline-zones ") {
            Some(version) => Failure::new(
                Code::VersionMismatch,
                reader.place(1),
                format!("this build reads format 1 of a dump, got {version:?}"),
            ),
            None => reader.refuse(format!("a dump begins with {FORMAT:?}, got {format:?}")),
        };
        return Err(
            failure.hint("write it with the other build: paneline zones --dump > zones.txt")
        );
    }
    let line = reader.next()?;
    let tzdb = match line.strip_prefix("tzdb ") {
        Some(tzdb) if is_name(tzdb) => tzdb.to_owned(),
        _ => return Err(reader.refuse(format!("wanted \"tzdb\" and a release, got {line:?}"))),
    };
    let mut names = Names::default();
    loop {
        let line = reader.next()?;
        match *line.split(' ').collect::<Vec<_>>() {
            ["zone", name, first] => names.zone(name, first, &reader)?,
            ["link", name, target] => names.link(name, target, &reader)?,
            ["end", count] => {
                names.close(&reader)?;
                reader.end(count, names.lines.len())?;
                return Ok(Release { tzdb, zones: names.resolve(&reader)? });
            }
            [at, offset] => names.transition(at, offset, &reader)?,
            _ => return Err(reader.refuse(format!("no line of a dump: {line:?}"))),
        }
    }
}

/// The lines of a dump.
struct Reader<'a> {
    file: &'a str,
    /// The line that was read last, from 1.
    line: usize,
    /// What follows it; none after the last.
    rest: Option<&'a [u8]>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<&'a str, Failure> {
        self.line += 1;
        let Some(rest) = self.rest.filter(|rest| !rest.is_empty()) else {
            return Err(self.refuse("the dump is cut off: it has no \"end\"".to_owned()));
        };
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = &rest[..end];
        self.rest = rest.get(end + 1..);
        if line.len() > LINE_BYTES_MAX {
            let got = line.len();
            let message = format!("a line has at most {LINE_BYTES_MAX} bytes, got {got}");
            return Err(self.refuse(message));
        }
        std::str::from_utf8(line).map_err(|_| self.refuse("not UTF-8".to_owned()))
    }

    /// Checks the last line and that nothing follows it.
    fn end(&mut self, count: &str, names: usize) -> Result<(), Failure> {
        if count != names.to_string() {
            return Err(self.refuse(format!("the dump has {names} names, not {count}")));
        }
        self.line += 1;
        match self.rest {
            None | Some([]) => Ok(()),
            Some(_) => Err(self.refuse("there is more after the end".to_owned())),
        }
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }

    fn refuse(&self, message: String) -> Failure {
        Failure::new(Code::Corrupt, self.place(self.line), message)
    }

    fn seconds(&self, text: &str) -> Result<i64, Failure> {
        text.parse().map_err(|_| self.refuse(format!("{text:?} is no number of seconds")))
    }
}

/// What was read so far.
#[derive(Default)]
struct Names {
    /// The line of every name.
    lines: BTreeMap<String, usize>,
    zones: BTreeMap<String, Rc<Offsets>>,
    /// Names and the zones whose offsets they have.
    links: Vec<(String, String)>,
    /// The zone whose transitions are being read.
    open: Option<(String, Offsets)>,
}

impl Names {
    fn zone(&mut self, name: &str, first: &str, reader: &Reader<'_>) -> Result<(), Failure> {
        self.add(name, reader)?;
        let offsets = Offsets { first_s: reader.seconds(first)?, transitions: Vec::new() };
        self.open = Some((name.to_owned(), offsets));
        Ok(())
    }

    fn link(&mut self, name: &str, target: &str, reader: &Reader<'_>) -> Result<(), Failure> {
        self.add(name, reader)?;
        self.links.push((name.to_owned(), target.to_owned()));
        Ok(())
    }

    fn transition(&mut self, at: &str, offset: &str, reader: &Reader<'_>) -> Result<(), Failure> {
        let transition = (reader.seconds(at)?, reader.seconds(offset)?);
        let Some((name, offsets)) = &mut self.open else {
            return Err(reader.refuse("a transition belongs below a \"zone\"".to_owned()));
        };
        if offsets.transitions.len() == TRANSITIONS_MAX {
            let message = format!("{name} may have {TRANSITIONS_MAX} transitions, not more");
            return Err(reader.refuse(message));
        }
        offsets.transitions.push(transition);
        Ok(())
    }

    fn add(&mut self, name: &str, reader: &Reader<'_>) -> Result<(), Failure> {
        self.close(reader)?;
        if !is_name(name) {
            return Err(reader.refuse(format!("{name:?} is no name of a zone")));
        }
        if self.lines.len() == NAMES_MAX {
            return Err(reader.refuse(format!("a dump may have {NAMES_MAX} names, not more")));
        }
        if let Some(line) = self.lines.insert(name.to_owned(), reader.line) {
            return Err(reader.refuse(format!("{name} stands on line {line} already")));
        }
        Ok(())
    }

    /// Ends the transitions of a zone. The core judges them; its place in the list is a line.
    fn close(&mut self, reader: &Reader<'_>) -> Result<(), Failure> {
        let Some((name, offsets)) = self.open.take() else { return Ok(()) };
        if let Err(error) = ZoneHistory::new(offsets.first_s, &offsets.transitions) {
            let index = error.path().strip_prefix("transitions[");
            let index = index.and_then(|path| path.strip_suffix(']')?.parse::<usize>().ok());
            let line = self.lines[&name] + index.map_or(0, |index| index + 1);
            return Err(Failure::new(Code::Corrupt, reader.place(line), error.message()));
        }
        self.zones.insert(name, Rc::new(offsets));
        Ok(())
    }

    fn resolve(self, reader: &Reader<'_>) -> Result<BTreeMap<String, Rc<Offsets>>, Failure> {
        let mut zones = self.zones;
        let mut linked = Vec::new();
        for (name, target) in self.links {
            let Some(offsets) = zones.get(&target) else {
                let message = format!("{target:?} is no \"zone\" of this dump");
                let place = reader.place(self.lines[&name]);
                return Err(Failure::new(Code::Corrupt, place, message));
            };
            linked.push((name, Rc::clone(offsets)));
        }
        zones.extend(linked);
        Ok(zones)
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/.".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::release::Release;

    const SMALL: &str = "\
paneline-zones 1
tzdb 2026f
zone Africa/Abidjan -968
-1830383032 0
link Africa/Accra Africa/Abidjan
zone Asia/Tokyo 32400
end 3
";

    /// Protects the round trip of every zone.
    #[test]
    fn what_is_written_is_read() {
        let embedded = Release::embedded().unwrap();
        let mut text = Vec::new();
        write(&embedded, &mut text).unwrap();
        let again = read("dump", &text).unwrap();
        assert_eq!(again.tzdb, embedded.tzdb);
        assert!(again.zones == embedded.zones);
    }

    /// Protects against any bytes: a dump with a few of them changed is read or refused, and what
    /// is read can be written.
    #[test]
    fn changed_bytes_are_no_panic() {
        let mut seed: u64 = 5;
        let mut next = |end: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % end
        };
        let mut readable = 0;
        for _ in 0..20_000 {
            let mut bytes = SMALL.as_bytes().to_vec();
            for _ in 0..=next(3) {
                let at = next(bytes.len());
                match next(4) {
                    0 => bytes.truncate(at + 1),
                    1 => bytes[at] = u8::try_from(next(256)).unwrap(),
                    2 => bytes.insert(at, b"0123456789 -\n"[next(13)]),
                    _ => bytes.extend_from_within(at..),
                }
            }
            if let Ok(release) = read("dump", &bytes) {
                write(&release, &mut Vec::new()).unwrap();
                readable += 1;
            }
        }
        assert!((100..10_000).contains(&readable), "{readable} of 20,000 can be read");
    }
}
