//! The wire format of Protocol Buffers, as far as ONNX needs it: fields are looked at where they
//! stand, and nothing is copied.

/// Something that cannot be read.
#[derive(Debug)]
pub(in crate::model) struct Broken;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::model) enum Field<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    /// A text, a message or many numbers.
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(in crate::model) fn bytes(self) -> Result<&'a [u8], Broken> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Broken),
        }
    }

    pub(in crate::model) fn text(self) -> Result<&'a str, Broken> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Broken)
    }

    pub(in crate::model) fn int(self) -> Result<i64, Broken> {
        match self {
            Self::Varint(value) => Ok(value as i64),
            _ => Err(Broken),
        }
    }

    #[cfg(feature = "models")]
    pub(in crate::model) fn float(self) -> Result<f32, Broken> {
        match self {
            Self::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(Broken),
        }
    }
}

/// The fields of a message, with their numbers, in the order of the file.
pub(in crate::model) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(in crate::model) fn new(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Field::Fixed64(*bytes)
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Field::Bytes(bytes)
            }
            5 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Field::Fixed32(*bytes)
            }
            _ => return None,
        };
        Some((key >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(Broken))
    }
}

/// The whole numbers of a field that holds one or, packed, many.
pub(in crate::model) fn ints(field: Field<'_>) -> Result<Vec<i64>, Broken> {
    match field {
        Field::Varint(value) => Ok(vec![value as i64]),
        Field::Bytes(bytes) => {
            let mut packed = Fields(bytes);
            let mut values = Vec::new();
            while !packed.0.is_empty() {
                values.push(packed.varint().ok_or(Broken)? as i64);
            }
            Ok(values)
        }
        _ => Err(Broken),
    }
}

/// Writes a message field by field.
#[derive(Default)]
pub(in crate::model) struct Message(Vec<u8>);

impl Message {
    /// One that begins with the fields of another.
    #[cfg(feature = "graph")]
    pub(in crate::model) fn from(fields: &[u8]) -> Self {
        Self(fields.to_vec())
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(in crate::model) fn int(mut self, number: u64, value: u64) -> Self {
        self.varint(number << 3);
        self.varint(value);
        self
    }

    #[cfg(feature = "models")]
    pub(in crate::model) fn float(mut self, number: u64, value: f32) -> Self {
        self.varint(number << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(in crate::model) fn bytes(mut self, number: u64, value: &[u8]) -> Self {
        self.varint(number << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    pub(in crate::model) fn text(self, number: u64, value: &str) -> Self {
        self.bytes(number, value.as_bytes())
    }

    pub(in crate::model) fn message(self, number: u64, value: Self) -> Self {
        self.bytes(number, &value.0)
    }

    pub(in crate::model) fn finish(self) -> Vec<u8> {
        self.0
    }
}
