//! Whether every length in an ONNX file stays within what it is part of. rten takes lengths as they stand, and
//! may wait for ever, or ask for all memory, where one does not.

use super::DAMAGED;
use crate::model::protobuf::{Field, Fields};

/// Messages within messages; graphs are parts of operations of graphs.
const MAX_DEPTH: usize = 48;

/// The messages of ONNX that hold others, or whose fields rten reads.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    /// Holds no message.
    Leaf,
}

impl Message {
    /// The message that a field holds, if it holds one.
    fn within(self, field: u64) -> Option<Self> {
        Some(match (self, field) {
            (Self::Model, 7) | (Self::Attribute, 6) => Self::Graph,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph | Self::Attribute, 5) => Self::Tensor,
            (Self::Graph, 11..=13) => Self::Value,
            (Self::Node, 5) => Self::Attribute,
            (Self::Value, 2) => Self::Type,
            (Self::Type, 1) => Self::TensorType,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Model, 8 | 14) | (Self::Tensor, 13) | (Self::Type, 4) | (Self::Shape, 1) => {
                Self::Leaf
            }
            _ => return None,
        })
    }
}

/// Checks all of a file.
///
/// # Errors
/// If a length goes beyond what it is part of, or what should be a message is none.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    within(Message::Model, bytes, 0).ok_or_else(|| DAMAGED.into())
}

fn within(message: Message, bytes: &[u8], depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    for field in Fields::new(bytes) {
        let (number, field) = field.ok()?;
        match (message.within(number), field) {
            (Some(inner), Field::Bytes(bytes)) => within(inner, bytes, depth + 1)?,
            (Some(_), _) => return None,
            (None, _) => {}
        }
    }
    Some(())
}
