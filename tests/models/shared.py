"""What the recording scripts share: the images, and how answers are written."""

import json
import sys
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).parent / "fixtures"
PIXELS = 16
RNG = np.random.default_rng(20)
IMAGES = RNG.random((5, PIXELS), dtype=np.float32)

_answers = []


def numbers(values):
    """A matrix as rows of numbers that single precision reads back exactly."""
    rows = np.asarray(values, dtype=np.float32)
    rows = rows.reshape(len(rows), -1)
    return [[float(f"{value:.9g}") for value in row] for row in rows]


def record(name, files, latents, reconstructions, **more):
    """Adds what a library makes of the images: `files` as named from the folder of fixtures."""
    _answers.append(
        {
            "name": name,
            "files": files,
            **more,
            "latents": numbers(latents),
            "reconstructions": numbers(reconstructions),
        }
    )


def write(name, *libraries, images=IMAGES):
    versions = {library.__name__: library.__version__ for library in (np, *libraries)}
    content = {
        "versions": {"python": sys.version.split()[0], **versions},
        "images": numbers(images),
        "models": _answers,
    }
    (FIXTURES / name).write_text(json.dumps(content) + "\n")
