//! Numbers as people read them: few digits, a real minus sign, ticks at round values.

use std::ops::RangeInclusive;

use crate::numerals::group;

/// `value` to so many significant digits; very small and very large values as powers of ten.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return "not a number".into();
    }
    // Formatting first settles what rounding does to the exponent: 0.0999 to two digits is 0.10.
    let scientific = format!("{:.*e}", digits - 1, value.abs());
    let (mantissa, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a whole exponent");
    let sign = if value < 0.0 { "−" } else { "" };
    if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        sign.to_owned() + &group(&format!("{:.decimals$}", value.abs()))
    } else {
        format!("{sign}{mantissa}×10{}", superscript(exponent))
    }
}

fn superscript(number: i32) -> String {
    let raised = |digit| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + (digit as u32 - '0' as u32)).expect("a digit"),
    };
    number.to_string().chars().map(raised).collect()
}

/// The smallest number of two significant digits that is not below `value` (which is positive).
pub(super) fn ceil_to_two_digits(value: f64) -> f64 {
    let unit = 10f64.powf(value.log10().floor() - 1.0);
    // Without the tolerance 0.4 as an f32, a little above 0.4, would become 0.41.
    (value / unit - 1e-5).ceil() * unit
}

/// Sorts what has the largest number first; equals, which come in ascending order, keep it.
///
/// One sort for all charts: each that is generic adds 3 KB to the view.
pub(super) fn sort_largest_first(indices: &mut [usize], number: &dyn Fn(usize) -> f64) {
    indices.sort_by(|&a, &b| number(b).total_cmp(&number(a)));
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten, and of `unit`, the smallest step that
/// makes sense: about `most`, but always two where the range allows.
pub(super) fn ticks(range: RangeInclusive<f64>, most: usize, unit: f64) -> Vec<Tick> {
    let (from, to) = (*range.start(), *range.end());
    let smallest = ((to - from) / most.max(1) as f64).max(unit);
    let power = 10f64.powf(smallest.log10().floor());
    // The tolerances keep what fits exactly from being passed over by rounding.
    let multiples = |step: f64| {
        let first = (from / step - 1e-9).ceil() as i64;
        first..=(to / step + 1e-9).floor() as i64
    };
    let steps: Vec<f64> = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .filter(|step| *step >= unit * (1.0 - 1e-9))
        .collect();
    let coarse = |step: &f64| *step >= smallest * (1.0 - 1e-9);
    let wanted = steps.iter().position(coarse).unwrap_or(0);
    let step = steps[..=wanted]
        .iter()
        .copied()
        .rev()
        .find(|&step| multiples(step).count() >= 2)
        .unwrap_or(steps[wanted]);
    let values: Vec<f64> = multiples(step)
        .map(|multiple| multiple as f64 * step)
        .collect();
    let label = labels(&values, step);
    values
        .iter()
        .map(|&value| Tick {
            value,
            label: label(value),
        })
        .collect()
}

/// How the ticks of one axis are written: all with the same decimals, and all with the same power
/// of ten where there would be many zeros.
fn labels(values: &[f64], step: f64) -> impl Fn(f64) -> String + use<> {
    let largest = values
        .iter()
        .fold(0.0, |most: f64, value| most.max(value.abs()));
    let finest = power_of_ten(step);
    let power = if finest < -4 || largest >= 1e6 {
        power_of_ten(largest)
    } else {
        0
    };
    let decimals = (power - finest).max(0) as usize;
    move |value| {
        if value == 0.0 {
            return "0".into();
        }
        let mantissa = format!("{:.decimals$}", value / 10f64.powi(power)).replace('-', "−");
        let mantissa = group(&mantissa);
        match power {
            0 => mantissa,
            power => format!("{mantissa}×10{}", superscript(power)),
        }
    }
}

/// The power of ten of a number's first digit; 0 for 0.
fn power_of_ten(value: f64) -> i32 {
    // The tolerance takes 0.000 999… for the 0.001 it was meant to be.
    (value.log10() + 1e-9).floor().max(-308.0) as i32 * i32::from(value != 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits() {
        for (value, digits, expected) in [
            (0.0, 3, "0"),
            (0.014_449, 3, "0.0144"),
            (0.099_96, 3, "0.100"),
            (-0.43, 2, "−0.43"),
            (12.34, 2, "12"),
            (1234.5, 2, "1,234"),
            (0.000_012_34, 3, "1.23×10⁻⁵"),
            (2e9, 2, "2.0×10⁹"),
            (f64::NAN, 2, "not a number"),
        ] {
            assert_eq!(significant(value, digits), expected, "{value}");
        }
    }

    #[test]
    fn rounding_up_keeps_two_digits() {
        for (value, expected) in [
            (0.3, 0.3),
            (f64::from(0.4_f32), 0.4),
            (0.301, 0.31),
            (99.1, 100.0),
            (1.0, 1.0),
        ] {
            assert!((ceil_to_two_digits(value) - expected).abs() < 1e-12 * expected);
        }
    }

    #[test]
    fn the_largest_comes_first_and_equals_stay_as_they_are() {
        let numbers = [0.5, 2.0, 0.5, -1.0, 2.0];
        let mut indices = [0, 1, 2, 3, 4];
        sort_largest_first(&mut indices, &|index| numbers[index]);
        assert_eq!(indices, [1, 4, 0, 2, 3]);
    }

    #[test]
    fn ticks_are_round_and_few() {
        let labels = |range, most, unit| -> Vec<String> {
            ticks(range, most, unit)
                .into_iter()
                .map(|tick| tick.label)
                .collect()
        };
        assert_eq!(
            labels(0.0..=0.0123, 4, 0.0),
            ["0", "0.005", "0.010"].map(String::from)
        );
        assert_eq!(
            labels(0.0..=50.0, 6, 1.0),
            ["0", "10", "20", "30", "40", "50"].map(String::from)
        );
        assert_eq!(labels(0.0..=1.0, 6, 1.0), ["0", "1"].map(String::from));
        assert_eq!(labels(0.0..=0.3, 3, 0.0).last().unwrap(), "0.3");
        assert_eq!(labels(0.0..=2e-6, 2, 0.0), ["0", "1×10⁻⁶", "2×10⁻⁶"]);
        assert_eq!(
            labels(0.0..=1.6e-4, 4, 0.0),
            ["0", "0.5×10⁻⁴", "1.0×10⁻⁴", "1.5×10⁻⁴"]
        );
        assert_eq!(
            labels(-5e5..=1e6, 4, 0.0),
            ["−0.5×10⁶", "0", "0.5×10⁶", "1.0×10⁶"]
        );
        for exponent in -20..20 {
            for mantissa in [1.0, 1.9, 2.0, 4.7, 9.999] {
                let to = mantissa * 10f64.powi(exponent);
                let found = ticks(0.0..=to, 5, 0.0);
                assert!((2..=6).contains(&found.len()), "{to}: {found:?}");
                assert!(ticks(0.0..=to, 2, 0.0).len() >= 2, "{to}");
                assert!(found.iter().all(|tick| tick.value <= to * (1.0 + 1e-6)));
                let mut labels: Vec<&str> = found.iter().map(|tick| &*tick.label).collect();
                labels.dedup();
                assert_eq!(labels.len(), found.len(), "{to}: {found:?}");
            }
        }
    }
}
