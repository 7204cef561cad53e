"""What Keras and ONNX Runtime give for the log-variances of the variational models among the fixtures: the
models are those that the other scripts wrote, and are loaded here from their files."""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
import onnxruntime
from keras import layers, ops

from shared import FIXTURES, numbers

IMAGES = {
    name: np.array(json.loads((FIXTURES / f"{name}.json").read_text())["images"], dtype=np.float32)
    for name in ("keras-more", "keras-conv", "onnx-more")
}
answers = []


@keras.saving.register_keras_serializable()
class Sampling(layers.Layer):
    """Gives the means: nothing is drawn here."""

    def call(self, inputs):
        return inputs[0]


@keras.saving.register_keras_serializable()
class Noise(layers.Layer):
    def call(self, like):
        return ops.zeros_like(like)


def add(name, files, images, latents, log_variances, **hints):
    answers.append(
        {
            "name": name,
            "files": files,
            "hints": hints,
            "images": numbers(images),
            "latents": numbers(latents),
            "log_variances": numbers(log_variances),
        }
    )


def run(model, ends, images):
    """The results of these layers of a model."""
    outputs = [model.get_layer(end).output for end in ends]
    shaped = images.reshape(-1, *model.input_shape[1:])
    return [np.asarray(end) for end in keras.Model(model.input, outputs)(shaped, training=False)]


def loaded(name):
    return keras.saving.load_model(FIXTURES / name)


images = IMAGES["keras-more"]
ends = ["z_mean", "z_log_var"]
two = run(loaded("keras-more/encoder.keras"), ends, images)
add("Keras, two files", ["keras-more/decoder.keras", "keras-more/encoder.keras"], images, *two)
nested = loaded("keras-more/vae.keras")
(inner,) = [layer for layer in nested.layers if isinstance(layer, keras.Model) and len(layer.outputs) > 1]
add("Keras, nested", ["keras-more/vae.keras"], images, *run(inner, ends, images))
# The same weights as HDF5.
add("Keras, nested HDF5", ["keras-more/vae.h5"], images, *run(inner, ends, images))
arithmetic = loaded("keras-more/arithmetic.keras")
add("Keras, by arithmetic", ["keras-more/arithmetic.keras"], images,
    *run(arithmetic, ["second", "first"], images))
unnamed = loaded("keras-more/unnamed.keras")
add("Keras, by an answer", ["keras-more/unnamed.keras", "keras-more/decoder.keras"], images,
    *run(unnamed, ["one", "other"], images), order=["one"])

images = IMAGES["keras-conv"]
conv = loaded("keras-conv/vae-encoder.keras")
add("Keras, convolutions in two files", ["keras-conv/vae-encoder.keras", "keras-conv/vae-decoder.keras"],
    images, *run(conv, ends, images))
whole = loaded("keras-conv/vae.keras")
inner = [layer for layer in whole.layers if isinstance(layer, keras.Model) and len(layer.outputs) > 1]
add("Keras, convolutions nested", ["keras-conv/vae.keras"], images,
    *run(inner[0] if inner else whole, ends, images))

images = IMAGES["onnx-more"]
for name, ends in [("sampled", ["one", "other"]), ("evaluated", ["fc_mu", "fc_logvar"])]:
    file = f"onnx-more/{name}.onnx"
    session = onnxruntime.InferenceSession(str(FIXTURES / file))
    feed = {session.get_inputs()[0].name: images}
    add(f"ONNX, {name}", [file], images, *session.run(ends, feed))

versions = {library.__name__: library.__version__ for library in (np, keras, onnxruntime)}
content = {"versions": versions, "models": answers}
(Path(FIXTURES) / "log-variances.json").write_text(json.dumps(content) + "\n")
