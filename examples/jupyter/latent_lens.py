"""The explorer in a notebook, and what it finds as NumPy arrays."""

import pathlib

import anywidget
import numpy as np
import traitlets


class LatentLens(anywidget.AnyWidget):
    """Trains an autoencoder on MNIST digits and shows what it looks at, in the browser."""

    _esm = pathlib.Path(__file__).with_name("latent_lens.js")

    home = traitlets.Unicode("https://cdn.jsdelivr.net/npm/latent-lens@0.1.0/").tag(sync=True)
    """Where latent-lens is; a folder beside the notebook works as well."""

    settings = traitlets.Dict().tag(sync=True)
    """The element's attributes, such as ``{"dims": 12}``."""

    phase = traitlets.Unicode("idle").tag(sync=True)

    _matrices = traitlets.Dict().tag(sync=True)

    def __getitem__(self, name):
        """``pixel_importance`` (V), ``direction`` (S), ``latent_importance`` (IE) or ``latents``."""
        found = self._matrices[name]
        return np.frombuffer(found["data"], np.float32).reshape(found["shape"])


class Analysis(anywidget.AnyWidget):
    """Trains an autoencoder on images of your own and measures importance, without a picture."""

    _esm = pathlib.Path(__file__).with_name("analysis.js")

    home = traitlets.Unicode(LatentLens.home.default_value).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    progress = traitlets.Unicode("").tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _matrices = traitlets.Dict().tag(sync=True)

    def __init__(self, images, labels=None, **traits):
        """`images`: n x height x width, bytes or floats from 0 to 1; `labels`: n whole numbers."""
        kind = np.uint8 if images.dtype == np.uint8 else np.float32
        _, height, width = images.shape
        labels = np.zeros(len(images)) if labels is None else np.asarray(labels)
        super().__init__(
            _images={
                "pixels": np.ascontiguousarray(images, kind).tobytes(),
                "floats": kind is np.float32,
                "height": height,
                "width": width,
                "labels": labels.astype(np.uint8).tobytes(),
            },
            **traits,
        )

    __getitem__ = LatentLens.__getitem__
