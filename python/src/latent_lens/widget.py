"""The explorer as a widget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import numpy as np
import traitlets

from . import images as pictures
from . import models, site
from .report import Report
from .settings import PROPERTIES, Settings

_HERE = Path(__file__).parent

_DTYPES = {
    "Float32Array": np.float32,
    "Float64Array": np.float64,
    "Uint8Array": np.uint8,
    "Uint32Array": np.uint32,
    "Int8Array": np.int8,
    "Int32Array": np.int32,
}


class Selected(NamedTuple):
    """What is looked at in the explorer, each None where nothing is."""

    #: The latent dimension that is opened, from 1.
    dimension: int | None
    #: The explained image, by its class and its place there, from 1, such as ``"7 12"``.
    image: str | None
    #: The epoch after which the network is shown; 0 is before training.
    epoch: int | None


class Lens(Settings, anywidget.AnyWidget):
    """Trains an autoencoder on images, or explains one, in the notebook's page.

    ``images``: n × height × width, n × height × width × channels, n × channels × height × width or n × p numbers,
    as arrays of NumPy, PyTorch or TensorFlow, or a table of pandas, whose columns keep their names. Bytes count
    from 0 to 255, floats from 0 to 1. Without images there are MNIST's digits.
    ``labels``: n whole numbers or texts, or the name of a table's column.
    ``model``: a trained autoencoder to explain: a file's path or bytes, or an object of Keras, PyTorch or onnx.
    ``names``: what classes are called, by label. ``size``: height and width, perhaps channels, of rows of numbers.
    ``channels``: ``"first"`` or ``"last"``, where the shape does not tell. ``title``: what the images are called.

    Every setting of the explorer is a keyword and a trait, in step both ways: ``Lens(images, dims=4, epochs=20)``.
    Raises ``Refusal`` with a sentence where images or a model cannot be used.
    """

    _esm = _HERE / "widget.js"
    _css = _HERE / "widget.css"

    _properties = traitlets.Dict(PROPERTIES).tag(sync=True)
    preset = traitlets.Unicode("", help="A kind of autoencoder by its name.").tag(sync=True)
    phase = traitlets.Unicode("idle", help="What is going on.").tag(sync=True)
    error = traitlets.Unicode("", help="Why the latest run ended early or could not begin.").tag(sync=True)
    report = traitlets.Instance(Report, allow_none=True, help="What the run has found so far.")

    def __init__(
        self,
        images: Any = None,
        labels: Any = None,
        *,
        model: Any = None,
        names: Mapping[Any, str] | None = None,
        size: pictures.Size | None = None,
        channels: pictures.Channels | None = None,
        title: str | None = None,
        **settings: Any,
    ) -> None:
        unknown = [name for name in settings if not self.has_trait(name)]
        if unknown:
            raise TypeError(f"There is no setting {unknown[0]!r}: Lens.class_trait_names() lists all.")
        self._images: pictures.Images | None = None
        self._title = title
        self._pieces: dict[str, list[bytes]] = {}
        if images is not None:
            self._images = pictures.read(images, labels, names=names, size=size, channels=channels)
        self._model = self._files(model)
        super().__init__(**settings)
        self.on_msg(self._hear)

    @property
    def selected(self) -> Selected:
        """What is looked at in the explorer."""
        return Selected(self.dimension, self.image, self.epoch)

    def give(self, images: Any, labels: Any = None, **how: Any) -> None:
        """Shows other images instead; arguments are those of ``Lens``."""
        self._title = how.pop("title", None)
        self._images = pictures.read(images, labels, **how)
        self.send({"act": "images"})

    def explain(self, model: Any) -> None:
        """Has a trained model explained, at once; ``model`` is that of ``Lens``."""
        self._model = self._files(model)
        self.send({"act": "model"})

    def run(self) -> None:
        """Starts a run with the present settings, wherever the explorer is shown; nothing is waited for."""
        self.send({"act": "run"})

    def pause(self) -> None:
        """Halts the run."""
        self.send({"act": "pause"})

    def resume(self) -> None:
        """Goes on where it was halted."""
        self.send({"act": "resume"})

    def cancel(self) -> None:
        """Ends the run; what it has found stays."""
        self.send({"act": "cancel"})

    def _files(self, model: Any) -> list[tuple[str, bytes]]:
        image = self._images.image if self._images else models.DIGITS
        return models.files(model, print, image)

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        if content.get("tell") == "report":
            self._take(content, buffers)
        elif (asked := content.get("ask")) in _ANSWERS:
            told, parts = _ANSWERS[asked](self, content)
            self.send({"id": content["id"], **told}, buffers=parts)

    def _take(self, content: dict[str, Any], buffers: list[Any]) -> None:
        """A report comes in pieces; with the last one its text, which says where in them matrices are."""
        sender = content["from"]
        pieces = self._pieces.setdefault(sender, [])
        pieces.append(bytes(buffers[0]))
        if "text" not in content:
            return
        numbers = b"".join(self._pieces.pop(sender))

        def array(value: dict[str, Any]) -> Any:
            if value.keys() != {"array", "at", "count"}:
                return value
            dtype = _DTYPES[value["array"]]
            return np.frombuffer(numbers, dtype, value["count"], value["at"])

        self.report = Report(json.loads(content["text"], object_hook=array))

    def _give_files(self, content: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        names, contents = site.packed(webgpu=bool(content.get("webgpu")))
        return {"names": names}, contents

    def _give_images(self, _: dict[str, Any]) -> tuple[dict[str, Any], list[memoryview]]:
        given = self._images
        if given is None:
            return {"found": False}, [memoryview(b"")]
        told: dict[str, Any] = {
            "shape": given.data.shape,
            "name": self._title or "the notebook’s images",
        }
        if given.labels is not None:
            told["labels"] = given.labels
        if given.columns is not None:
            told["shape"] = given.data.shape[:3]
            told["columns"] = given.columns
        floats = given.data.dtype == np.float32
        return {"found": True, "floats": floats, "images": told}, [given.data.data.cast("B")]

    def _give_model(self, _: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        return {"names": [name for name, _ in self._model]}, [content for _, content in self._model]


_ANSWERS = {"files": Lens._give_files, "images": Lens._give_images, "model": Lens._give_model}
