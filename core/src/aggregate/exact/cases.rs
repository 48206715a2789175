//! Cases that are hard to round, with the results of rational arithmetic in another language.
//!
//! Expected are the floats nearest to the exact values: sum, mean, variance with ddof 0 and with
//! ddof 1; for integers all but the sum. A case is a set of values and how often each occurs.
//! Decimals are the shortest that read back as the same float, so no bit is open. The mean of
//! three times 5e-324 and a zero is 0.75 * 2^-1074, nearest to 5e-324.

#![expect(clippy::unreadable_literal, reason = "the literals are results, as they were printed")]

/// Values with their counts, and what is to come out.
pub(super) struct Case<T: 'static, const RESULTS: usize> {
    pub(super) protects: &'static str,
    pub(super) values: &'static [(T, u64)],
    pub(super) expected: [f64; RESULTS],
}

/// Floats: sum, mean, variance with ddof 0 and 1.
pub(super) const FLOATS: &[Case<f64, 4>] = &[
    Case {
        protects: "a tie goes to the even neighbour below",
        values: &[(9007199254740992.0, 1), (1.0, 1)],
        expected: [
            9007199254740992.0,
            4503599627370496.0,
            2.0282409603651666e31,
            4.056481920730333e31,
        ],
    },
    Case {
        protects: "a tie goes to the even neighbour above",
        values: &[(9007199254740994.0, 1), (1.0, 1)],
        expected: [
            9007199254740996.0,
            4503599627370498.0,
            2.0282409603651675e31,
            4.056481920730335e31,
        ],
    },
    Case {
        protects: "the smallest float above a tie decides it",
        values: &[(9007199254740992.0, 1), (1.0, 1), (5e-324, 1)],
        expected: [
            9007199254740994.0,
            3002399751580331.0,
            1.8028808536579262e31,
            2.7043212804868892e31,
        ],
    },
    Case {
        protects: "the smallest float below a tie decides it",
        values: &[(9007199254740994.0, 1), (1.0, 1), (-5e-324, 1)],
        expected: [
            9007199254740994.0,
            3002399751580331.5,
            1.8028808536579268e31,
            2.70432128048689e31,
        ],
    },
    Case {
        protects: "the last bit of the window above a tie decides it",
        values: &[
            (9007199254740992.0, 1),
            (1.0, 1),
            (5.684341886080803e-14, 1),
            (-5.684341886080802e-14, 1),
        ],
        expected: [
            9007199254740994.0,
            2251799813685248.5,
            1.5211807202738753e31,
            2.0282409603651668e31,
        ],
    },
    Case {
        protects: "negative ties go to even as well",
        values: &[(-9007199254740994.0, 1), (-1.0, 1)],
        expected: [
            -9007199254740996.0,
            -4503599627370498.0,
            2.0282409603651675e31,
            4.056481920730335e31,
        ],
    },
    Case {
        protects: "rounding up carries into the next power of two",
        values: &[(9007199254740991.0, 1), (0.5, 1)],
        expected: [
            9007199254740992.0,
            4503599627370496.0,
            2.0282409603651664e31,
            4.0564819207303327e31,
        ],
    },
    Case {
        protects: "just below that tie stays",
        values: &[(9007199254740991.0, 1), (0.5, 1), (-5.684341886080802e-14, 1)],
        expected: [
            9007199254740991.0,
            3002399751580330.5,
            1.8028808536579257e31,
            2.704321280486889e31,
        ],
    },
    Case {
        protects: "ten tenths are more than one",
        values: &[(0.1, 10)],
        expected: [1.0, 0.1, 0.0, 0.0],
    },
    Case {
        protects: "half of the last place of the largest float: to infinity",
        values: &[(f64::MAX, 1), (9.9792015476736e291, 1)],
        expected: [f64::INFINITY, 8.98846567431158e307, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "less than half of it: the largest float",
        values: &[(f64::MAX, 1), (9.9792015476736e291, 1), (-5e-324, 1)],
        expected: [f64::MAX, 5.992310449541053e307, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "the same, negative: to infinity",
        values: &[(f64::MIN, 1), (-9.9792015476736e291, 1)],
        expected: [f64::NEG_INFINITY, -8.98846567431158e307, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "a sum beyond the range has a mean within",
        values: &[(f64::MAX, 2), (8.98846567431158e307, 1)],
        expected: [f64::INFINITY, 1.4980776123852631e308, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "2^60 of the largest float, with room",
        values: &[(f64::MAX, 1 << 60)],
        expected: [f64::INFINITY, f64::MAX, 0.0, 0.0],
    },
    Case {
        protects: "and of the smallest",
        values: &[(5e-324, 1 << 60), (0.0, 1)],
        expected: [5.696189077778436e-306, 5e-324, 0.0, 0.0],
    },
    Case {
        protects: "half of the smallest float: to zero, without a sign",
        values: &[(-5e-324, 1), (0.0, 1)],
        expected: [-5e-324, 0.0, 0.0, 0.0],
    },
    Case {
        protects: "two thirds of it: the smallest",
        values: &[(5e-324, 2), (0.0, 1)],
        expected: [1e-323, 5e-324, 0.0, 0.0],
    },
    Case {
        protects: "three quarters of it: the smallest",
        values: &[(5e-324, 3), (0.0, 1)],
        expected: [1.5e-323, 5e-324, 0.0, 0.0],
    },
    Case {
        protects: "a tie between subnormals, to the even below",
        values: &[(1e-323, 1), (1.5e-323, 1)],
        expected: [2.5e-323, 1e-323, 0.0, 0.0],
    },
    Case {
        protects: "a tie between subnormals, to the even above",
        values: &[(5e-324, 1), (1e-323, 1)],
        expected: [1.5e-323, 1e-323, 0.0, 0.0],
    },
    Case {
        protects: "a tie between the largest subnormal and the smallest normal",
        values: &[(2.225073858507201e-308, 1), (2.2250738585072014e-308, 1)],
        expected: [4.4501477170144023e-308, 2.2250738585072014e-308, 0.0, 0.0],
    },
    Case {
        protects: "the smallest normal over 3",
        values: &[(2.2250738585072014e-308, 1), (0.0, 2)],
        expected: [2.2250738585072014e-308, 7.41691286169067e-309, 0.0, 0.0],
    },
    Case {
        protects: "the last binade of subnormals loses one bit",
        values: &[(2.225073858507202e-308, 1), (0.0, 1)],
        expected: [2.225073858507202e-308, 1.1125369292536007e-308, 0.0, 0.0],
    },
    Case {
        protects: "the smallest float squared has no float",
        values: &[(5e-324, 1), (-5e-324, 1)],
        expected: [0.0, 0.0, 0.0, 0.0],
    },
    Case {
        protects: "a variance of the smallest float",
        values: &[(2.2227587494850775e-162, 1), (-2.2227587494850775e-162, 1)],
        expected: [0.0, 0.0, 5e-324, 1e-323],
    },
    Case {
        protects: "a variance of half of it is a tie with ddof 1",
        values: &[(1.1113793747425387e-162, 1), (-1.1113793747425387e-162, 1)],
        expected: [0.0, 0.0, 0.0, 0.0],
    },
    Case {
        protects: "just above that tie",
        values: &[(1.111379374742539e-162, 1), (-1.1113793747425387e-162, 1)],
        expected: [2.4677579418653533e-178, 1.2338789709326767e-178, 0.0, 5e-324],
    },
    Case {
        protects: "a subnormal variance between two floats",
        values: &[
            (3.334138124227616e-162, 1),
            (-2.2227587494850775e-162, 1),
            (4.445517498970155e-162, 3),
        ],
        expected: [1.4447931871653004e-161, 2.889586374330601e-162, 5e-324, 1e-323],
    },
    Case {
        protects: "a variance at the smallest normal",
        values: &[(1.4916681462400413e-154, 1), (-1.4916681462400417e-154, 1)],
        expected: [
            -3.312168642111238e-170,
            -1.656084321055619e-170,
            2.225073858507202e-308,
            4.450147717014404e-308,
        ],
    },
    Case {
        protects: "the largest float squared",
        values: &[(f64::MAX, 1), (f64::MIN, 1)],
        expected: [0.0, 0.0, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "the largest float squared, without a spread",
        values: &[(f64::MAX, 3)],
        expected: [f64::INFINITY, f64::MAX, 0.0, 0.0],
    },
    Case {
        protects: "its neighbours: a spread of one last place",
        values: &[(f64::MAX, 1), (1.7976931348623155e308, 1)],
        expected: [f64::INFINITY, 1.7976931348623155e308, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "the largest finite variance",
        values: &[(1.3407807929942596e154, 1), (-1.3407807929942596e154, 1)],
        expected: [0.0, 0.0, 1.7976931348623155e308, f64::INFINITY],
    },
    Case {
        protects: "a variance of 2^1024, infinite",
        values: &[(1.3407807929942597e154, 1), (-1.3407807929942597e154, 1)],
        expected: [0.0, 0.0, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "a variance between the largest float and the tie to infinity",
        values: &[(1.3407807929942596e154, 1), (-1.3407807929942597e154, 1)],
        expected: [-1.488565707357403e138, -7.442828536787015e137, f64::MAX, f64::INFINITY],
    },
    Case {
        protects: "a large value leaves no trace",
        values: &[(1e17, 1), (1.0, 1), (-1e17, 1)],
        expected: [1.0, 0.3333333333333333, 6.666666666666667e33, 1e34],
    },
    Case {
        protects: "not the largest one either",
        values: &[(1e308, 1), (-1e308, 1), (1e-300, 1)],
        expected: [1e-300, 3.3333333333333334e-301, f64::INFINITY, f64::INFINITY],
    },
    Case {
        protects: "cancellation to zero has no sign",
        values: &[(-1e17, 1), (0.1, 1), (1e17, 1), (-0.1, 1)],
        expected: [0.0, 0.0, 5e33, 6.666666666666667e33],
    },
    Case {
        protects: "negative zeros sum to zero",
        values: &[(-0.0, 3)],
        expected: [0.0, 0.0, 0.0, 0.0],
    },
    Case {
        protects: "the variance of large neighbours",
        values: &[(1e17, 2), (1.0000000000000002e17, 1)],
        expected: [3e17, 1e17, 56.888888888888886, 85.33333333333333],
    },
    Case {
        protects: "and of neighbours of one, very many",
        values: &[(1.0, 1 << 40), (1.0000000000000002, 1 << 40)],
        expected: [2199023255552.0, 1.0, 1.232595164407831e-32, 1.2325951644083915e-32],
    },
    Case {
        protects: "of one outlier among very many",
        values: &[(1.0, 9007199254740993), (3.0, 1)],
        expected: [
            9007199254740996.0,
            1.0000000000000002,
            4.4408920985006247e-16,
            4.440892098500625e-16,
        ],
    },
    Case {
        protects: "2^32 values: their pairs are 2^64",
        values: &[(0.1, 3000000000), (0.3, 1294967296)],
        expected: [688490188.8, 0.1603016138076782, 0.008424038133725274, 0.008424038135686648],
    },
    Case {
        protects: "a mean over more than 2^53 values",
        values: &[(1.0, 1), (0.0, 2305843009213693953)],
        expected: [1.0, 4.336808689942018e-19, 4.336808689942018e-19, 4.336808689942018e-19],
    },
    Case {
        protects: "thirds",
        values: &[(1.0, 1), (0.0, 2)],
        expected: [1.0, 0.3333333333333333, 0.2222222222222222, 0.3333333333333333],
    },
    Case {
        protects: "thirds, negative",
        values: &[(-1.0, 2), (0.0, 1)],
        expected: [-2.0, -0.6666666666666666, 0.2222222222222222, 0.3333333333333333],
    },
    Case {
        protects: "2^96 out of a window",
        values: &[(4.611686018427388e18, 1 << 34)],
        expected: [7.922816251426434e28, 4.611686018427388e18, 0.0, 0.0],
    },
    Case {
        protects: "-2^96 out of a window",
        values: &[(-4.611686018427388e18, 1 << 34)],
        expected: [-7.922816251426434e28, -4.611686018427388e18, 0.0, 0.0],
    },
    Case {
        protects: "-2^95, the last integer in the window",
        values: &[(-4.611686018427388e18, 1 << 33)],
        expected: [-3.961408125713217e28, -4.611686018427388e18, 0.0, 0.0],
    },
    Case {
        protects: "2^95, the first outside",
        values: &[(4.611686018427388e18, 1 << 33)],
        expected: [3.961408125713217e28, 4.611686018427388e18, 0.0, 0.0],
    },
    Case {
        protects: "out of the window and back",
        values: &[(4.611686018427388e18, 1 << 34), (-4.611686018427388e18, 1 << 34), (1.5, 1)],
        expected: [1.5, 4.3655745683830006e-11, 2.1267647931939684e37, 2.1267647932558654e37],
    },
    Case {
        protects: "the edges of what goes inline",
        values: &[
            (5.684341886080802e-14, 1),
            (5.684341886080801e-14, 1),
            (-5.684341886080803e-14, 1),
        ],
        expected: [
            5.6843418860807996e-14,
            1.8947806286935998e-14,
            2.8721549046980133e-27,
            4.3082323570470196e-27,
        ],
    },
    Case {
        protects: "the upper edges",
        values: &[(9.223372036854775e18, 1), (-9.223372036854776e18, 1), (9.223372036854778e18, 1)],
        expected: [
            9.223372036854776e18,
            3.074457345618259e18,
            7.561830376020855e37,
            1.1342745564031283e38,
        ],
    },
    Case {
        protects: "the most and the largest squares inline",
        values: &[(9.223372036854775e18, 1 << 62), (-9.223372036854775e18, 1 << 62)],
        expected: [0.0, 0.0, 8.50705917302346e37, 8.50705917302346e37],
    },
    Case {
        protects: "a NaN",
        values: &[(1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1)],
        expected: [f64::NAN, f64::NAN, f64::NAN, f64::NAN],
    },
    Case {
        protects: "one infinity",
        values: &[(1.0, 1), (f64::INFINITY, 2)],
        expected: [f64::INFINITY, f64::INFINITY, f64::NAN, f64::NAN],
    },
    Case {
        protects: "the negative one, with the largest float",
        values: &[(f64::MAX, 2), (f64::NEG_INFINITY, 1)],
        expected: [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NAN, f64::NAN],
    },
    Case {
        protects: "both infinities",
        values: &[(f64::INFINITY, 1), (f64::NEG_INFINITY, 1)],
        expected: [f64::NAN, f64::NAN, f64::NAN, f64::NAN],
    },
];

/// Integers: mean, variance with ddof 0 and 1.
pub(super) const INTEGERS: &[Case<i64, 3>] = &[
    Case {
        protects: "a mean halfway between floats, to even",
        values: &[(9007199254740993, 1)],
        expected: [9007199254740992.0, 0.0, f64::NAN],
    },
    Case {
        protects: "a mean that no float sum would find",
        values: &[(4611686018427387905, 2), (4611686018427387906, 1)],
        expected: [4.611686018427388e18, 0.2222222222222222, 0.3333333333333333],
    },
    Case {
        protects: "a variance of neighbours above 2^53",
        values: &[(9007199254740993, 1), (9007199254740994, 1)],
        expected: [9007199254740994.0, 0.25, 0.5],
    },
    Case {
        protects: "the extremes",
        values: &[(i64::MAX, 1), (i64::MIN, 1)],
        expected: [-0.5, 8.507059173023462e37, 1.7014118346046923e38],
    },
    Case {
        protects: "2^61 of each extreme",
        values: &[(i64::MAX, 1 << 61), (i64::MIN, 1 << 61)],
        expected: [-0.5, 8.507059173023462e37, 8.507059173023462e37],
    },
    Case {
        protects: "2^32 values: their pairs are 2^64",
        values: &[(1, 3000000000), (2, 1294967296)],
        expected: [1.3015080690383911, 0.2106009533431319, 0.21060095339216625],
    },
    Case {
        protects: "one value less",
        values: &[(1, 3000000000), (2, 1294967295)],
        expected: [1.3015080688757608, 0.21060095327857029, 0.21060095332760465],
    },
    Case {
        protects: "cancellation to zero",
        values: &[(-7, 3), (7, 3)],
        expected: [0.0, 49.0, 58.8],
    },
    Case {
        protects: "no spread",
        values: &[(i64::MIN, 1 << 61)],
        expected: [-9.223372036854776e18, 0.0, 0.0],
    },
    Case {
        protects: "thirds",
        values: &[(-1, 1), (0, 2)],
        expected: [-0.3333333333333333, 0.2222222222222222, 0.3333333333333333],
    },
];
