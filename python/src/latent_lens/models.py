"""Trained models as files: as they are, or in the own format of the library whose object it is."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .arrays import is_of
from .refusal import Refusal

Say = Callable[[str], None]

_KERAS = ("keras", "tf_keras")

#: How files begin, and an ending for those that come without a name.
_BEGINNINGS = ((b"\x89HDF", ".h5"), (b"\x80", ".pt"), (b"\x08", ".onnx"))


def files(model: Any, say: Say) -> list[tuple[str, bytes]]:
    """The files of a model, by name.

    ``model``: a path or several, the bytes of a file, a model of Keras, a module of PyTorch, a model of onnx, or
    None, which has no files. ``say`` is told in a sentence what was made of an object. Raises ``Refusal`` where
    it is something else, or cannot be saved.
    """
    if model is None:
        return []
    if isinstance(model, (bytes, bytearray, memoryview)):
        content = bytes(model)
        return [(f"model{_ending(content)}", content)]
    if isinstance(model, (str, os.PathLike)):
        return [_file(model)]
    if isinstance(model, (list, tuple)):
        return [each for part in model for each in files(part, say)]
    if is_of(model, *_KERAS) or (is_of(model, "tensorflow") and hasattr(model, "save")):
        return [_keras(model, say)]
    if is_of(model, "torch"):
        return [_torch(model, say)]
    if is_of(model, "onnx") and hasattr(model, "SerializeToString"):
        return [("model.onnx", model.SerializeToString())]
    raise Refusal(
        f"A model must be a file's path or bytes, or an object of Keras, PyTorch or onnx, and is of {type(model)}."
    )


def _file(path: str | os.PathLike[str]) -> tuple[str, bytes]:
    try:
        return Path(path).name, Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"The model's file {os.fspath(path)!r} cannot be read: {error.strerror}.") from error


def _ending(content: bytes) -> str:
    if content.startswith(b"PK"):
        # Both are zip archives; the names of their parts stand in them as they are.
        return ".keras" if b"metadata.json" in content else ".pt"
    if content[8:9] == b"{":
        return ".safetensors"
    return next((ending for start, ending in _BEGINNINGS if content.startswith(start)), "")


def _keras(model: Any, say: Say) -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        try:
            model.save(path)
        except Exception as error:
            raise Refusal(f"Keras cannot save the model {model.name!r} as .keras: {error}") from error
        say(f"The Keras model {model.name!r} was saved as .keras, and is read from that.")
        return path.name, path.read_bytes()


def _torch(model: Any, say: Say) -> tuple[str, bytes]:
    # An object of PyTorch is there, so the library is.
    torch = sys.modules["torch"]
    name = type(model).__name__
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        try:
            torch.save(model, path)
            say(f"The PyTorch module {name} was saved whole by torch.save, and is read from that.")
        except Exception as error:
            if not hasattr(model, "state_dict"):
                raise Refusal(f"PyTorch cannot save the model {name}: {error}") from error
            torch.save(model.state_dict(), path)
            say(
                f"The PyTorch module {name} cannot be saved whole ({error}); its state dict was saved by torch.save, "
                "which does not tell activations: look at those that are proposed."
            )
        return path.name, path.read_bytes()
