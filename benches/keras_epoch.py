"""Milliseconds of an epoch of Keras, on JAX and as many threads as it takes: one line of JSON.

    python keras_epoch.py EPOCHS    trains the convolutional network of tests/oracle/keras_general.py
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracle"))

import keras_general


def main(epochs):
    name, settings, channels = keras_general.RUNS[0]
    assert name == "convolution"
    settings = keras_general.DEFAULTS | settings | {"epochs": epochs}
    images = keras_general.images(keras_general.INSTALLED, settings, channels)
    _, held_out_loss, seconds = keras_general.train(settings, *images)
    # The first epoch compiles.
    seconds = sorted(seconds[1:])
    found = {
        "ms": 1000 * seconds[len(seconds) // 2],
        "held_out_loss": held_out_loss[-1],
        "version": keras_general.keras.__version__,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
