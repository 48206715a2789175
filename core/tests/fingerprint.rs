//! Fingerprints against the recipe that the documentation gives, with the transitions that jiff
//! lists: what another implementation would hash.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::fmt::Write as _;

use common::{DOMAIN, histories};
use paneline::{Assigner, SlidingWindowSpec};
use sha2::{Digest as _, Sha256};

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Every history: the offset before 1900 and each transition up to 2199 are in it, and no other.
#[test]
fn fingerprints_follow_the_recipe() {
    for zone in histories() {
        let mut rules = format!("{}\n", zone.offset(DOMAIN.start - 86_400));
        for jump in &zone.jumps {
            writeln!(rules, "{} {}", jump.at, jump.after).unwrap();
        }
        let text = format!(
            "paneline.v1.SlidingWindowSpec\nsemantics_version=1\nduration_ms=7200000\n\
             step_ms=3600000\ntimezone={}\noffset_ms=5\nzone={}\n",
            zone.name,
            hex(&rules)
        );
        let spec = SlidingWindowSpec {
            duration_ms: 7_200_000,
            step_ms: 3_600_000,
            offset_ms: 5,
            timezone: zone.name.into(),
            ..Default::default()
        };
        // "UTC" is a constant offset: its rules are no part of it, nor is its name.
        if zone.name != "UTC" {
            let found = Assigner::new(&spec).unwrap().fingerprint();
            assert_eq!(found.to_string(), hex(&text), "{}", zone.name);
        }
        // A label beside align_to_epoch decides nothing, so its rules are not in it.
        let label = SlidingWindowSpec { align_to_epoch: true, ..spec };
        let timezone = if zone.name == "UTC" { "" } else { zone.name };
        let named =
            if timezone.is_empty() { String::new() } else { format!("timezone={timezone}\n") };
        let text = format!(
            "paneline.v1.SlidingWindowSpec\nsemantics_version=1\nduration_ms=7200000\n\
             step_ms=3600000\n{named}align_to_epoch=1\noffset_ms=5\n"
        );
        let found = Assigner::new(&label).unwrap().fingerprint();
        assert_eq!(found.to_string(), hex(&text), "{}", zone.name);
        assert_eq!(found.as_bytes()[..], Sha256::digest(text.as_bytes())[..]);
    }
}

/// A field that is not at its default is in it, one that is is not: no two of these are the same.
#[test]
fn every_field_counts() {
    let plain = SlidingWindowSpec { duration_ms: 60, step_ms: 20, ..Default::default() };
    let month = SlidingWindowSpec {
        calendar_unit: 5,
        calendar_duration: 2,
        calendar_step: 1,
        ..Default::default()
    };
    let specs = [
        plain.clone(),
        SlidingWindowSpec { duration_ms: 80, ..plain.clone() },
        SlidingWindowSpec { step_ms: 30, ..plain.clone() },
        SlidingWindowSpec { timezone: "+01:00".into(), ..plain.clone() },
        SlidingWindowSpec { align_to_epoch: true, ..plain.clone() },
        SlidingWindowSpec { offset_ms: 1, ..plain.clone() },
        SlidingWindowSpec { kind: 1, ..plain.clone() },
        SlidingWindowSpec { allowed_lateness_ms: 1, ..plain.clone() },
        SlidingWindowSpec { kind: 2, session_gap_ms: 60, ..Default::default() },
        SlidingWindowSpec { kind: 2, session_gap_ms: 80, ..Default::default() },
        month.clone(),
        SlidingWindowSpec { calendar_unit: 4, ..month.clone() },
        SlidingWindowSpec { calendar_duration: 3, ..month.clone() },
        SlidingWindowSpec { calendar_step: 2, ..month.clone() },
        SlidingWindowSpec { month_day: 2, ..month.clone() },
        SlidingWindowSpec { year_start_month: 2, ..month.clone() },
        SlidingWindowSpec { calendar_unit: 2, ..month.clone() },
        SlidingWindowSpec { calendar_unit: 2, week_start: 6, ..month },
    ];
    let mut prints: Vec<_> =
        specs.iter().map(|spec| Assigner::new(spec).unwrap().fingerprint()).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), specs.len());
}
