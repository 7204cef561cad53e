"""Loads the files of activations that not every library has a name for."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
import onnx
import onnxruntime

from verify_shared import IMAGES, path, record, write

model = keras.saving.load_model(path("composed.keras"))
latents = np.asarray(model.get_layer("encoder")(IMAGES, training=False))
record("composed.keras", latents, np.asarray(model(IMAGES, training=False)))

file = path("composed.onnx")
onnx.checker.check_model(onnx.load(file), full_check=True)
session = onnxruntime.InferenceSession(str(file))
drawn, latents = session.run(["reconstructions", "latents"], {"images": IMAGES})
record("composed.onnx", latents, drawn)
write("composed.json", keras, onnx, onnxruntime)
