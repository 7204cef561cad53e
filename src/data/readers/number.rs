//! Numbers as tables write them: with a point or a comma before the fraction, and with or without
//! marks between thousands.

use super::dialect::unquoted;

/// What stands for a value that is not known.
const GAPS: [&str; 11] = [
    "", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "--", "nil",
];

/// The number in a field, if it holds one; with `comma`, that stands before the fraction.
pub(super) fn number(field: &[u8], comma: bool) -> Option<f32> {
    let field = field.trim_ascii();
    // Most fields are whole numbers of up to three digits.
    if let 1..=3 = field.len()
        && field.iter().all(u8::is_ascii_digit)
    {
        let digits = field.iter().map(|digit| f32::from(digit - b'0'));
        return Some(digits.fold(0.0, |number, digit| 10.0 * number + digit));
    }
    let text = std::str::from_utf8(field).ok()?;
    // With a decimal comma a point stands between thousands.
    if comma && field.iter().any(|byte| matches!(byte, b'.' | b',')) {
        return with_point(field).or_else(|| written(text, comma)?.parse().ok());
    }
    let plain = text.parse().ok();
    plain.or_else(|| written(text, comma)?.parse().ok())
}

/// A number with a decimal comma and no other mark: most numbers of such tables, and so without a
/// text of their own.
fn with_point(field: &[u8]) -> Option<f32> {
    let place = field.iter().position(|&byte| byte == b',')?;
    let mut plain = [0; 32];
    let plain = plain.get_mut(..field.len())?;
    plain.copy_from_slice(field);
    plain[place] = b'.';
    let marks = |byte: &u8| matches!(byte, b'.' | b',');
    if plain.iter().filter(|byte| marks(byte)).count() > 1 {
        return None;
    }
    std::str::from_utf8(plain).ok()?.parse().ok()
}

