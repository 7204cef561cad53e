//! What an ONNX file says of its graph: operations, stored tensors, and what goes in and out.

use std::collections::HashMap;

use super::DAMAGED;
use crate::model::protobuf::{Broken, Field, Fields, ints};

/// Operations of one graph, and stored tensors.
const MAX_NODES: usize = 20_000;
/// Axes of a tensor.
const MAX_AXES: usize = 16;
/// Numbers of a stored tensor that are looked at, since they may be a shape.
const MAX_FEW: usize = 64;
/// Numbers of one tensor, at most: 256 MB.
pub(super) const MAX_NUMBERS: usize = 1 << 26;

/// ONNX's name for 32-bit floating-point numbers; others are 10 (16 bits), 11 (64 bits) and 16 (bfloat16).
const FLOAT: i64 = 1;

#[derive(Debug, Default)]
pub(super) struct Parsed<'a> {
    /// The version of the operations' meaning.
    pub opset: i64,
    /// What is copied as it is: the version of the format, and the versions of the operations.
    pub heading: Vec<(u64, Field<'a>)>,
    pub nodes: Vec<Node<'a>>,
    pub stored: HashMap<&'a str, Stored<'a>>,
    /// The stored tensors that no operation stands for, as they stand in the file.
    pub initial: Vec<&'a [u8]>,
    pub inputs: Vec<Value<'a>>,
    pub outputs: Vec<Value<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub raw: &'a [u8],
    pub name: &'a str,
    pub domain: &'a str,
    pub operation: &'a str,
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    pub attributes: Vec<Attribute<'a>>,
    /// What graphs within it take from around them.
    pub captured: Vec<&'a str>,
    /// The operations within it.
    pub within: Vec<(&'a str, &'a str)>,
}

#[derive(Debug, Default)]
pub(super) struct Attribute<'a> {
    pub name: &'a str,
    pub ints: Vec<i64>,
    tensor: Option<&'a [u8]>,
}

/// A stored tensor; its numbers where there are few.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored<'a> {
    name: &'a str,
    pub shape: Vec<usize>,
    pub few: Vec<f64>,
}

/// What goes in or out.
#[derive(Clone, Debug, Default)]
pub(super) struct Value<'a> {
    pub raw: &'a [u8],
    pub name: &'a str,
    kind: i64,
    /// The lengths of its axes, where the file tells them.
    pub shape: Vec<Option<usize>>,
}

impl Value<'_> {
    /// Whether it holds floating-point numbers.
    pub(super) fn is_float(&self) -> bool {
        matches!(self.kind, FLOAT | 10 | 11 | 16)
    }

    /// Numbers of one image: of all axes but the first.
    pub(super) fn elements(&self) -> Option<usize> {
        let (_, others) = self.shape.split_first()?;
        others.iter().copied().product()
    }
}

