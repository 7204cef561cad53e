//! R's serialization, as `save` and `saveRDS` write it: versions 2 and 3, binary (XDR) or as text.
//!
//! Vectors are left where they are in the file. What only a running R understands (functions,
//! environments) is passed over. "R Internals", section 1.8, describes the format.

use std::borrow::Cow;
use std::rc::Rc;

/// Lists within lists, and attributes of attributes, go so deep at most.
const MAX_DEPTH: usize = 128;

/// A value with its attributes.
#[derive(Debug, Default)]
pub struct Item<'a> {
    pub value: Value<'a>,
    attributes: Vec<(Rc<str>, Item<'a>)>,
}

/// A value. Numbers are big-endian, as they are in the file.
#[derive(Debug, Default)]
pub enum Value<'a> {
    /// `NULL`, and whatever is of no use here.
    #[default]
    Other,
    /// 4 bytes each; the least is `NA`.
    Logical(Cow<'a, [u8]>),
    /// 4 bytes each; the least is `NA`.
    Whole(Cow<'a, [u8]>),
    /// 8 bytes each; `NA` is one of those that are not a number.
    Real(Cow<'a, [u8]>),
    Bytes(Cow<'a, [u8]>),
    /// `NA` is none.
    Texts(Vec<Option<Cow<'a, str>>>),
    List(Vec<Item<'a>>),
    /// A list whose elements carry their names themselves.
    Pairs(Vec<(Rc<str>, Item<'a>)>),
    Symbol(Rc<str>),
}

impl<'a> Item<'a> {
    pub fn attribute(&self, name: &str) -> Option<&Item<'a>> {
        let found = self.attributes.iter().find(|(known, _)| **known == *name);
        found.map(|(_, item)| item)
    }

    /// The texts of an attribute; `NA` is empty.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.attribute(name).map_or_else(Vec::new, Item::as_texts)
    }

    fn as_texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Texts(texts) => texts
                .iter()
                .map(|text| text.as_deref().unwrap_or_default())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What the rows of a matrix are called, and what its columns.
    pub fn names_of_axes(&self) -> Vec<Vec<&str>> {
        match self.attribute("dimnames").map(|item| &item.value) {
            Some(Value::List(axes)) => axes.iter().map(Item::as_texts).collect(),
            _ => Vec::new(),
        }
    }

    /// The columns of a matrix of numbers with so many rows.
    pub fn columns(&self, rows: usize) -> Vec<Item<'_>> {
        fn split<'b>(
            bytes: &'b [u8],
            width: usize,
            of: fn(Cow<'b, [u8]>) -> Value<'b>,
        ) -> Vec<Item<'b>> {
            let columns = bytes.chunks_exact(width.max(1));
            columns.map(|column| of(column.into()).into()).collect()
        }
        match &self.value {
            Value::Logical(bytes) => split(bytes, 4 * rows, Value::Logical),
            Value::Whole(bytes) => split(bytes, 4 * rows, Value::Whole),
            Value::Real(bytes) => split(bytes, 8 * rows, Value::Real),
            Value::Bytes(bytes) => split(bytes, rows, Value::Bytes),
            _ => Vec::new(),
        }
    }

    /// Height, width and so on of a matrix or an array.
    pub fn shape(&self) -> Vec<usize> {
        let sizes = self.attribute("dim").map(Item::numbers);
        sizes.map_or_else(Vec::new, |sizes| {
            sizes.map(|size| size.unwrap_or(0.0) as usize).collect()
        })
    }

    pub fn is_a(&self, class: &str) -> bool {
        self.texts("class").contains(&class)
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        match &self.value {
            Value::Other | Value::Symbol(_) => 0,
            Value::Logical(bytes) | Value::Whole(bytes) => bytes.len() / 4,
            Value::Real(bytes) => bytes.len() / 8,
            Value::Bytes(bytes) => bytes.len(),
            Value::Texts(texts) => texts.len(),
            Value::List(items) => items.len(),
            Value::Pairs(pairs) => pairs.len(),
        }
    }

    /// All numbers in order; what is missing, or is no number, is none.
    pub fn numbers(&self) -> Box<dyn Iterator<Item = Option<f64>> + '_> {
        match &self.value {
            Value::Logical(bytes) | Value::Whole(bytes) => {
                let (numbers, _) = bytes.as_chunks::<4>();
                Box::new(numbers.iter().map(|&number| {
                    let number = i32::from_be_bytes(number);
                    (number != i32::MIN).then_some(f64::from(number))
                }))
            }
            Value::Real(bytes) => {
                let (numbers, _) = bytes.as_chunks::<8>();
                Box::new(numbers.iter().map(|&number| {
                    let number = f64::from_be_bytes(number);
                    (!number.is_nan()).then_some(number)
                }))
            }
            Value::Bytes(bytes) => Box::new(bytes.iter().map(|&byte| Some(f64::from(byte)))),
            _ => Box::new(std::iter::empty()),
        }
    }
}

/// Why a file cannot be read.
#[derive(Debug, PartialEq)]
pub enum Problem {
    /// It ends within a value, or holds what no R writes.
    Damaged,
    /// It asks for more memory than is allowed.
    TooLarge,
    /// It holds compiled functions.
    Compiled,
    /// Lists lie deeper in each other than can be followed.
    TooDeep,
    /// Of another version of the format.
    Version(i32),
}

type Read<T> = Result<T, Problem>;

/// Whether a file starts as one of R's does.
pub fn recognises(start: &[u8]) -> bool {
    let start = without_magic(start).unwrap_or(start);
    start.starts_with(b"X\n\0\0\0") || matches!(start, [b'A', b'\n', b'2' | b'3', b'\n', ..])
}

/// What follows the mark that `save` puts first; `saveRDS` has none.
fn without_magic(file: &[u8]) -> Option<&[u8]> {
    match file {
        [b'R', b'D', b'X' | b'A', b'2' | b'3', b'\n', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Reads what is in a file: one value, or, of `save`, pairs of names and values. Takes at most
/// `limit` bytes of memory beside the file, and about four times the file's own.
pub fn read(file: &[u8], limit: usize) -> Read<Item<'_>> {
    let rest = without_magic(file).unwrap_or(file);
    let (mark, rest) = rest.split_at_checked(2).ok_or(Problem::Damaged)?;
    let mut input = Input {
        rest,
        is_text: mark == b"A\n",
        references: Vec::new(),
        left: limit,
    };
    let version = input.whole()?;
    // Which R wrote it, and which can read it.
    input.whole()?;
    input.whole()?;
    match version {
        2 => {}
        3 => {
            let length = input.length()?;
            input.text(length)?;
        }
        other => return Err(Problem::Version(other)),
    }
    input.item(0)
}

struct Input<'a> {
    rest: &'a [u8],
    is_text: bool,
    /// What was seen before and may be referred to; only symbols are of use.
    references: Vec<Option<Rc<str>>>,
    /// Bytes of memory that may still be taken beside the file.
    left: usize,
}

impl<'a> Input<'a> {
    /// The next value. Types have the numbers that R gives them.
    fn item(&mut self, depth: usize) -> Read<Item<'a>> {
        let flags = self.whole()? as u32;
        self.item_of(flags, depth)
    }

    fn item_of(&mut self, flags: u32, depth: usize) -> Read<Item<'a>> {
        if depth > MAX_DEPTH {
            return Err(Problem::TooDeep);
        }
        let inner = depth + 1;
        let kind = flags & 0xff;
        let value = match kind {
            0 | 241 | 242 | 250..=254 => return Ok(Item::default()),
            1 => return Ok(Value::Symbol(self.symbol(inner)?).into()),
            2 | 3 | 5 | 6 | 17 => return self.pairs(flags, inner),
            4 => {
                self.whole()?;
                self.references.push(None);
                for _ in 0..4 {
                    self.item(inner)?;
                }
                return Ok(Item::default());
            }
            7 | 8 => {
                let length = self.length()?;
                self.text(length)?;
                return Ok(Item::default());
            }
            9 => Value::Texts(vec![self.characters(flags)?]),
            10 => Value::Logical(self.numbers::<4>()?),
            13 => Value::Whole(self.numbers::<4>()?),
            14 => Value::Real(self.numbers::<8>()?),
            15 => {
                let count = self.length()?;
                self.words::<8>(count.checked_mul(2).ok_or(Problem::Damaged)?)?;
                Value::Other
            }
            16 => {
                let count = self.length()?;
                let mut texts = Vec::with_capacity(count.min(self.rest.len() / 4));
                for _ in 0..count {
                    let flags = self.whole()? as u32;
                    texts.push(self.characters(flags)?);
                }
                Value::Texts(texts)
            }
            19 | 20 => {
                let count = self.length()?;
                let mut items = Vec::new();
                for _ in 0..count {
                    self.take(size_of::<Item<'_>>())?;
                    items.push(self.item(inner)?);
                }
                Value::List(items)
            }
            21 => return Err(Problem::Compiled),
            22 => {
                self.references.push(None);
                self.item(inner)?;
                self.item(inner)?;
                Value::Other
            }
            23 => {
                self.references.push(None);
                Value::Other
            }
            24 => Value::Bytes(self.bytes()?),
            25 => Value::Other,
            238 => return self.compact(inner),
            247..=249 => {
                self.whole()?;
                for _ in 0..self.length()? {
                    self.item(inner)?;
                }
                self.references.push(None);
                return Ok(Item::default());
            }
            255 => {
                let place = match flags >> 8 {
                    0 => self.length()?,
                    place => place as usize,
                };
                let known = place.checked_sub(1).and_then(|at| self.references.get(at));
                return Ok(match known.ok_or(Problem::Damaged)? {
                    Some(symbol) => Value::Symbol(Rc::clone(symbol)).into(),
                    None => Item::default(),
                });
            }
            _ => return Err(Problem::Damaged),
        };
        let attributes = match flags & HAS_ATTRIBUTES {
            0 => Vec::new(),
            _ => self.attributes(inner)?,
        };
        Ok(Item { value, attributes })
    }

    /// Pairs of names and values, each of which refers to the next. Functions and what they are made
    /// of are stored in this way too.
    fn pairs(&mut self, mut flags: u32, depth: usize) -> Read<Item<'a>> {
        let is_data = flags & 0xff == 2;
        let mut pairs = Vec::new();
        let mut attributes = Vec::new();
        while matches!(flags & 0xff, 2 | 3 | 5 | 6 | 17) {
            self.take(size_of::<(Rc<str>, Item<'_>)>())?;
            if flags & HAS_ATTRIBUTES != 0 {
                attributes = self.attributes(depth)?;
            }
            let name = match flags & HAS_NAME {
                0 => None,
                _ => match self.item(depth)?.value {
                    Value::Symbol(name) => Some(name),
                    _ => None,
                },
            };
            pairs.push((name.unwrap_or_else(|| "".into()), self.item(depth)?));
            flags = self.whole()? as u32;
        }
        self.item_of(flags, depth)?;
        let value = if is_data {
            Value::Pairs(pairs)
        } else {
            Value::Other
        };
        Ok(Item { value, attributes })
    }

    fn attributes(&mut self, depth: usize) -> Read<Vec<(Rc<str>, Item<'a>)>> {
        match self.item(depth)?.value {
            Value::Pairs(pairs) => Ok(pairs),
            Value::Other => Ok(Vec::new()),
            _ => Err(Problem::Damaged),
        }
    }

    /// What R keeps shorter than it is: a sequence, numbers that are to become texts, or a vector
    /// in a wrapping.
    fn compact(&mut self, depth: usize) -> Read<Item<'a>> {
        let class = self.item(depth)?;
        let state = self.item(depth)?;
        let attributes = self.attributes(depth)?;
        let Value::Pairs(class) = class.value else {
            return Err(Problem::Damaged);
        };
        let Some((
            _,
            Item {
                value: Value::Symbol(class),
                ..
            },
        )) = class.first()
        else {
            return Err(Problem::Damaged);
        };
        let value = match (&**class, state.value) {
            ("compact_intseq" | "compact_realseq", Value::Real(bytes)) => {
                let state: Item<'_> = Value::Real(bytes).into();
                let state: Vec<f64> = state.numbers().flatten().collect();
                let &[count, first, step] = state.as_slice() else {
                    return Err(Problem::Damaged);
                };
                let whole = &**class == "compact_intseq";
                let width = if whole { 4 } else { 8 };
                self.take((count as usize).saturating_mul(width))?;
                let numbers = (0..count as usize).map(|place| first + place as f64 * step);
                if whole {
                    Value::Whole(numbers.flat_map(|n| (n as i32).to_be_bytes()).collect())
                } else {
                    Value::Real(numbers.flat_map(f64::to_be_bytes).collect())
                }
            }
            ("deferred_string", Value::Pairs(pairs)) => {
                let (_, numbers) = pairs.into_iter().next().ok_or(Problem::Damaged)?;
                self.take(numbers.len().saturating_mul(size_of::<String>() + 32))?;
                let texts = numbers.numbers();
                Value::Texts(texts.map(|n| n.map(|n| n.to_string().into())).collect())
            }
            (name, Value::List(items)) if name.starts_with("wrap_") => {
                items.into_iter().next().ok_or(Problem::Damaged)?.value
            }
            _ => Value::Other,
        };
        Ok(Item { value, attributes })
    }

    fn symbol(&mut self, depth: usize) -> Read<Rc<str>> {
        let Value::Texts(name) = self.item(depth)?.value else {
            return Err(Problem::Damaged);
        };
        let name = name.into_iter().next().flatten().unwrap_or_default();
        self.take(name.len() + 64)?;
        let name: Rc<str> = name.into();
        self.references.push(Some(Rc::clone(&name)));
        Ok(name)
    }

    /// A text, which says in its flags how it is written.
    fn characters(&mut self, flags: u32) -> Read<Option<Cow<'a, str>>> {
        if flags & 0xff != 9 {
            return Err(Problem::Damaged);
        }
        let length = self.whole()?;
        if length == -1 {
            return Ok(None);
        }
        let bytes = self.text(usize::try_from(length).map_err(|_| Problem::Damaged)?)?;
        let is_latin = flags & IS_LATIN != 0;
        Ok(Some(match bytes {
            Cow::Borrowed(bytes) => decoded(bytes, is_latin),
            Cow::Owned(bytes) => Cow::Owned(decoded(&bytes, is_latin).into_owned()),
        }))
    }

    /// Takes so much of what may be held beside the file.
    fn take(&mut self, bytes: usize) -> Read<()> {
        self.left = self.left.checked_sub(bytes).ok_or(Problem::TooLarge)?;
        Ok(())
    }

    /// A whole number; `NA` is the least.
    fn whole(&mut self) -> Read<i32> {
        if self.is_text {
            return match self.word()? {
                b"NA" => Ok(i32::MIN),
                word => parsed(word),
            };
        }
        let (number, rest) = self.rest.split_first_chunk().ok_or(Problem::Damaged)?;
        self.rest = rest;
        Ok(i32::from_be_bytes(*number))
    }

    /// How many elements follow: -1 announces a number of 64 bits.
    fn length(&mut self) -> Read<usize> {
        let length = match self.whole()? {
            -1 => i64::from(self.whole()?) << 32 | i64::from(self.whole()? as u32),
            length => length.into(),
        };
        usize::try_from(length).map_err(|_| Problem::Damaged)
    }

    /// So many bytes.
    fn raw(&mut self, count: usize) -> Read<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Problem::Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// The next word of a file that is text.
    fn word(&mut self) -> Read<&'a [u8]> {
        self.rest = self.rest.trim_ascii_start();
        let end = self.rest.iter().position(u8::is_ascii_whitespace);
        let word = self.raw(end.unwrap_or(self.rest.len()))?;
        if word.is_empty() {
            return Err(Problem::Damaged);
        }
        Ok(word)
    }

    fn numbers<const WIDTH: usize>(&mut self) -> Read<Cow<'a, [u8]>> {
        let count = self.length()?;
        self.words::<WIDTH>(count)
    }

    /// So many numbers of 4 or 8 bytes.
    fn words<const WIDTH: usize>(&mut self, count: usize) -> Read<Cow<'a, [u8]>> {
        if !self.is_text {
            let bytes = count.checked_mul(WIDTH).ok_or(Problem::Damaged)?;
            return Ok(Cow::Borrowed(self.raw(bytes)?));
        }
        // Every number takes two characters at least, itself and what separates it from the next.
        if count > self.rest.len() / 2 + 1 {
            return Err(Problem::Damaged);
        }
        let mut bytes = Vec::with_capacity(count * WIDTH);
        for _ in 0..count {
            if WIDTH == 4 {
                bytes.extend(self.whole()?.to_be_bytes());
            } else {
                let number = match self.word()? {
                    b"NA" => f64::NAN,
                    word => parsed(word)?,
                };
                bytes.extend(number.to_be_bytes());
            }
        }
        Ok(Cow::Owned(bytes))
    }

    /// A vector of bytes.
    fn bytes(&mut self) -> Read<Cow<'a, [u8]>> {
        let count = self.length()?;
        if !self.is_text {
            return Ok(Cow::Borrowed(self.raw(count)?));
        }
        let digits = |word: &[u8]| {
            let word = str::from_utf8(word).ok()?;
            u8::from_str_radix(word, 16).ok()
        };
        let mut bytes = Vec::with_capacity(count.min(self.rest.len() / 3 + 1));
        for _ in 0..count {
            bytes.push(digits(self.word()?).ok_or(Problem::Damaged)?);
        }
        Ok(Cow::Owned(bytes))
    }

    /// The bytes of a text.
    fn text(&mut self, length: usize) -> Read<Cow<'a, [u8]>> {
        if !self.is_text {
            return Ok(Cow::Borrowed(self.raw(length)?));
        }
        // Blanks of the text itself are escaped.
        self.rest = self.rest.trim_ascii_start();
        let mut text = Vec::with_capacity(length.min(self.rest.len()));
        for _ in 0..length {
            text.push(match self.raw(1)?[0] {
                b'\\' => self.escaped()?,
                byte => byte,
            });
        }
        Ok(Cow::Owned(text))
    }

    /// A byte that stands behind a backslash: up to three octal digits, or a letter as in C.
    fn escaped(&mut self) -> Read<u8> {
        let octal = |byte: &u8| (b'0'..=b'7').contains(byte);
        let digits = self
            .rest
            .iter()
            .take(3)
            .take_while(|byte| octal(byte))
            .count();
        if digits > 0 {
            let digits = self.raw(digits)?.iter();
            return Ok(digits.fold(0, |byte, digit| byte.wrapping_mul(8) | (digit - b'0')));
        }
        Ok(match self.raw(1)?[0] {
            b'n' => b'\n',
            b't' => b'\t',
            b'v' => 11,
            b'b' => 8,
            b'r' => b'\r',
            b'f' => 12,
            b'a' => 7,
            byte => byte,
        })
    }
}

const HAS_ATTRIBUTES: u32 = 1 << 9;
const HAS_NAME: u32 = 1 << 10;
const IS_LATIN: u32 = 1 << 14;

impl<'a> From<Value<'a>> for Item<'a> {
    fn from(value: Value<'a>) -> Self {
        Self {
            value,
            attributes: Vec::new(),
        }
    }
}

fn parsed<T: std::str::FromStr>(word: &[u8]) -> Read<T> {
    let word = str::from_utf8(word).ok();
    word.and_then(|word| word.parse().ok())
        .ok_or(Problem::Damaged)
}

/// Text in Latin-1, where R says so or it is no UTF-8, or in UTF-8.
fn decoded(bytes: &[u8], is_latin: bool) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) if !is_latin => Cow::Borrowed(text),
        _ => bytes.iter().copied().map(char::from).collect(),
    }
}
