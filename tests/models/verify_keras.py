"""Loads what we write for Keras, and runs the program for it."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from verify_shared import IMAGES, NAMES, execute, path, record, write

for name in NAMES:
    model = keras.saving.load_model(path(f"{name}.keras"))
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    latents = np.asarray(encoder(IMAGES, training=False))
    drawn = np.asarray(model(IMAGES, training=False))
    assert np.allclose(drawn, np.asarray(decoder(latents, training=False)))
    record(f"{name}.keras", latents, drawn)

with execute("train_keras.py") as folder:
    trained = keras.saving.load_model(f"{folder}/autoencoder.keras")
layers = [
    (layer.units, layer.activation.__name__)
    for half in ("encoder", "decoder")
    for layer in trained.get_layer(half).layers
]
assert layers == [(6, "relu"), (3, "relu"), (6, "relu"), (16, "sigmoid")], layers
optimizer = trained.optimizer.get_config()
assert trained.optimizer.name == "adam" and optimizer["epsilon"] == 1e-7
assert abs(optimizer["learning_rate"] - 1e-3) < 1e-9
assert (optimizer["beta_1"], optimizer["beta_2"]) == (0.9, 0.999)
assert trained.loss == "binary_crossentropy"
# Three epochs of 600 images in batches of 256.
assert int(np.asarray(trained.optimizer.iterations)) == 9
write("keras.json", keras)
