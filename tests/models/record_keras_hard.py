"""A model of Keras 3 with hard sigmoids, which Keras 2 computed otherwise: as an archive, and as JSON and
weights apart."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

from shared import FIXTURES, IMAGES, PIXELS, record, write

ROOM = FIXTURES / "keras-hard"
ROOM.mkdir(exist_ok=True)

keras.utils.set_random_seed(3)
encoder = keras.Sequential(
    [
        keras.Input((PIXELS,)),
        layers.Dense(6, activation="hard_sigmoid"),
        layers.Dense(2),
        layers.Activation("hard_sigmoid"),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [keras.Input((2,)), layers.Dense(5, activation="relu"), layers.Dense(PIXELS, activation="hard_sigmoid")],
    name="decoder",
)
rng = np.random.default_rng(27)
for model, scale in ((encoder, 1.2), (decoder, 3.0)):
    # Large enough for sums on both sides of its bends, small enough for some between.
    model.set_weights([rng.normal(0, scale, weight.shape) for weight in model.get_weights()])
pixels = keras.Input((PIXELS,))
whole = keras.Model(pixels, decoder(encoder(pixels)))
latents = encoder(IMAGES, training=False)
answer = (latents, decoder(latents, training=False))

whole.save(ROOM / "whole.keras")
record("hard sigmoids", ["keras-hard/whole.keras"], *answer)
(ROOM / "apart.json").write_text(whole.to_json())
whole.save_weights(ROOM / "apart.weights.h5")
record("hard sigmoids apart", ["keras-hard/apart.json", "keras-hard/apart.weights.h5"], *answer)
write("keras-hard.json", keras)
