//! What exactness promises, held against rational arithmetic, integers and itself.
//!
//! [`Exact`] is an aggregate as an engine keeps it: cells for what fits, wide sums beside them for
//! what does not and for carries. It decides nothing; it only asserts that squares never carry.
//! The tests: 1e17 + 1 - 1e17 is 1, in every order, in every split, and leaves nothing behind.

#![expect(clippy::cast_precision_loss, reason = "exact by choice, or the rounding that is meant")]

use super::cases::{Case, FLOATS, INTEGERS};
use super::cell::{SUM_LSB, SquareCell, SumCell};
use super::float::round;
use super::limbs::{add_shifted, halves, magnitude};
use super::{
    SQUARE_LIMBS, SUM_LIMBS, WideSquares, WideSum, add, add_cells, add_square, fits, mean,
    mean_int, misfits, round_cell, round_sum, sub_cells, variance, variance_int,
};

#[derive(Clone, Debug, PartialEq)]
struct Exact {
    n: u64,
    sum: SumCell,
    wide: WideSum,
    squares: SquareCell,
    wide_squares: WideSquares,
}

impl Exact {
    fn new() -> Exact {
        Exact {
            n: 0,
            sum: [0; SUM_LIMBS],
            wide: WideSum::new(),
            squares: [0; SQUARE_LIMBS],
            wide_squares: WideSquares::new(),
        }
    }

    fn of(values: &[f64]) -> Exact {
        let mut exact = Exact::new();
        for x in values {
            exact.add(*x);
        }
        exact
    }

    fn add(&mut self, x: f64) {
        if !fits(x) {
            return self.add_wide(x);
        }
        self.n += 1;
        self.wide.add_carry(add(&mut self.sum, x));
        add_square(&mut self.squares, x);
    }

    /// Puts a value beside the cells, whether it fits or not.
    fn add_wide(&mut self, x: f64) {
        self.n += 1;
        self.wide.add(x);
        self.wide_squares.add(x);
    }

    fn merge(&mut self, other: &Exact) {
        self.n += other.n;
        self.wide.add_carry(add_cells(&mut self.sum, &other.sum));
        assert_eq!(add_cells(&mut self.squares, &other.squares), 0);
        self.wide.add_wide(&other.wide);
        self.wide_squares.add_wide(&other.wide_squares);
    }

    fn subtract(&mut self, other: &Exact) {
        self.n -= other.n;
        self.wide.add_carry(sub_cells(&mut self.sum, &other.sum));
        assert_eq!(sub_cells(&mut self.squares, &other.squares), 0);
        self.wide.sub_wide(&other.wide);
        self.wide_squares.sub_wide(&other.wide_squares);
    }

    /// The same values `times` as often, by doubling.
    fn times(mut self, times: u64) -> Exact {
        let mut result = Exact::new();
        for bit in 0..=times.ilog2() {
            if times >> bit & 1 == 1 {
                result.merge(&self);
            }
            self.merge(&self.clone());
        }
        result
    }

    /// Sum, mean, variance with ddof 0 and 1, as bits.
    fn values(&self) -> [u64; 4] {
        let wide = (!self.wide.is_empty()).then_some(&self.wide);
        let wide_squares = (!self.wide_squares.is_empty()).then_some(&self.wide_squares);
        let (sum, squares) = ((&self.sum, wide), (&self.squares, wide_squares));
        [
            round_sum(&self.sum, wide),
            mean(&self.sum, wide, self.n),
            variance(sum, squares, self.n, 0),
            variance(sum, squares, self.n, 1),
        ]
        .map(f64::to_bits)
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.0 ^ self.0 >> 32
    }

    /// A finite float with an exponent field in `scales`, and few bits half of the time.
    fn float(&mut self, scales: std::ops::Range<u64>) -> f64 {
        let scale = scales.start + (self.next() >> 8) % (scales.end - scales.start);
        let mantissa = self.next() >> 12;
        let mantissa = if self.next() & 256 == 0 { mantissa } else { mantissa & self.next() << 40 };
        f64::from_bits(self.next() >> 63 << 63 | scale << 52 | mantissa)
    }

