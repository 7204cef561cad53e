"""Autoencoders saved by Keras 3 and by Keras 2, with what those make of some images."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import keras
import numpy as np
import tensorflow
import tf_keras

from shared import FIXTURES, IMAGES, PIXELS, RNG, record, write


def shaken(weights):
    """Random weights of the same shapes; variances, which are 1 at first, stay positive."""
    return [
        (
            RNG.normal(0, 0.6, weight.shape)
            if weight.ndim > 1
            else weight + RNG.uniform(-0.4, 0.4, weight.shape)
        ).astype(np.float32)
        for weight in weights
    ]


def halves(library, hidden):
    """An encoder and a decoder as two functional models, as the authors of the paper save them."""
    layers = library.layers
    pixels = library.Input((PIXELS,), name="pixels")
    inner = pixels
    for units in hidden:
        inner = layers.Dense(units, activation="relu")(inner)
    latents = layers.Dense(3, activation="relu", name="latents")(inner)
    encoder = library.Model(pixels, latents, name="encoder")
    start = library.Input((3,), name="start")
    inner = start
    for units in reversed(hidden):
        inner = layers.Dense(units, activation="relu")(inner)
    image = layers.Dense(PIXELS, activation="sigmoid", name="image")(inner)
    decoder = library.Model(start, image, name="decoder")
    for model in (encoder, decoder):
        model.set_weights(shaken(model.get_weights()))
    return encoder, decoder


def joined(library, encoder, decoder):
    pixels = library.Input((PIXELS,), name="images")
    return library.Model(pixels, decoder(encoder(pixels)), name="autoencoder")


def flat(library):
    """One layer each way."""
    model = library.Sequential(
        [
            library.Input((PIXELS,)),
            library.layers.Dense(3, activation="relu"),
            library.layers.Dense(PIXELS, activation="sigmoid"),
        ]
    )
    model.set_weights(shaken(model.get_weights()))
    return model, model.layers[0]


def mixed(library):
    """Layers that do more, less or something else than a dense layer with ReLU."""
    layers = library.layers
    leak = {"negative_slope": 0.15} if library is keras else {"alpha": 0.15}
    encoder = library.Sequential(
        [
            library.Input((4, 4)),
            layers.Flatten(),
            layers.Dense(8, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(**leak),
            layers.Dropout(0.3),
            layers.Dense(6, activation="tanh"),
            layers.BatchNormalization(epsilon=0.01, scale=False),
            layers.Dense(3),
            layers.ELU(alpha=0.7),
        ],
        name="encoder",
    )
    decoder = library.Sequential(
        [
            library.Input((3,)),
            layers.Dense(6, activation="softplus"),
            layers.GaussianNoise(0.1),
            layers.Dense(8, activation="selu"),
            layers.BatchNormalization(),
            layers.Dense(8, activation="swish"),
            layers.Dense(PIXELS),
            layers.Activation("sigmoid"),
            layers.Reshape((4, 4)),
        ],
        name="decoder",
    )
    for model in (encoder, decoder):
        model.set_weights(shaken(model.get_weights()))
    pixels = library.Input((4, 4), name="images")
    return encoder, library.Model(pixels, decoder(encoder(pixels)))


def keras_answers(encoder, model):
    images = IMAGES.reshape(-1, *model.input_shape[1:])
    # In one batch and outside training, where dropout and noise do nothing.
    return (
        np.asarray(encoder(images, training=False)),
        np.asarray(model(images, training=False)),
    )


def record_keras(library, folder, legacy):
    """`legacy`: HDF5, whatever the ending."""
    room = FIXTURES / folder
    room.mkdir()

    def save(model, name):
        path = room / name
        if legacy:
            model.save(path.with_suffix(".h5"), save_format="h5") if library is tf_keras else (
                model.save(path.with_suffix(".h5"))
            )
            path.with_suffix(".h5").rename(path)
        else:
            model.save(path.with_suffix(".keras"))
            path.with_suffix(".keras").rename(path)
        return f"{folder}/{name}"

    keras_3 = library is keras
    encoder, decoder = halves(library, [6])
    model = joined(library, encoder, decoder)
    answer = keras_answers(encoder, model)
    record(f"{folder} nested", [save(model, "nested.keras")], *answer)
    record(
        f"{folder} two files",
        [save(decoder, "decoder.keras"), save(encoder, "encoder.keras")],
        *answer,
    )
    activations = ["relu", "relu", "relu", "sigmoid"]
    if keras_3:
        weights = room / "nested.weights.h5"
        model.save_weights(weights)
    else:
        weights = room / "weights.h5"
        model.save_weights(weights, save_format="h5")
    if not legacy or not keras_3:
        record(
            f"{folder} weights alone",
            [f"{folder}/{weights.name}"],
            *answer,
            activations=activations,
        )
    else:
        weights.unlink()
    model, encoder = flat(library)
    record(
        f"{folder} sequential", [save(model, "sequential")], *keras_answers(encoder, model)
    )
    encoder, model = mixed(library)
    record(f"{folder} mixed", [save(model, "mixed.h5")], *keras_answers(encoder, model))


def refused():
    """Models that cannot be read, for the sentences that say so."""
    room = FIXTURES / "refused"
    room.mkdir(exist_ok=True)
    layers = keras.layers
    memory = keras.Sequential(
        [keras.Input((4, 4)), layers.LSTM(3, name="memory"), layers.Dense(16)]
    )
    memory.save(room / "memory.keras")
    pixels = keras.Input((PIXELS,))
    skip = layers.Dense(PIXELS, name="wide")(layers.Dense(3, name="narrow")(pixels))
    keras.Model(pixels, layers.Add(name="skip")([pixels, skip])).save(room / "skip.keras")
    keras.Sequential(
        [keras.Input((4, 4)), layers.Dense(2, name="rows"), layers.Dense(4)]
    ).save(room / "rows.keras")


keras.utils.set_random_seed(1)
record_keras(keras, "keras-3", legacy=False)
record_keras(keras, "keras-3-hdf5", legacy=True)
record_keras(tf_keras, "keras-2", legacy=True)
refused()
write("keras.json", keras, tf_keras, tensorflow, h5py)
