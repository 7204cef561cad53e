//! How a table is written: what separates its fields, and what stands around its rows.

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::error::ReadError;

/// What separates the fields of a table, and where its rows start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dialect {
    pub separator: u8,
    /// What lines that are no rows start with.
    comment: Option<u8>,
    /// Bytes before the first row: a line that only names the separator.
    start: usize,
    /// Names of columns in a comment before the first row.
    pub commented: Option<Vec<String>>,
    /// Separators in the first row.
    pub separators: usize,
}

/// The rows of a table, one after another.
pub(super) struct Rows<'a> {
    name: &'a str,
    text: &'a [u8],
    dialect: &'a Dialect,
    reader: Reader<&'a [u8]>,
    /// Fields of a row; those beyond are empty.
    width: usize,
    /// Fields that a row has at least: those beyond are empty in the first row.
    least: usize,
}

impl Dialect {
    /// How this text is written.
    pub fn of(text: &[u8]) -> Self {
        let (named, start) = named_separator(text);
        let mut dialect = Self {
            separator: b',',
            comment: comment(&text[start..]),
            start,
            commented: None,
            separators: 0,
        };
        let mut rows = lines(&text[start..]).filter(|line| !dialect.is_comment(line));
        let Some(first) = rows.next() else {
            // Nothing but comments: a table whose header and rows start like them.
            dialect.comment = None;
            let first = lines(&text[start..]).next().unwrap_or_default();
            (dialect.separator, dialect.separators) = separator(first, named);
            return dialect;
        };
        drop(rows);
        (dialect.separator, dialect.separators) = separator(first, named);
        if let Some(comment) = dialect.comment {
            let above = lines(&text[start..]).take_while(|line| line[0] == comment);
            let names = above.last().map(|line| dialect.fields(&line[1..]));
            dialect.commented = names.filter(|names| names.len() == dialect.fields(first).len());
        }
        dialect
    }

    fn is_comment(&self, line: &[u8]) -> bool {
        self.comment
            .is_some_and(|comment| line.starts_with(&[comment]))
    }

    /// Whether a run of separators is one.
    fn runs(&self) -> bool {
        self.separator == b' '
    }

    fn reader<'a>(&self, text: &'a [u8]) -> Reader<&'a [u8]> {
        ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .comment(self.comment)
            .from_reader(text)
    }

    /// The fields of one line.
    fn fields(&self, line: &[u8]) -> Vec<String> {
        let mut record = ByteRecord::new();
        // Reading from memory does not fail.
        let _ = self.reader(line).read_byte_record(&mut record);
        self.tidy(&mut record);
        record.iter().map(text_of).collect()
    }

    /// Takes several blanks for one.
    fn tidy(&self, record: &mut ByteRecord) {
        if self.runs() && record.iter().any(<[u8]>::is_empty) {
            let mut tidy: ByteRecord = record.iter().filter(|field| !field.is_empty()).collect();
            tidy.set_position(record.position().cloned());
            *record = tidy;
        }
    }
}

impl<'a> Rows<'a> {
    pub fn new(name: &'a str, text: &'a [u8], dialect: &'a Dialect) -> Self {
        Self {
            name,
            text,
            dialect,
            reader: dialect.reader(&text[dialect.start..]),
            width: 0,
            least: 0,
        }
    }

    /// Reads the next row; false at the end. Rows may end early or late by empty fields.
    ///
    /// # Errors
    /// If a row has another number of values than the first.
    pub fn next(&mut self, record: &mut ByteRecord) -> Result<bool, ReadError> {
        let more = self.next_of_any_width(record)?;
        if more && record.len() != self.width {
            self.check(record)?;
        }
        Ok(more)
    }

    /// Reads the next row, whatever its number of values; false at the end.
    pub fn next_of_any_width(&mut self, record: &mut ByteRecord) -> Result<bool, ReadError> {
        loop {
            let read = self.reader.read_byte_record(record);
            let more = read.map_err(|error| {
                let message = format!("The table cannot be read ({error}). Save it again as CSV.");
                ReadError::new(self.name, message)
            })?;
            if !more {
                return Ok(false);
            }
            self.dialect.tidy(record);
            // Lines of nothing but separators end many a spreadsheet.
            if record.len().max(self.width) > 1 && is_empty_from(record, 0) {
                continue;
            }
            if self.width == 0 {
                self.width = record.len();
                let last = record
                    .iter()
                    .rposition(|field| !field.trim_ascii().is_empty());
                self.least = last.map_or(self.width, |last| last + 1);
            }
            return Ok(true);
        }
    }

    /// Makes sure that a row has the number of values of the first.
    pub fn check(&self, record: &ByteRecord) -> Result<(), ReadError> {
        let found = record.len();
        if found >= self.least && is_empty_from(record, self.width) {
            return Ok(());
        }
        let message = format!(
            "The line has {found} value{}, those before it have {}. Complete it or remove it.",
            if found == 1 { "" } else { "s" },
            self.width
        );
        Err(ReadError::new(self.name, message).at(format!("line {}", self.line(record))))
    }

    /// Takes rows to have so many fields.
    pub fn widen(&mut self, width: usize) {
        (self.width, self.least) = (width, width);
    }