    /// Up to 12 floats: inline, around the edges of that, ordinary, tiny, huge, or any.
    fn floats(&mut self) -> Vec<f64> {
        let ranges = [979..1086, 977..981, 1084..1088, 1013..1034, 0..60, 1980..2047, 0..2047];
        let scales = ranges[(self.next() >> 8) as usize % ranges.len()].clone();
        (0..=(self.next() >> 8) % 12).map(|_| self.float(scales.clone())).collect()
    }

    fn shuffle(&mut self, values: &mut [f64]) {
        for index in (1..values.len()).rev() {
            values.swap(index, (self.next() >> 8) as usize % (index + 1));
        }
    }
}

/// Protects every rounding: the hardest cases against rational arithmetic, whatever lay inline.
#[test]
fn hard_cases_are_rational_arithmetic() {
    for Case { protects, values, expected } in FLOATS {
        let (mut inline, mut beside) = (Exact::new(), Exact::new());
        for (x, times) in *values {
            inline.merge(&Exact::of(&[*x]).times(*times));
            let mut one = Exact::new();
            one.add_wide(*x);
            beside.merge(&one.times(*times));
        }
        let expected = expected.map(f64::to_bits);
        assert_eq!(inline.values(), expected, "{protects}");
        assert_eq!(beside.values(), expected, "{protects}, beside the cells");
    }
}

/// Protects means and variances of integer columns.
#[test]
fn hard_integers_are_rational_arithmetic() {
    for Case { protects, values, expected } in INTEGERS {
        let (mut n, mut sum, mut squares) = (0, 0, [0; 3]);
        for (x, times) in *values {
            n += times;
            sum += i128::from(*x) * i128::from(*times);
            add_integer_square(&mut squares, *x, *times);
        }
        let [population, sample] = [0, 1].map(|ddof| variance_int(sum, squares, n, ddof));
        let values = [mean_int(sum, n), population, sample];
        assert_eq!(values.map(f64::to_bits), expected.map(f64::to_bits), "{protects}");
    }
}

/// Adds `times * x^2`.
fn add_integer_square(squares: &mut [u64; 3], x: i64, times: u64) {
    let square = u128::from(x.unsigned_abs()).pow(2);
    let low = (square & u128::from(u64::MAX)) * u128::from(times);
    let high = (square >> 64) * u128::from(times) + (low >> 64);
    let ([low, _], [middle, high]) = (halves(low), halves(high));
    add_cells(squares, &[low, middle, high]);
}

/// Protects the promise itself: no order, no split into parts and no place of a value shows.
#[test]
fn order_parts_and_places_do_not_show() {
    let mut random = Random(1);
    for round in 0..20_000 {
        let mut values = random.floats();
        let expected = Exact::of(&values).values();
        random.shuffle(&mut values);
        assert_eq!(Exact::of(&values).values(), expected, "round {round}: order of {values:?}");
        let (mut left, mut right, mut places) = (Exact::new(), Exact::new(), Exact::new());
        for x in &values {
            if random.next() & 256 == 0 {
                left.add(*x);
            } else {
                right.add(*x);
            }
            if random.next() & 256 == 0 {
                places.add(*x);
            } else {
                places.add_wide(*x);
            }
        }
        left.merge(&right);
        assert_eq!(left, Exact::of(&values), "round {round}: parts of {values:?}");
        assert_eq!(places.values(), expected, "round {round}: places of {values:?}");
    }
}