/// The number in a field as programs write it, if it has marks that these do not use.
pub(super) fn written(text: &str, comma: bool) -> Option<String> {
    let text = unquoted(text.trim());
    let (decimal, other) = if comma { (',', '.') } else { ('.', ',') };
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut plain = String::with_capacity(text.len() + 1);
    plain.push_str(if negative { "-" } else { "" });
    match whole
        .chars()
        .find(|&mark| mark == other || is_gap_between_thousands(mark))
    {
        Some(mark) => {
            let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
            for (place, group) in whole.split(mark).enumerate() {
                let fits = match place {
                    0 => (1..=3).contains(&group.len()),
                    _ => group.len() == 3,
                };
                if !fits || !digits(group) {
                    return None;
                }
                plain.push_str(group);
            }
        }
        None => plain.push_str(whole),
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    // What else is left is refused by who reads the number.
    plain
        .bytes()
        .any(|byte| byte.is_ascii_digit())
        .then_some(plain)
}

/// Marks that stand between thousands and nowhere else in a number.
fn is_gap_between_thousands(mark: char) -> bool {
    matches!(mark, '\'' | '’' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// Whether a field says that a value is not known.
pub(super) fn is_gap(field: &[u8]) -> bool {
    let field = field.trim_ascii();
    let gap = |gap: &&str| field.eq_ignore_ascii_case(gap.as_bytes());
    field.len() <= 4 && GAPS.iter().any(gap)
}

/// `True` or `False`, as programs write them.
pub(super) fn truth(field: &[u8]) -> Option<bool> {
    let field = field.trim_ascii();
    match field.len() {
        4 => field.eq_ignore_ascii_case(b"true").then_some(true),
        5 if field.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// What the points and commas in numbers are, as these numbers show: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    pub const DECIMAL_POINT: Self = Self(1);
    pub const DECIMAL_COMMA: Self = Self(2);
    /// Points between thousands.
    pub const POINTS: Self = Self(4);
    /// Commas between thousands.
    pub const COMMAS: Self = Self(8);
    /// Those that leave no doubt.
    pub const DECISIVE: Self = Self(15);
    /// A point with three digits behind it and up to three before it, which may be either.
    pub const SOME_POINT: Self = Self(16);
    /// Such a comma.
    pub const SOME_COMMA: Self = Self(32);

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    /// What the marks of one field show; nothing where it holds no number.
    pub fn of(field: &[u8]) -> Self {
        let none = Self::default();
        if field.len() < 2 {
            return none;
        }
        let field = field.trim_ascii();
        let field = field
            .strip_prefix(b"-")
            .or(field.strip_prefix(b"+"))
            .unwrap_or(field);
        let exponent = field.iter().position(|byte| matches!(byte, b'e' | b'E'));
        let number = &field[..exponent.unwrap_or(field.len())];
        let is_mark = |byte: &u8| matches!(byte, b'.' | b',');
        let (Some(first), Some(last)) = (
            number.iter().position(is_mark),
            number.iter().rposition(is_mark),
        ) else {
            return none;
        };
        // Other marks between thousands make plain what a point or comma behind them is.
        let grouped = number[..first].iter().any(|byte| !byte.is_ascii_digit());
        let numeric = |byte: &u8| byte.is_ascii_digit() || is_mark(byte);
        let groups = |mark: u8, until: usize| {
            let mut groups = number[..until].split(|&byte| byte == mark);
            (1..=3).contains(&groups.next().unwrap_or_default().len())
                && groups.all(|group| group.len() == 3)
        };
        if !(grouped && is_grouped(&number[..first]) || number[..first].iter().all(numeric))
            || !number[first..].iter().all(numeric)
        {
            return none;
        }
        let (decimal, between, some) = match number[last] {
            b'.' => (Self::DECIMAL_POINT, Self::POINTS, Self::SOME_POINT),
            _ => (Self::DECIMAL_COMMA, Self::COMMAS, Self::SOME_COMMA),
        };
        let other = if number[last] == b'.' {
            Self::COMMAS
        } else {
            Self::POINTS
        };
        if first == last {
            let unclear = groups(number[last], number.len())
                && !grouped
                && exponent.is_none()
                && number[0] != b'0';
            return if unclear { some } else { decimal };
        }
        if number[first] == number[last] {
            let all = number.iter().filter(|byte| is_mark(byte));
            let one_kind = all.clone().all(|&mark| mark == number[first]);
            return if one_kind && groups(number[first], number.len()) {
                between
            } else {
                none
            };
        }
        if groups(number[first], last) && !number[first + 1..last].contains(&number[last]) {
            return decimal.with(other);
        }
        none
    }

    /// Whether a comma stands before the fraction; what is in doubt or at odds otherwise.
    pub fn comma(self, separator: u8) -> Result<bool, Doubt> {
        let point = Self::DECIMAL_POINT.with(Self::COMMAS);
        let comma = Self::DECIMAL_COMMA.with(Self::POINTS);
        match (self.any(point), self.any(comma)) {
            (true, false) => Ok(false),
            (true, true) => Err(Doubt::AtOdds(point, comma)),
            (false, false) if self.any(Self::SOME_COMMA) => Err(Doubt::Unclear(Self::SOME_COMMA)),
            // Where a comma or blanks separate, nobody writes points between thousands.
            (false, false) if matches!(separator, b',' | b' ') => Ok(false),
            (false, false) if self.any(Self::SOME_POINT) => Err(Doubt::Unclear(Self::SOME_POINT)),
            (false, _) => Ok(true),
        }
    }
}

/// Digits in threes with blanks or such between them.
fn is_grouped(whole: &[u8]) -> bool {
    std::str::from_utf8(whole).is_ok_and(|text| written(text, false).is_some())
}

/// Why it cannot be told what the points and commas are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// All marks of this kind may stand before fractions or between thousands.
    Unclear(Marks),
    /// Some numbers show the one, some the other.
    AtOdds(Marks, Marks),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_of_many_countries_write_them() {
        for (text, comma, expected) in [
            ("7", false, 7.0),
            ("-1.5e-3", false, -0.0015),
            ("9,060.5", false, 9060.5),
            ("9.060,5", true, 9060.5),
            ("9.060", true, 9060.0),
            ("9.060", false, 9.06),
            ("1.234.567", true, 1_234_567.0),
            ("1'234'567.5", false, 1_234_567.5),
            ("1’234,5", true, 1234.5),
            ("1 234,5", true, 1234.5),
            ("-1\u{202f}234\u{202f}567,5", true, -1_234_567.5),
            ("−0,5", true, -0.5),
            (" \"12\" ", false, 12.0),
            ("1,5E3", true, 1500.0),
        ] {
            assert_eq!(number(text.as_bytes(), comma), Some(expected), "{text}");
        }
        for (text, comma) in [
            ("12.34", true),
            ("1.2345,6", true),
            ("1,23", false),
            ("1,234,56", false),
            ("1 23", false),
            ("1,2,3", true),
            (",", true),
            ("", false),
            ("x", false),
            ("1e", false),
            ("1.234.56", true),
            ("1'234.567'8", false),
        ] {
            assert_eq!(number(text.as_bytes(), comma), None, "{text}");
        }
    }

    #[test]
    fn marks_show_what_they_are() {
        let point = Marks::DECIMAL_POINT;
        let comma = Marks::DECIMAL_COMMA;
        for (field, marks) in [
            ("7", Marks::default()),
            ("0.5", point),
            ("0.123", point),
            ("1.23", point),
            ("1234.567", point),
            ("1.234e5", point),
            ("-1,5", comma),
            ("0,906", comma),
            (",5", comma),
            ("9.060", Marks::SOME_POINT),
            ("-12,345", Marks::SOME_COMMA),
            ("1.234.567", Marks::POINTS),
            ("1,234,567", Marks::COMMAS),
            ("9.060,5", comma.with(Marks::POINTS)),
            ("9,060.123", point.with(Marks::COMMAS)),
            ("1'234.567", point),
            ("1 234,567", comma),
            // No numbers.
            ("12.05.2020", Marks::default()),
            ("a.b", Marks::default()),
            ("1,2,3", Marks::default()),
            ("1.2,3.4", Marks::default()),
        ] {
            assert_eq!(Marks::of(field.as_bytes()), marks, "{field}");
        }
    }

    #[test]
    fn all_numbers_together_say_what_the_marks_are() {
        let all = |fields: &[&str]| {
            let marks = fields.iter().map(|field| Marks::of(field.as_bytes()));
            marks.fold(Marks::default(), Marks::with)
        };
        assert_eq!(all(&["9.060", "1.000,5"]).comma(b';'), Ok(true));
        assert_eq!(all(&["9.060", "0.5"]).comma(b';'), Ok(false));
        assert_eq!(all(&["1,234", "0.5"]).comma(b','), Ok(false));
        assert_eq!(all(&["1.234"]).comma(b','), Ok(false));
        let unclear = Doubt::Unclear(Marks::SOME_POINT);
        assert_eq!(all(&["1.234", "9"]).comma(b';'), Err(unclear));
        let unclear = Doubt::Unclear(Marks::SOME_COMMA);
        assert_eq!(all(&["1,234"]).comma(b','), Err(unclear));
        assert!(matches!(
            all(&["0.5", "0,5"]).comma(b';'),
            Err(Doubt::AtOdds(..))
        ));
    }

    #[test]
    fn gaps_are_no_words() {
        for gap in [
            "", "  ", "NA", "nan", "NaN", "NULL", "?", "-", "n/a", "#N/A", "None",
        ] {
            assert!(is_gap(gap.as_bytes()), "{gap}");
        }
        for value in ["0", "Nantes", "--5", "no", "inf"] {
            assert!(!is_gap(value.as_bytes()), "{value}");
        }
    }
}
