//! How a table is written: what separates its fields, and how numbers stand in them.

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::error::ReadError;

/// How a table is written.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub separator: u8,
    /// Numbers may have a comma before their fraction.
    pub comma: bool,
}

/// How a table with this first line is written, and how many separators there are in it.
pub(super) fn form(text: &[u8]) -> (Form, usize) {
    let line = text
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b' ', 0)];
    let mut quoted = false;
    for &byte in line.trim_ascii() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && byte == *separator);
        }
    }
    // A semicolon or a tab separates wherever there is one: commas beside it are decimal ones.
    let [comma, semicolon, tab, space] = counts;
    let (separator, count) = [semicolon, tab, comma, space]
        .into_iter()
        .find(|(_, count)| *count > 0)
        .unwrap_or(comma);
    let comma = separator != b',';
    (Form { separator, comma }, count)
}

pub(super) fn reader(text: &[u8], form: Form) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .delimiter(form.separator)
        .from_reader(text)
}

/// Reads the next row; false at the end.
pub(super) fn next(
    name: &str,
    text: &[u8],
    reader: &mut Reader<&[u8]>,
    record: &mut ByteRecord,
) -> Result<bool, ReadError> {
    reader.read_byte_record(record).map_err(|error| {
        let ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } = error.kind()
        else {
            let message = format!("The table cannot be read ({error}). Save it again as CSV.");
            return ReadError::new(name, message);
        };
        let message = format!(
            "The line has {len} value{}, those before it have {expected_len}. Complete it or \
             remove it.",
            if *len == 1 { "" } else { "s" }
        );
        ReadError::new(name, message).at(format!("line {}", line(text, pos.as_ref())))
    })
}

/// The line on which a row starts, counted from 1. The position is that of the end of the row
/// before, which empty lines may follow.
pub(super) fn line(text: &[u8], position: Option<&csv::Position>) -> usize {
    let end = position.map_or(0, |position| position.byte() as usize);
    let (before, after) = text.split_at(end.min(text.len()));
    let empty = after
        .iter()
        .take_while(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    let ends = before.iter().chain(&after[..empty]);
    1 + ends.filter(|byte| **byte == b'\n').count()
}

/// The number in a field, if it holds one.
pub(super) fn number(field: &[u8], form: Form) -> Option<f32> {
    let field = field.trim_ascii();
    // Most fields are whole numbers of up to three digits.
    if let 1..=3 = field.len()
        && field.iter().all(u8::is_ascii_digit)
    {
        let digits = field.iter().map(|digit| f32::from(digit - b'0'));
        return Some(digits.fold(0.0, |number, digit| 10.0 * number + digit));
    }
    let text = std::str::from_utf8(field).ok()?;
    if form.comma && text.contains(',') {
        return text.replacen(',', ".", 1).parse().ok();
    }
    text.parse().ok()
}