/// Protects eviction: what leaves, leaves nothing behind, though it was huge or not a number.
#[test]
fn what_is_subtracted_is_gone() {
    let mut random = Random(2);
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -0.0, 5e-324];
    for round in 0..10_000 {
        let stay = Exact::of(&random.floats());
        let mut leave = random.floats();
        leave.push(special[round % special.len()]);
        let leave = Exact::of(&leave).times(1 + (random.next() >> 25));
        let mut window = stay.clone();
        window.merge(&leave);
        window.subtract(&leave);
        assert_eq!(window, stay, "round {round}");
        window.subtract(&stay);
        assert_eq!(window, Exact::new(), "round {round}");
    }
    let mut sum = WideSum::new();
    let mut squares = WideSquares::new();
    for x in special.into_iter().chain(random.floats()) {
        sum.add(x);
        squares.add(x);
        assert!(!sum.is_empty() || x == 0.0);
        sum.sub(x);
        squares.sub(x);
        assert!(sum.is_empty() && squares.is_empty(), "{x}");
    }
}

/// Protects one value alone: taken apart and rounded it is itself, and copies have no spread.
#[test]
fn copies_of_a_value_have_it_as_their_mean() {
    let mut random = Random(3);
    for _ in 0..20_000 {
        let x = random.float(0..2047);
        assert_eq!(Exact::of(&[x]).values()[0], (x + 0.0).to_bits(), "{x:e}");
        let [_, mean, variance, _] = Exact::of(&[x]).times(1 + (random.next() >> 1)).values();
        assert_eq!((mean, variance), ((x + 0.0).to_bits(), 0), "{x:e}");
    }
}

/// Protects the formulas by another route: whole floats against integers.
#[test]
fn whole_floats_are_integers() {
    let mut random = Random(4);
    for round in 0..20_000 {
        let (mut exact, mut n, mut sum, mut squares) = (Exact::new(), 0, 0, [0; 3]);
        for _ in 0..=(random.next() >> 8) % 8 {
            let x = (random.next().cast_signed() >> (random.next() >> 58)) & !0x7ff;
            let times = 1 + (random.next() >> 8 >> (random.next() >> 58));
            exact.merge(&Exact::of(&[x as f64]).times(times));
            n += times;
            sum += i128::from(x) * i128::from(times);
            add_integer_square(&mut squares, x, times);
        }
        let values = [sum as f64, mean_int(sum, n), variance_int(sum, squares, n, 0)];
        assert_eq!(exact.values()[..3], values.map(f64::to_bits), "round {round}");
    }
}

/// Protects rounding by its definition: halfway between two floats to the even one, and the least
/// step away from halfway to the nearer one.
#[test]
fn halfway_is_even_and_beside_it_is_nearest() {
    let mut random = Random(5);
    for _ in 0..20_000 {
        // An odd integer of 54 bits lies halfway between floats.
        let halfway = i128::from(1 << 53 | random.next() >> 11 | 1);
        let n = 1 + (random.next() >> 24);
        let even = if halfway & 2 == 0 { halfway - 1 } else { halfway + 1 };
        for (step, nearest) in [(-1, halfway - 1), (0, even), (1, halfway + 1)] {
            let sum = (halfway << 8) * i128::from(n) + step;
            let nearest = (nearest << 8) as f64;
            assert_eq!(mean_int(sum, n).to_bits(), nearest.to_bits(), "{sum} / {n}");
            assert_eq!(mean_int(-sum, n).to_bits(), (-nearest).to_bits(), "-{sum} / {n}");
        }
    }
}

/// Protects firings, which round cells by a shorter way than all else: it leads where the long one
/// does, for bits anywhere, and at, above and below every tie.
#[test]
fn a_cell_is_rounded_as_any_integer() {
    let mut random = Random(5);
    let check = |cell: SumCell| {
        for cell in [cell, cell.map(|limb| !limb)] {
            let (magnitude, negative) = magnitude(&cell);
            let expected = round(&magnitude, false, SUM_LSB, negative);
            assert_eq!(round_cell(&cell).to_bits(), expected.to_bits(), "{cell:x?}");
        }
    };
    check([0; SUM_LIMBS]);
    for shift in 0..138_u32 {
        for _ in 0..100 {
            // Half of the integers of 54 bits are ties.
            let (tie, place) = (random.next() >> 10, random.next() % u64::from(shift + 1));
            let mut cell = [0; SUM_LIMBS];
            add_shifted(&mut cell, &[tie], shift);
            check(cell);
            for step in [1, u64::MAX] {
                let mut near = cell;
                add_shifted(&mut near, &[step], u32::try_from(place).unwrap());
                check(near);
            }
            check([random.next(), random.next(), random.next()]);
        }
    }
}