    pub fn byte(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The line on which a row starts, counted from 1.
    pub fn line(&self, record: &ByteRecord) -> usize {
        // The position is that of the end of the row before, which lines that are no rows follow.
        let byte = record.position().map_or(0, Position::byte) as usize;
        let end = (self.dialect.start + byte).min(self.text.len());
        let (before, mut after) = self.text.split_at(end);
        let ends = |text: &[u8]| {
            let of = |end| text.split(|byte| *byte == end).count() - 1;
            // Old programs of the Mac end lines by a carriage return alone.
            match of(b'\n') {
                0 if !self.text.contains(&b'\n') => of(b'\r'),
                count => count,
            }
        };
        let mut line = 1 + ends(before);
        loop {
            let skipped = match after {
                [b'\r' | b'\n', ..] => 1,
                [first, ..] if Some(*first) == self.dialect.comment => after
                    .iter()
                    .position(|byte| matches!(byte, b'\r' | b'\n'))
                    .unwrap_or(after.len()),
                _ => return line,
            };
            line += ends(&after[..skipped]);
            after = &after[skipped..];
        }
    }
}

/// Whether a row has no values from this place on.
fn is_empty_from(record: &ByteRecord, place: usize) -> bool {
    let mut rest = record.iter().skip(place);
    rest.all(|field| field.trim_ascii().is_empty())
}

/// The text of a field.
pub(super) fn text_of(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    unquoted(text.trim()).into()
}

/// What stands between quotes: after blanks, csv takes them for a part of the field.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.map_or(text, str::trim)
}

/// The lines with something on them, without blanks around it.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

/// The separator that a first line such as `sep=;` names, and where the table starts.
fn named_separator(text: &[u8]) -> (Option<u8>, usize) {
    let end = text
        .iter()
        .take(16)
        .position(|byte| matches!(byte, b'\n' | b'\r'));
    let Some(end) = end else { return (None, 0) };
    let line = text[..end].trim_ascii_end();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let line = line.strip_suffix(b"\"").unwrap_or(line);
    match line {
        [s, e, p, b'=', separator] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => {
            (Some(*separator), end)
        }
        // Blanks at the end are gone from a line that names the tab.
        [s, e, p, b'='] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => (Some(b'\t'), end),
        _ => (None, 0),
    }
}

/// What comments start with, where the first line is one; or the last, as NumPy writes it.
fn comment(text: &[u8]) -> Option<u8> {
    let first = lines(text).next()?;
    if let [mark @ (b'#' | b'%'), ..] = first {
        return Some(*mark);
    }
    let mut last = text.trim_ascii_end();
    let start = last.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    last = &last[start.map_or(0, |end| end + 1)..];
    last.starts_with(b"# ").then_some(b'#')
}

/// The separator of a table with this first row, and how many there are in it.
fn separator(line: &[u8], named: Option<u8>) -> (u8, usize) {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b' ', 0)];
    let mut quoted = false;
    let mut of_named = 0;
    for &byte in line.trim_ascii() {
        quoted ^= byte == b'"';
        of_named += usize::from(!quoted && Some(byte) == named);
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && byte == *separator);
        }
    }
    if let Some(named) = named {
        return (named, of_named);
    }
    // A semicolon or a tab separates wherever there is one: commas beside it are decimal ones.
    let [comma, semicolon, tab, space] = counts;
    [semicolon, tab, comma, space]
        .into_iter()
        .find(|(_, count)| *count > 0)
        .unwrap_or(comma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let dialect = Dialect::of(text.as_bytes());
        let mut rows = Rows::new("t.csv", text.as_bytes(), &dialect);
        let mut record = ByteRecord::new();
        let mut all = Vec::new();
        while rows.next(&mut record).unwrap() {
            all.push(record.iter().map(text_of).collect());
        }
        all
    }

    #[test]
    fn tables_of_every_dialect_have_the_same_rows() {
        let expected = [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]];
        for text in [
            "a,b,c\n1,2,3\n4,5,6\n",
            "a;b;c\r1;2;3\r4;5;6\r",
            "a\tb\tc\r\n1\t2\t3\r\n4\t5\t6",
            "sep=;\r\na;b;c\r\n1;2;3\r\n4;5;6\r\n",
            "\"sep=|\"\na|b|c\n1|2|3\n4|5|6\n",
            "SEP=\t\na\tb\tc\n1\t2\t3\n4\t5\t6\n",
            // Fields of one width, and blanks at the ends of lines.
            "   a  b   c\n   1  2   3 \n   4  5   6\n",
            "\"a\" \"b\" \"c\" \n1 2 3 \n4 5 6 \n",
            "a , b , \"c\" \n 1, \"2\", 3\n4 ,5 ,6\n",
            // A spreadsheet's empty lines.
            "a,b,c\n\n1,2,3\n,,\n4,5,6\n,,\n , , \n",
            "# by hand\n#\na,b,c\n1,2,3\n# between\n4,5,6\n",
            "a,b,c\n1,2,3\n4,5,6\n# written by savetxt\n",
        ] {
            assert_eq!(rows(text), expected, "{text}");
        }
    }

    #[test]
    fn names_may_stand_in_a_comment() {
        for text in [
            "# a b c\n1 2 3\n4 5 6\n",
            "% by hand\n%a b c\n1 2 3\n4 5 6\n",
        ] {
            let dialect = Dialect::of(text.as_bytes());
            assert_eq!(dialect.commented.unwrap(), ["a", "b", "c"], "{text}");
            assert_eq!(rows(text), [["1", "2", "3"], ["4", "5", "6"]], "{text}");
        }
        // Every row starts like a comment: these are row names.
        assert_eq!(rows("#,a\n#1,2\n#2,3\n").len(), 3);
    }

    #[test]
    fn lines_may_end_with_more_separators_than_the_first() {
        assert_eq!(rows("a,b\n1,2,,\n3,4\n").len(), 3);
        assert_eq!(rows("a,b,,\n1,2\n3,4,\n").len(), 3);
    }
}
