"""Trained models as files: as they are, or in the own format of the library whose object it is."""

from __future__ import annotations

import inspect
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .arrays import is_of
from .refusal import Refusal

Say = Callable[[str], None]

#: Height, width and channels.
Image = tuple[int, int, int]

#: That of MNIST's digits, which are there without images.
DIGITS: Image = (28, 28, 1)

_KERAS = ("keras", "tf_keras")

#: How files begin, and an ending for those that come without a name.
_BEGINNINGS = ((b"\x89HDF", ".h5"), (b"\x80", ".pt"), (b"\x08", ".onnx"))


def files(model: Any, say: Say, image: Image = DIGITS) -> list[tuple[str, bytes]]:
    """The files of a model, by name.

    ``model``: a path or several, the bytes of a file, a model of Keras, a module of PyTorch, a model of onnx, or
    None, which has no files. ``image``: height, width and channels of what it is given. ``say`` is told in a
    sentence what was made of an object. Raises ``Refusal`` where it is something else, or cannot be saved.
    """
    if model is None:
        return []
    if isinstance(model, (bytes, bytearray, memoryview)):
        content = bytes(model)
        return [(f"model{_ending(content)}", content)]
    if isinstance(model, (str, os.PathLike)):
        return [_file(model)]
    if isinstance(model, (list, tuple)):
        return [each for part in model for each in files(part, say, image)]
    if is_of(model, *_KERAS) or (is_of(model, "tensorflow") and hasattr(model, "save")):
        return [_keras(model, say)]
    if is_of(model, "torch"):
        return [_torch(model, image, say)]
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


def _torch(model: Any, image: Image, say: Say) -> tuple[str, bytes]:
    # An object of PyTorch is there, so the library is.
    torch = sys.modules["torch"]
    name = type(model).__name__
    try:
        content, shape = _onnx(torch, model, image)
    except Exception as error:
        why = _first_line(error)
    else:
        say(f"The PyTorch module {name} was exported to ONNX for images of {shape}, and is read from that.")
        return "model.onnx", content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        try:
            torch.save(model.state_dict(), path)
        except Exception as error:
            raise Refusal(f"PyTorch can neither export nor save the model {name}: {why}; {error}") from error
        say(
            f"The PyTorch module {name} cannot be exported to ONNX ({why}). Its state dict was saved by torch.save, "
            "which does not tell activations: say them where they are asked for."
        )
        return path.name, path.read_bytes()


def _onnx(torch: Any, model: Any, image: Image) -> tuple[bytes, str]:
    """The module as ONNX, as it is after training, and what it takes: images, or else their numbers."""
    height, width, channels = image
    images = torch.zeros(2, channels, height, width)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            try:
                model(images)
            except Exception:
                images = images.flatten(1)
                model(images)
            how: dict[str, Any] = {
                "input_names": ["images"],
                "dynamic_axes": {"images": {0: "count"}},
            }
            # The newer exporter needs a package that PyTorch does not bring.
            if "dynamo" in inspect.signature(torch.onnx.export).parameters:
                how["dynamo"] = False
            to = io.BytesIO()
            torch.onnx.export(model, images, to, **how)
    finally:
        model.train(was_training)
    return to.getvalue(), " × ".join(map(str, images.shape[1:])) + " numbers"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
