//! The proleptic Gregorian calendar as arithmetic on days and months.
//!
//! It decides which day a month starts on and which month holds a day; it knows no zone and no
//! clock. Days count from 1970-01-01, months from 1970-01. Its invariant: `month_of_day` and
//! `day_of_month` are inverse; 2024-02-29 is day 19,782, in month 649.

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;
/// Days in the 400 years after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;
const YEARS_PER_ERA: i64 = 400;

/// The day on which the month `month` (0 = January 1970) starts.
///
/// Formula: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`; the
/// year starts in March, so that the leap day is its last.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "months of instants and of windows around them lie within 3,300,000 of 1970"
)]
pub(crate) fn day_of_month(month: i64) -> i64 {
    let from_march = month + 1970 * 12 - 2;
    let year = from_march.div_euclid(12);
    let month_in_year = from_march.rem_euclid(12);
    let era = year.div_euclid(YEARS_PER_ERA);
    let year_of_era = year.rem_euclid(YEARS_PER_ERA);
    let day_of_year = (153 * month_in_year + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970
}

/// The month (0 = January 1970) that holds the day `day`.
///
/// Formula: Howard Hinnant, as above, `civil_from_days`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "days of instants and of windows around them lie within 100,100,000 of 1970"
)]
pub(crate) fn month_of_day(day: i64) -> i64 {
    let from_march = day + DAYS_TO_1970;
    let era = from_march.div_euclid(DAYS_PER_ERA);
    let day_of_era = from_march.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_in_year = (5 * day_of_year + 2) / 153;
    (era * YEARS_PER_ERA + year_of_era) * 12 + month_in_year - 1970 * 12 + 2
}

#[cfg(test)]
mod tests {
    use super::{day_of_month, month_of_day};

    /// Protects month and year windows: the two functions must agree on every day of the domain
    /// and the first of the month must be where the month changes.
    #[test]
    fn months_and_days_are_inverse() {
        let (mut month, mut start) = (month_of_day(-109_572), -109_572); // 1670-01-01
        assert_eq!(day_of_month(month), start);
        for day in -109_572..200_000 {
            if month_of_day(day) != month {
                month += 1;
                start = day;
            }
            assert_eq!(month_of_day(day), month, "day {day}");
            assert_eq!(day_of_month(month), start, "day {day}");
        }
        assert_eq!((month_of_day(19_782), day_of_month(649)), (649, 19_754));
    }
}