impl<'a> Parsed<'a> {
    /// Of a file whose lengths are checked.
    ///
    /// # Errors
    /// One sentence.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut graph = None;
        let mut all = || -> Result<(), Broken> {
            for field in Fields::new(bytes) {
                let (number, field) = field?;
                match number {
                    1 => parsed.heading.push((number, field)),
                    7 => graph = Some(field.bytes()?),
                    8 => {
                        parsed.heading.push((number, field));
                        parsed.import(field.bytes()?)?;
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        all().map_err(|_| DAMAGED.to_owned())?;
        let Some(graph) = graph else {
            return Err("The file holds no ONNX graph: save the model as ONNX again.".into());
        };
        let mut external = false;
        parsed
            .graph(graph, &mut external)
            .map_err(|_| DAMAGED.to_owned())?;
        if external {
            return Err(
                "The ONNX file keeps its weights in another file: save it in one file, with onnx.save(onnx.load(path), path, save_as_external_data=False)."
                    .into(),
            );
        }
        if parsed.nodes.len().max(parsed.stored.len()) > MAX_NODES {
            return Err(format!(
                "The ONNX graph has more than {MAX_NODES} operations or stored tensors: export a smaller model."
            ));
        }
        if parsed.nodes.is_empty() {
            return Err("The ONNX graph has no operation: save the model again.".into());
        }
        parsed.too_large()?;
        Ok(parsed)
    }

    fn import(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let (mut domain, mut version) = ("", 0);
        for field in Fields::new(bytes) {
            match field? {
                (1, text) => domain = text.text()?,
                (2, number) => version = number.int()?,
                _ => {}
            }
        }
        if matches!(domain, "" | "ai.onnx") {
            self.opset = self.opset.max(version);
        }
        Ok(())
    }

    fn graph(&mut self, bytes: &'a [u8], external: &mut bool) -> Result<(), Broken> {
        for field in Fields::new(bytes) {
            let (number, field) = field?;
            match number {
                1 => {
                    let node = Node::read(field.bytes()?, external)?;
                    if let Some(value) = node.constant(external)?
                        && let Some(&name) = node.outputs.first()
                    {
                        self.stored.insert(name, value);
                    }
                    self.nodes.push(node);
                }
                5 => {
                    self.initial.push(field.bytes()?);
                    let stored = Stored::read(field.bytes()?, external)?;
                    self.stored.insert(stored.name, stored);
                }
                11 => self.inputs.push(Value::read(field.bytes()?)?),
                12 => self.outputs.push(Value::read(field.bytes()?)?),
                _ => {}
            }
            if self.nodes.len() > MAX_NODES || self.stored.len() > MAX_NODES {
                break;
            }
        }
        // Until version 3 of the format, stored tensors stood among the inputs.
        let stored = &self.stored;
        self.inputs.retain(|input| !stored.contains_key(input.name));
        Ok(())
    }

    fn too_large(&self) -> Result<(), String> {
        let too_many = |shape: Vec<usize>| {
            shape
                .into_iter()
                .try_fold(1_usize, |all, length| all.checked_mul(length.max(1)))
                .is_none_or(|all| all > MAX_NUMBERS)
        };
        let stored = self.stored.values().find_map(|stored| {
            let large = too_many(stored.shape.clone());
            large.then_some(stored.name)
        });
        let ends = self.inputs.iter().chain(&self.outputs);
        let end = ends.clone().find_map(|value| {
            let large = too_many(value.shape.iter().flatten().copied().collect());
            large.then_some(value.name)
        });
        match stored.or(end) {
            Some(name) => Err(format!(
                "The tensor \"{}\" of the ONNX graph would hold more than {MAX_NUMBERS} numbers: the file is damaged, or the model too large.",
                shown(name)
            )),
            None => Ok(()),
        }
    }
}

impl<'a> Node<'a> {
    fn read(raw: &'a [u8], external: &mut bool) -> Result<Self, Broken> {
        let mut node = Self {
            raw,
            ..Self::default()
        };
        for field in Fields::new(raw) {
            let (number, field) = field?;
            match number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                3 => node.name = field.text()?,
                4 => node.operation = field.text()?,
                5 => {
                    let attribute = field.bytes()?;
                    node.attributes.push(Attribute::read(attribute)?);
                    node.inner(attribute, external)?;
                }
                7 => node.domain = field.text()?,
                _ => {}
            }
        }
        Ok(node)
    }

    /// What graphs that are an attribute take from outside, and their operations.
    fn inner(&mut self, attribute: &'a [u8], external: &mut bool) -> Result<(), Broken> {
        for field in Fields::new(attribute) {
            let (6, graph) = field? else {
                continue;
            };
            let mut inner = Parsed::default();
            inner.graph(graph.bytes()?, external)?;
            let mut own: Vec<&str> = inner.inputs.iter().map(|input| input.name).collect();
            own.extend(inner.stored.keys());
            for node in &inner.nodes {
                own.extend(&node.outputs);
            }
            for node in inner.nodes {
                self.within.push((node.domain, node.operation));
                self.within.extend(node.within);
                let taken = node.inputs.into_iter().chain(node.captured);
                self.captured
                    .extend(taken.filter(|name| !own.contains(name)));
            }
            let given = inner.outputs.iter().map(|output| output.name);
            self.captured
                .extend(given.filter(|name| !own.contains(name)));
        }
        Ok(())
    }

    /// What it stores, if it is the operation `Constant`.
    fn constant(&self, external: &mut bool) -> Result<Option<Stored<'a>>, Broken> {
        if self.operation != "Constant" {
            return Ok(None);
        }
        let mut tensors = self.attributes.iter().filter_map(|of| of.tensor);
        if let Some(tensor) = tensors.next() {
            return Stored::read(tensor, external).map(Some);
        }
        let mut numbers = self.attributes.iter().filter(|of| !of.ints.is_empty());
        let few = numbers.next().map(|of| of.ints.clone()).unwrap_or_default();
        let few: Vec<f64> = few.into_iter().map(|number| number as f64).collect();
        Ok(Some(Stored {
            shape: vec![few.len()],
            few,
            ..Stored::default()
        }))
    }

    /// The whole numbers of an attribute.
    pub(super) fn ints(&self, name: &str) -> &[i64] {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|attribute| attribute.name == name);
        found.map_or(&[], |attribute| &attribute.ints)
    }

