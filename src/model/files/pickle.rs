//! Python pickles as PyTorch writes them. Nothing is executed: of all that a pickle can call, the
//! few functions that rebuild tensors are known, and whatever else it makes is an object of which
//! only the class and what was put into it are known.

use std::collections::HashMap;

use super::error::Fault;
use super::tensor::Kind;

pub(super) const MAGIC: &[u8] = b"\x80\x02";

/// Objects of one pickle.
const MAX_OBJECTS: usize = 1 << 20;

/// The place of an object among all of a pickle.
pub(super) type Id = usize;

/// An object.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// Something that matters to nobody here.
    Other,
    Int(i64),
    Text(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    /// Keys and values; a later one counts.
    Dict(Vec<(Id, Id)>),
    Storage {
        /// None for whole numbers.
        kind: Option<Kind>,
        key: String,
        count: usize,
    },
    Tensor {
        storage: Id,
        offset: usize,
        shape: Vec<usize>,
        strides: Vec<usize>,
    },
    Callable(Callable),
    /// Something else that may be called, by its name.
    Class(String),
    /// What a class made.
    Instance {
        class: String,
        items: Vec<(Id, Id)>,
        state: Option<Id>,
    },
}

/// What may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callable {
    Dict,
    Tensor,
    /// Calls its first argument with its third.
    Rebuild,
    /// Gives its first argument.
    First,
    /// Gives something that matters to nobody here.
    Other,
    Storage(Option<Kind>),
}

/// All objects of a pickle, and the one it is of.
pub(super) struct Pickle {
    objects: Vec<Object>,
    root: Id,
}

impl Pickle {
    pub(super) fn root(&self) -> &Object {
        self.get(self.root)
    }

    pub(super) fn root_id(&self) -> Id {
        self.root
    }

    pub(super) fn get(&self, id: Id) -> &Object {
        &self.objects[id]
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter()
    }

    /// Reads one pickle and gives what follows it.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let mut machine = Machine {
            rest: bytes,
            length: bytes.len(),
            objects: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
        };
        while !machine.step()? {}
        let root = machine.pop()?;
        let Machine { objects, rest, .. } = machine;
        Ok((Self { objects, root }, rest))
    }
}

