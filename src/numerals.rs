//! Numbers as they stand in sentences.

use std::fmt::Display;

/// With a comma between thousands: `1,505`.
#[must_use]
pub fn grouped(count: usize) -> String {
    group(&count.to_string())
}

/// How many there are of something: `1 image`, `1,505 images`.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    let what = if count == 1 { one } else { many };
    format!("{} {what}", grouped(count))
}

/// Puts commas between the thousands of a number that is written out, its fraction aside.
#[must_use]
pub fn group(written: &str) -> String {
    let start = written.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let digits = written[start..].find(|c: char| !c.is_ascii_digit());
    let end = digits.map_or(written.len(), |length| start + length);
    let mut text = written[..start].to_owned();
    for (at, digit) in written[start..end].char_indices() {
        if at > 0 && (end - start - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + &written[end..]
}

/// As the number writes itself, with a real minus sign: `−1.5`.
#[must_use]
pub fn signed(number: impl Display) -> String {
    let text = number.to_string();
    match text.strip_prefix('-') {
        Some(size) => "−".to_owned() + size,
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, expected) in [
            (0, "0"),
            (999, "999"),
            (1_505, "1,505"),
            (60_000, "60,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), expected);
        }
        assert_eq!(group("−12345.6789"), "−12,345.6789");
        assert_eq!(group("0.00012"), "0.00012");
        assert_eq!(signed(-1.5_f32), "−1.5");
        assert_eq!(signed(0.25_f32), "0.25");
        assert_eq!(counted(1, "image", "images"), "1 image");
        assert_eq!(counted(2_128, "image", "images"), "2,128 images");
    }
}
