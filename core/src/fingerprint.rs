//! The identity of a spec: equal fingerprints, equal windows.
//!
//! It hashes the project's own canonical text and never protobuf bytes, which are not canonical.
//! The text is `paneline.v1.SlidingWindowSpec`, `semantics_version=1`, one `name=value` line for
//! every field of the canonical spec that is not at its default, by ascending number, and, where
//! windows depend on a zone's rules, `zone=` with the hash of that zone's transitions from 1900 to
//! 2199. So a database release that leaves the zone alone leaves the fingerprint alone.

use std::fmt;
use std::fmt::Write as _;

use paneline_proto::fields::sliding_window_spec as field;
use sha2::{Digest as _, Sha256};

use crate::spec::{SEMANTICS_VERSION, SlidingWindowSpec};
use crate::time::zone::Zone;

/// SHA-256 over a spec's canonical text; prints as 64 hex digits.
///
/// Whoever exchanges state compares fingerprints first.
///
/// ```
/// use paneline::{Assigner, SlidingWindowSpec};
/// let tumbling = SlidingWindowSpec { duration_ms: 60_000, ..Default::default() };
/// let same = SlidingWindowSpec { step_ms: 60_000, timezone: "UTC".into(), ..tumbling.clone() };
/// let [a, b] = [tumbling, same].map(|spec| Assigner::new(&spec).unwrap().fingerprint());
/// assert_eq!(a, b);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a canonical spec; `zone` where its rules decide boundaries.
    pub(crate) fn of(canonical: &SlidingWindowSpec, zone: Option<&Zone>) -> Fingerprint {
        Fingerprint(Sha256::digest(canonical_text(canonical, zone).as_bytes()).into())
    }

    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

// Writing to a String cannot be refused, hence `let _ =` below.
fn canonical_text(spec: &SlidingWindowSpec, zone: Option<&Zone>) -> String {
    let mut text =
        format!("paneline.v1.SlidingWindowSpec\nsemantics_version={SEMANTICS_VERSION}\n");
    let fields: [(_, &dyn fmt::Display); 14] = [
        (field::DURATION_MS, &spec.duration_ms),
        (field::STEP_MS, &spec.step_ms),
        (field::TIMEZONE, &spec.timezone),
        (field::ALIGN_TO_EPOCH, &i32::from(spec.align_to_epoch)),
        (field::OFFSET_MS, &spec.offset_ms),
        (field::KIND, &spec.kind),
        (field::CALENDAR_UNIT, &spec.calendar_unit),
        (field::CALENDAR_DURATION, &spec.calendar_duration),
        (field::CALENDAR_STEP, &spec.calendar_step),
        (field::WEEK_START, &spec.week_start),
        (field::MONTH_DAY, &spec.month_day),
        (field::SESSION_GAP_MS, &spec.session_gap_ms),
        (field::ALLOWED_LATENESS_MS, &spec.allowed_lateness_ms),
        (field::YEAR_START_MONTH, &spec.year_start_month),
    ];
    for (field, value) in fields {
        let value = value.to_string();
        if !matches!(value.as_str(), "" | "0") {
            let _ = writeln!(text, "{}={value}", field.name);
        }
    }
    if let Some(zone) = zone {
        let _ = writeln!(text, "zone={}", hex(&zone.digest()));
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{SlidingWindowSpec, canonical_text};
    use crate::spec::ZoneText;
    use crate::time::zone::Zone;

    /// Protects stored fingerprints: this text is what other implementations hash.
    #[test]
    fn text_is_pinned() {
        let spec = SlidingWindowSpec {
            duration_ms: 3_600_000,
            step_ms: 60_000,
            timezone: "Asia/Tokyo".into(),
            offset_ms: 5,
            ..Default::default()
        };
        let zone = Zone::get(&ZoneText::Named("Asia/Tokyo".into())).unwrap();
        assert_eq!(
            canonical_text(&spec, Some(&zone)),
            "paneline.v1.SlidingWindowSpec\nsemantics_version=1\nduration_ms=3600000\n\
             step_ms=60000\ntimezone=Asia/Tokyo\noffset_ms=5\nzone=ZONE\n"
                .replace("ZONE", &super::hex(&zone.digest()))
        );
    }
}