struct Machine<'a> {
    rest: &'a [u8],
    length: usize,
    objects: Vec<Object>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    /// Runs one opcode; true at the end.
    #[expect(clippy::too_many_lines, reason = "a table of opcodes")]
    fn step(&mut self) -> Result<bool, Fault> {
        let [opcode] = self.take()?;
        match opcode {
            b'.' => return Ok(true),
            // PROTO, FRAME: nothing to do with what they say.
            0x80 => drop(self.take::<1>()?),
            0x95 => drop(self.take::<8>()?),
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.since_mark()?),
            b'2' => {
                let top = self.pop()?;
                self.stack.extend([top, top]);
            }
            // The state of a dictionary or a tensor holds no weights.
            b'b' => {
                let built = self.pop()?;
                if let Object::Instance { state, .. } = self.top()? {
                    *state = Some(built);
                }
            }
            b'N' | 0x88 | 0x89 => self.push(Object::Other)?,
            b'K' => {
                let [value] = self.take()?;
                self.push(Object::Int(value.into()))?;
            }
            b'M' => {
                let value = u16::from_le_bytes(self.take()?);
                self.push(Object::Int(value.into()))?;
            }
            b'J' => {
                let value = i32::from_le_bytes(self.take()?);
                self.push(Object::Int(value.into()))?;
            }
            0x8a => {
                let [length] = self.take()?;
                let bytes = self.bytes(length.into())?;
                self.push(long(bytes))?;
            }
            0x8b => {
                let length = u32::from_le_bytes(self.take()?);
                let bytes = self.bytes(length as usize)?;
                self.push(long(bytes))?;
            }
            // Numbers as text.
            b'I' | b'L' => {
                let line = self.line()?.trim_end_matches('L');
                let number = line.parse().map_or(Object::Other, Object::Int);
                self.push(number)?;
            }
            b'F' | b'S' => {
                self.line()?;
                self.push(Object::Other)?;
            }
            b'V' => {
                let text = self.line()?.to_owned();
                self.push(Object::Text(text))?;
            }
            b'G' => {
                self.take::<8>()?;
                self.push(Object::Other)?;
            }
            b'X' => {
                let length = u32::from_le_bytes(self.take()?);
                self.text(length as usize)?;
            }
            0x8c => {
                let [length] = self.take()?;
                self.text(length.into())?;
            }
            // Bytes, and texts of Python 2.
            b'B' | b'T' => {
                let length = u32::from_le_bytes(self.take()?);
                self.bytes(length as usize)?;
                self.push(Object::Other)?;
            }
            b'C' | b'U' => {
                let [length] = self.take()?;
                self.bytes(length.into())?;
                self.push(Object::Other)?;
            }
            0x8d => {
                let length = self.length()?;
                self.text(length)?;
            }
            0x8e | 0x96 => {
                let length = self.length()?;
                self.bytes(length)?;
                self.push(Object::Other)?;
            }
            b')' => self.push(Object::Tuple(Vec::new()))?,
            0x85..=0x87 => {
                let count = usize::from(opcode - 0x84);
                let from = self
                    .stack
                    .len()
                    .checked_sub(count)
                    .ok_or_else(|| self.broken())?;
                let items = self.stack.split_off(from);
                self.push(Object::Tuple(items))?;
            }
            b't' => {
                let items = self.since_mark()?;
                self.push(Object::Tuple(items))?;
            }
            b']' | 0x8f => self.push(Object::List(Vec::new()))?,
            b'l' | 0x91 => {
                let items = self.since_mark()?;
                self.push(Object::List(items))?;
            }
            b'd' => {
                let items = self.since_mark()?;
                self.push(Object::Dict(Vec::new()))?;
                self.set_items(&items)?;
            }
            b'a' => {
                let item = self.pop()?;
                self.append(&[item])?;
            }
            b'e' | 0x90 => {
                let items = self.since_mark()?;
                self.append(&items)?;
            }
            b'}' => self.push(Object::Dict(Vec::new()))?,
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set_items(&[key, value])?;
            }
            b'u' => {
                let items = self.since_mark()?;
                self.set_items(&items)?;
            }
            b'q' => {
                let [key] = self.take()?;
                self.memoise(key.into())?;
            }
            b'r' => {
                let key = u32::from_le_bytes(self.take()?);
                self.memoise(key)?;
            }
            b'p' => {
                let key = self.line()?.parse().map_err(|_| self.broken())?;
                self.memoise(key)?;
            }
            b'g' => {
                let key = self.line()?.parse().map_err(|_| self.broken())?;
                self.recall(key)?;
            }
            0x94 => self.memoise(self.memo.len() as u32)?,
            b'h' => {
                let [key] = self.take()?;
                self.recall(key.into())?;
            }
            b'j' => {
                let key = u32::from_le_bytes(self.take()?);
                self.recall(key)?;
            }
            b'c' => {
                let module = self.line()?;
                let name = self.line()?;
                self.global(module, name)?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Object::Text(module), Object::Text(name)) =
                    (self.objects[module].clone(), self.objects[name].clone())
                else {
                    return Err(self.broken());
                };
                self.global(&module, &name)?;
            }
            b'Q' => self.storage()?,
            b'R' | 0x81 => self.call()?,
            // With arguments by name.
            0x92 => {
                self.pop()?;
                self.call()?;
            }
            b'o' => {
                let items = self.since_mark()?;
                let class = *items.first().ok_or_else(|| self.broken())?;
                self.instance(class)?;
            }
            b'i' => {
                let (module, name) = (self.line()?, self.line()?);
                self.since_mark()?;
                self.push(Object::Class(format!("{module}.{name}")))?;
                let class = self.pop()?;
                self.instance(class)?;
            }
            other => {
                return Err(Fault::beyond(
                    format!(
                        "its pickle asks for operation {other:#04x} at byte {}",
                        self.place() - 1
                    ),
                    "save only the weights, with torch.save(model.state_dict(), path)",
                ));
            }
        }
        Ok(false)
    }

    fn place(&self) -> usize {
        self.length - self.rest.len()
    }

    fn broken(&self) -> Fault {
        Fault::damaged(format!(
            "its pickle cannot be followed at byte {}",
            self.place()
        ))
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.broken())?;
        self.rest = rest;
        Ok(bytes)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(|| self.broken())?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn length(&mut self) -> Result<usize, Fault> {
        usize::try_from(u64::from_le_bytes(self.take()?)).map_err(|_| self.broken())
    }

    fn line(&mut self) -> Result<&'a str, Fault> {
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let line = self.bytes(end.ok_or_else(|| self.broken())?)?;
        self.rest = &self.rest[1..];
        std::str::from_utf8(line).map_err(|_| self.broken())
    }

    fn text(&mut self, length: usize) -> Result<(), Fault> {
        let bytes = self.bytes(length)?;
        self.push(Object::Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn push(&mut self, object: Object) -> Result<(), Fault> {
        if self.objects.len() == MAX_OBJECTS {
            return Err(Fault::new(
                "its pickle holds more than a million objects",
                "save only the weights, with torch.save(model.state_dict(), path)",
            ));
        }
        self.stack.push(self.objects.len());
        self.objects.push(object);
        Ok(())
    }

    /// Nothing is taken from below a mark.
    fn pop(&mut self) -> Result<Id, Fault> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.broken());
        }
        self.stack.pop().ok_or_else(|| self.broken())
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, Fault> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len());
        let mark = mark.ok_or_else(|| self.broken())?;
        Ok(self.stack.split_off(mark))
    }

    fn top(&mut self) -> Result<&mut Object, Fault> {
        let top = self.stack.last().copied().ok_or_else(|| self.broken())?;
        Ok(&mut self.objects[top])
    }

    fn append(&mut self, items: &[Id]) -> Result<(), Fault> {
        match self.top()? {
            Object::List(list) => {
                list.extend(items);
                Ok(())
            }
            Object::Instance { .. } | Object::Other => Ok(()),
            _ => Err(self.broken()),
        }
    }

    fn set_items(&mut self, items: &[Id]) -> Result<(), Fault> {
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.broken());
        }
        match self.top()? {
            Object::Dict(dict) | Object::Instance { items: dict, .. } => {
                dict.extend(pairs.iter().map(|&[key, value]| (key, value)));
                Ok(())
            }
            Object::Other => Ok(()),
            _ => Err(self.broken()),
        }
    }

    fn memoise(&mut self, key: u32) -> Result<(), Fault> {
        let top = self.stack.last().copied().ok_or_else(|| self.broken())?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), Fault> {
        let id = *self.memo.get(&key).ok_or_else(|| self.broken())?;
        self.stack.push(id);
        Ok(())
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), Fault> {
        let callable = match (module, name) {
            ("collections", "OrderedDict" | "defaultdict") => Callable::Dict,
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Callable::Tensor,
            ("torch._tensor", "_rebuild_from_type_v2") => Callable::Rebuild,
            ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state")
            | ("torch" | "builtins" | "__builtin__", "Size" | "list" | "dict") => Callable::First,
            ("torch", "device" | "dtype") | ("torch.serialization", "_get_layout") => {
                Callable::Other
            }
            ("torch", "FloatStorage") => Callable::Storage(Some(Kind::F32)),
            ("torch", "DoubleStorage") => Callable::Storage(Some(Kind::F64)),
            ("torch", "HalfStorage") => Callable::Storage(Some(Kind::F16)),
            ("torch", "BFloat16Storage") => Callable::Storage(Some(Kind::Bf16)),
            ("torch", other) if other.ends_with("Storage") => Callable::Storage(None),
            (
                "torch",
                "float16" | "float32" | "float64" | "bfloat16" | "int64" | "int32" | "uint8"
                | "bool",
            ) => Callable::Other,
            _ => return self.push(Object::Class(format!("{module}.{name}"))),
        };
        self.push(Object::Callable(callable))
    }

    /// ("storage", type, key, location, count): numbers that stand elsewhere in the file.
    fn storage(&mut self) -> Result<(), Fault> {
        let id = self.pop()?;
        let Object::Tuple(items) = &self.objects[id] else {
            return Err(self.broken());
        };
        let item = |at: usize| items.get(at).map(|&id| &self.objects[id]);
        // Before version 1.6 classes of modules stood so, with their source.
        if matches!(item(0), Some(Object::Text(kind)) if kind == "module") {
            let class = *items.get(1).ok_or_else(|| self.broken())?;
            self.stack.push(class);
            return Ok(());
        }
        let (
            Some(Object::Callable(Callable::Storage(kind))),
            Some(Object::Text(key)),
            Some(&Object::Int(count)),
        ) = (item(1), item(2), item(4))
        else {
            return Err(self.broken());
        };
        let storage = Object::Storage {
            kind: *kind,
            key: key.clone(),
            count: usize::try_from(count).map_err(|_| self.broken())?,
        };
        self.push(storage)
    }

    fn call(&mut self) -> Result<(), Fault> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        self.apply(callable, arguments)
    }

    /// An object of a class of which nothing is known.
    fn instance(&mut self, class: Id) -> Result<(), Fault> {
        let class = match &self.objects[class] {
            Object::Class(name) => name.clone(),
            _ => "object".into(),
        };
        self.push(Object::Instance {
            class,
            items: Vec::new(),
            state: None,
        })
    }

    fn apply(&mut self, callable: Id, arguments: Id) -> Result<(), Fault> {
        if matches!(self.objects[callable], Object::Class(_)) {
            // Python's own way to make an object names its class first.
            let class = match &self.objects[arguments] {
                Object::Tuple(items) => items.first().copied(),
                _ => None,
            };
            let class = class.filter(|&first| matches!(self.objects[first], Object::Class(_)));
            return self.instance(class.unwrap_or(callable));
        }
        if !matches!(self.objects[callable], Object::Callable(_)) {
            return self.push(Object::Other);
        }
        let (Object::Tuple(items), Object::Callable(callable)) =
            (&self.objects[arguments], &self.objects[callable])
        else {
            return Err(self.broken());
        };
        let made = match callable {
            Callable::Dict => Object::Dict(Vec::new()),
            Callable::First => {
                let first = items.first().copied();
                match first {
                    Some(first) => self.stack.push(first),
                    None => self.push(Object::Other)?,
                }
                return Ok(());
            }
            Callable::Rebuild => {
                let &[callable, _, arguments, ..] = items.as_slice() else {
                    return Err(self.broken());
                };
                if !matches!(self.objects[callable], Object::Callable(Callable::Tensor)) {
                    return self.push(Object::Other);
                }
                return self.apply(callable, arguments);
            }
            Callable::Tensor => {
                let whole = |at: usize| match items.get(at).map(|&id| &self.objects[id]) {
                    Some(&Object::Int(value)) => usize::try_from(value).ok(),
                    _ => None,
                };
                let axes = |at: usize| match items.get(at).map(|&id| &self.objects[id]) {
                    Some(Object::Tuple(axes)) => axes
                        .iter()
                        .map(|&axis| match self.objects[axis] {
                            Object::Int(value) => usize::try_from(value).ok(),
                            _ => None,
                        })
                        .collect::<Option<Vec<usize>>>(),
                    _ => None,
                };
                let tensor = || {
                    Some(Object::Tensor {
                        storage: *items.first()?,
                        offset: whole(1)?,
                        shape: axes(2)?,
                        strides: axes(3)?,
                    })
                };
                tensor().ok_or_else(|| self.broken())?
            }
            Callable::Other | Callable::Storage(_) => Object::Other,
        };
        self.push(made)
    }
}

/// A whole number of any length; one that does not fit matters to nobody.
fn long(bytes: &[u8]) -> Object {
    if bytes.len() > 8 {
        return Object::Other;
    }
    let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
    let mut whole = [if negative { 0xff } else { 0 }; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    Object::Int(i64::from_le_bytes(whole))
}
