"""The explorer as a widget."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import numpy as np
import traitlets
from IPython.display import display

from . import images as pictures
from . import models, site
from .arrays import to_numpy
from .picture import Picture
from .refusal import Refusal
from .report import Report
from .settings import PROPERTIES, Settings

#: Takes an array of rows and gives one, of any library.
Function = Callable[[np.ndarray], Any]

#: What a page is told, and the bytes beside it.
Answer = tuple[dict[str, Any], list[Any]]

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
    ``encode``, ``decode``: one as functions instead, which run in the kernel, batch by batch. ``encode`` is given
    n × height × width × channels numbers in single precision, as a network here is, and gives n × dimensions;
    ``decode`` is given these and gives as many numbers as images have. Without ``decode`` there is no IE.
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
    traceback = traitlets.Unicode("", help="Where the function encode or decode failed last.").tag(sync=True)
    report = traitlets.Instance(Report, allow_none=True, help="What the run has found so far.")

    def __init__(
        self,
        images: Any = None,
        labels: Any = None,
        *,
        model: Any = None,
        encode: Function | None = None,
        decode: Function | None = None,
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
        self._picture = Picture()
        if images is not None:
            self._images = pictures.read(images, labels, names=names, size=size, channels=channels)
        self._bring(model, encode, decode)
        super().__init__(**settings)
        self.on_msg(self._hear)

    def _ipython_display_(self) -> None:
        """Shows the explorer, and below it what a saved notebook keeps of it."""
        data, metadata = self._repr_mimebundle_() or ({}, {})
        data["text/plain"] = "The explorer of latent-lens: run this cell to see it."
        display(data, metadata=metadata, raw=True)
        self._picture.show()

    @property
    def selected(self) -> Selected:
        """What is looked at in the explorer."""
        return Selected(self.dimension, self.image, self.epoch)

    def give(self, images: Any, labels: Any = None, **how: Any) -> None:
        """Shows other images instead; arguments are those of ``Lens``."""
        self._title = how.pop("title", None)
        self._images = pictures.read(images, labels, **how)
        self.send({"act": "images"})

    def explain(self, model: Any = None, *, encode: Function | None = None, decode: Function | None = None) -> None:
        """Brings a trained model to be explained; arguments are those of ``Lens``."""
        self._bring(model, encode, decode)
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

    @property
    def _shape(self) -> models.Image:
        return self._images.image if self._images else models.DIGITS

    def _bring(self, model: Any, encode: Function | None, decode: Function | None) -> None:
        given = {"encode": encode, "decode": decode}
        self._functions = {half: function for half, function in given.items() if function is not None}
        if model is not None and self._functions:
            raise Refusal("A model is given by its file or object, or as encode and decode, and not as both.")
        if decode is not None and encode is None:
            raise Refusal("There is a function decode and none to encode: without latents nothing can be decoded.")
        for half, function in self._functions.items():
            if not callable(function):
                raise Refusal(f"{half} must be a function of an array, and is of {type(function)}.")
        self._model = models.files(model, print, self._shape)
        self.traceback = ""

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        told = content.get("tell")
        if told == "report":
            self._take(content, buffers)
        elif told == "picture":
            self._picture.take(bytes(buffers[0]), content["width"], content["summary"], content["caption"])
        elif (asked := content.get("ask")) in _ANSWERS:
            told, parts = _ANSWERS[asked](self, content, buffers)
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

    def _give_files(self, content: dict[str, Any], _: list[Any]) -> Answer:
        names, contents = site.packed(webgpu=bool(content.get("webgpu")))
        return {"names": names}, contents

    def _give_images(self, _: dict[str, Any], __: list[Any]) -> Answer:
        given = self._images
        if given is None:
            return {"found": False}, [b""]
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

    def _give_model(self, _: dict[str, Any], __: list[Any]) -> Answer:
        names = [name for name, _ in self._model]
        told = {"names": names, "functions": list(self._functions), "shape": self._shape}
        return told, [content for _, content in self._model]

    def _call(self, content: dict[str, Any], buffers: list[Any]) -> Answer:
        """What a function gives for some rows; where it fails, the page says why, and here is where."""
        half = content["ask"]
        sides = self._shape if half == "encode" else (-1,)
        # A copy is the function's own, to be written to as well.
        rows = np.frombuffer(buffers[0], np.float32).reshape(content["count"], *sides).copy()
        try:
            made = to_numpy(self._functions[half](rows)).astype(np.float32)
        except (Exception, KeyboardInterrupt) as error:
            # Without the frame that is this one.
            inside = error.__traceback__ and error.__traceback__.tb_next
            self.traceback = "".join(traceback.format_exception(type(error), error, inside))
            return {"refused": f"{type(error).__name__}: {error}"}, []
        return {}, [made.tobytes()]


_ANSWERS = {
    "files": Lens._give_files,
    "images": Lens._give_images,
    "model": Lens._give_model,
    "encode": Lens._call,
    "decode": Lens._call,
}
