"""Milliseconds of an epoch of Keras, on JAX and as many threads as it takes: one line of JSON.

    python keras_epoch.py EPOCHS                trains the convolutional network of tests/oracle/keras_general.py
    python keras_epoch.py EPOCHS variational    trains a variational one, 784-256-2, on the digits 0 to 2
    python keras_epoch.py EPOCHS paper          trains the paper's, 784-32, on all ten digits
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracle"))


def convolutional(epochs):
    import keras_general

    name, settings, channels = keras_general.RUNS[0]
    assert name == "convolution"
    settings = keras_general.DEFAULTS | settings | {"epochs": epochs}
    images = keras_general.images(keras_general.INSTALLED, settings, channels)
    _, held_out_loss, seconds = keras_general.train(settings, *images)
    return held_out_loss[-1], seconds, keras_general.keras


def paper(epochs):
    import keras_curve

    settings = keras_curve.TEN_DIGITS | {"seed": 1}
    images = keras_curve.digits.split(keras_curve.INSTALLED, settings["classes"], settings["seed"])
    training, held_out = images
    model = keras_curve.keras_model(settings, training.shape[1], False)
    seconds = []
    for epoch in range(epochs):
        order = keras_curve.keyed.batch_order(settings["seed"], epoch, len(training))
        images = training[order]
        started = time.perf_counter()
        model.fit(
            images, images, batch_size=keras_curve.keyed.BATCH_SIZE, shuffle=False, verbose=0
        )
        loss = model.evaluate(held_out, held_out, batch_size=len(held_out), verbose=0)
        seconds.append(time.perf_counter() - started)
    return loss, seconds, keras_curve.keras


def variational(epochs):
    """With the noise of keras_kinds.py, which is drawn before the clock starts."""
    import keras_kinds

    settings = keras_kinds.DEFAULTS | {"classes": [0, 1, 2], "hidden": [256], "dims": 2}
    seed, batch_size = settings["seed"], settings["batch_size"]
    training, held_out = keras_kinds.digits.split(keras_kinds.INSTALLED, settings["classes"], seed)
    variant = keras_kinds.VARIANT | {"variational": True}
    autoencoder = keras_kinds.Autoencoder(settings, variant, training.shape[1])
    rows = keras_kinds.np.arange(len(held_out))
    unseen = autoencoder.given(held_out, 0, rows), autoencoder.targets(held_out)
    seconds = []
    for epoch in range(epochs):
        order = keras_kinds.keyed.batch_order(seed, epoch, len(training))
        images = training[order]
        given = autoencoder.given(images, epoch + 1, order)
        targets = autoencoder.targets(images)
        started = time.perf_counter()
        autoencoder.model.fit(given, targets, batch_size=batch_size, shuffle=False, verbose=0)
        found = autoencoder.model.evaluate(
            *unseen, batch_size=len(held_out), verbose=0, return_dict=True
        )
        seconds.append(time.perf_counter() - started)
    return autoencoder.parts(found)[0], seconds, keras_kinds.keras


def main(epochs, train):
    held_out_loss, seconds, keras = train(epochs)
    # The first epoch compiles.
    seconds = sorted(seconds[1:])
    found = {
        "ms": 1000 * seconds[len(seconds) // 2],
        "held_out_loss": held_out_loss,
        "version": f"Keras {keras.__version__} (JAX)",
    }
    print(json.dumps(found))


if __name__ == "__main__":
    networks = {"convolutional": convolutional, "variational": variational, "paper": paper}
    main(int(sys.argv[1]), networks[(sys.argv[2:] or ["convolutional"])[0]])