    /// What it takes, from graphs within it as well.
    pub(super) fn taken(&self) -> impl Iterator<Item = &'a str> {
        let named = self.inputs.iter().chain(&self.captured).copied();
        named.filter(|name| !name.is_empty())
    }

    /// What sentences call it.
    pub(super) fn shown(&self) -> String {
        match self.name {
            "" => shown(self.outputs.first().copied().unwrap_or_default()),
            name => shown(name),
        }
    }
}

impl<'a> Attribute<'a> {
    fn read(raw: &'a [u8]) -> Result<Self, Broken> {
        let mut attribute = Self::default();
        for field in Fields::new(raw) {
            match field? {
                (1, name) => attribute.name = name.text()?,
                (3 | 8, numbers) if attribute.ints.len() <= MAX_FEW => {
                    attribute.ints.extend(ints(numbers)?);
                }
                (5, tensor) => attribute.tensor = Some(tensor.bytes()?),
                _ => {}
            }
        }
        Ok(attribute)
    }
}

impl<'a> Stored<'a> {
    fn read(raw: &'a [u8], external: &mut bool) -> Result<Self, Broken> {
        let mut stored = Self::default();
        let (mut kind, mut bytes) = (0, &[][..]);
        let mut few: Vec<f64> = Vec::new();
        for field in Fields::new(raw) {
            match field? {
                (1, lengths) => {
                    let lengths = ints(lengths)?.into_iter();
                    let lengths = lengths.map(|length| usize::try_from(length).map_err(|_| Broken));
                    for length in lengths.take(MAX_AXES) {
                        stored.shape.push(length?);
                    }
                }
                (2, code) => kind = code.int()?,
                (5 | 7, Field::Bytes(packed)) if packed.len() > 10 * MAX_FEW => {}
                (5 | 7, numbers) if few.len() < MAX_FEW => {
                    few.extend(ints(numbers)?.into_iter().map(|number| number as f64));
                }
                (4, Field::Fixed32(number)) if few.len() < MAX_FEW => {
                    few.push(f64::from(f32::from_le_bytes(number)));
                }
                (4, Field::Bytes(packed)) if packed.len() <= 4 * MAX_FEW => {
                    few.extend(floats(packed));
                }
                (10, Field::Fixed64(number)) if few.len() < MAX_FEW => {
                    few.push(f64::from_le_bytes(number));
                }
                (8, name) => stored.name = name.text()?,
                (9, all) => bytes = all.bytes()?,
                (13, _) => *external = true,
                (14, place) => *external |= place.int()? == 1,
                _ => {}
            }
        }
        if bytes.len() <= 8 * MAX_FEW {
            match kind {
                FLOAT => few.extend(floats(bytes)),
                6 => few.extend(
                    bytes
                        .as_chunks()
                        .0
                        .iter()
                        .map(|of| f64::from(i32::from_le_bytes(*of))),
                ),
                7 => few.extend(
                    bytes
                        .as_chunks()
                        .0
                        .iter()
                        .map(|of| i64::from_le_bytes(*of) as f64),
                ),
                _ => {}
            }
        }
        stored.few = few;
        Ok(stored)
    }
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f64> {
    let numbers = bytes.as_chunks().0.iter();
    numbers.map(|of| f64::from(f32::from_le_bytes(*of)))
}

impl<'a> Value<'a> {
    fn read(raw: &'a [u8]) -> Result<Self, Broken> {
        let mut value = Self {
            raw,
            ..Self::default()
        };
        for field in Fields::new(raw) {
            match field? {
                (1, name) => value.name = name.text()?,
                (2, form) => {
                    for tensor in Fields::new(form.bytes()?) {
                        if let (1, tensor) = tensor? {
                            value.tensor(tensor.bytes()?)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(value)
    }

    fn tensor(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        for field in Fields::new(bytes) {
            match field? {
                (1, kind) => self.kind = kind.int()?,
                (2, shape) => {
                    for axis in Fields::new(shape.bytes()?) {
                        let (1, axis) = axis? else { continue };
                        let mut length = None;
                        for of in Fields::new(axis.bytes()?) {
                            if let (1, number) = of? {
                                // Exporters write 0 or -1 where it is not known.
                                length = usize::try_from(number.int()?).ok().filter(|&of| of > 0);
                            }
                        }
                        self.shape.push(length);
                        if self.shape.len() > MAX_AXES {
                            return Err(Broken);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A name as sentences show it.
pub(super) fn shown(name: &str) -> String {
    const MOST: usize = 60;
    let mut start: String = name
        .chars()
        .filter(|of| !of.is_control())
        .take(MOST)
        .collect();
    if name.chars().count() > MOST {
        start.push('…');
    }
    start
}