/// Protects firings, whose variances go a shorter way while sums and squares are small: it leads
/// where the long one does, on either side of its bounds (sums of 2^32, squares of 2^64).
#[test]
fn a_spread_is_the_same_by_the_short_way() {
    let mut random = Random(6);
    for scales in [979..1023, 1013..1034, 1020..1040, 1050..1058] {
        for _ in 0..2_000 {
            let (mut inline, mut beside) = (Exact::new(), Exact::new());
            for _ in 0..=(random.next() >> 8) % 6 {
                let x = random.float(scales.clone());
                let times = 1 + (random.next() >> 20 >> (random.next() >> 58));
                inline.merge(&Exact::of(&[x]).times(times));
                let mut one = Exact::new();
                one.add_wide(x);
                beside.merge(&one.times(times));
            }
            assert_eq!(inline.values(), beside.values(), "{inline:?}");
        }
    }
}

/// Protects callers that ask before they have values.
#[test]
fn nothing_has_no_mean_and_no_variance() {
    let nan = f64::NAN.to_bits();
    assert_eq!(Exact::new().values(), [0, nan, nan, nan]);
    assert_eq!(Exact::of(&[1.0]).values()[3], nan);
    assert_eq!(mean_int(0, 0).to_bits(), nan);
    assert_eq!(variance_int(1, [1, 0, 0], 1, 1).to_bits(), nan);
    assert_eq!(variance_int(1, [1, 0, 0], 1, 2).to_bits(), nan);
}

/// Protects the speed of ordinary data and the bounds of the cells: what goes inline.
#[test]
fn ordinary_values_go_inline() {
    let low = f64::from_bits((1023 - 44) << 52);
    let high = f64::from_bits((1023 + 63) << 52);
    let inline = [0.0, -0.0, 0.01, 1e-13, low, -low, 9e18, high.next_down(), -high.next_down()];
    for x in inline {
        assert!(fits(x), "{x:e}");
    }
    let beside = [low.next_down(), high, -high, 5e-324, f64::MAX, f64::NAN, f64::INFINITY];
    for x in beside {
        assert!(!fits(x) && !fits(-x), "{x:e}");
    }
    let column = [&inline[..], &beside, &inline, &beside].concat();
    for len in 0..=column.len() {
        let plain = column[..len].iter().filter(|x| !fits(**x)).count();
        assert_eq!(misfits(&column[..len]), plain, "the first {len}");
    }
    let mut cell = [0; SUM_LIMBS];
    assert_eq!((add(&mut cell, 0.5), cell), (0, [0, 1 << 31, 0]));
}

/// Protects carries: `2^95 = -2^95 + 1 * 2^96`, and back.
#[test]
fn a_cell_carries_when_it_wraps() {
    let half = [0, 0, 1 << 62];
    let mut cell = half;
    assert_eq!((add_cells(&mut cell, &half), cell), (1, [0, 0, 1 << 63]));
    assert_eq!(sub_cells(&mut cell, &[1, 0, 0]), -1);
    assert_eq!(cell, [u64::MAX, u64::MAX, u64::MAX >> 1]);
    assert_eq!((add_cells(&mut cell, &[1, 0, 0]), cell), (1, [0, 0, 1 << 63]));
    assert_eq!((sub_cells(&mut cell, &half), sub_cells(&mut cell, &half)), (-1, 0));
}
