"""What the verifying scripts share: the written files, their checksums and the images."""

import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from shared import FIXTURES, numbers

WRITTEN = FIXTURES.parent / "written"
NAMES = ["deep", "flat", "mixed"]
IMAGES = np.array(json.loads((FIXTURES / "keras.json").read_text())["images"], dtype=np.float32)

_crc32 = {}
_answers = []


def path(name):
    """A written file, whose checksum goes into the answers."""
    _crc32[name] = zlib.crc32((WRITTEN / name).read_bytes())
    return WRITTEN / name


def crc32():
    """The checksums of all files that were looked up."""
    return _crc32


def record(name, latents, reconstructions):
    _answers.append(
        {
            "name": name,
            "files": [name],
            "latents": numbers(latents),
            "reconstructions": numbers(reconstructions),
        }
    )


def execute(name):
    """Runs a written program on random images, in a folder of its own, and gives that folder."""
    folder = tempfile.TemporaryDirectory()
    images = np.random.default_rng(4).random((600, IMAGES.shape[1]), dtype=np.float32)
    np.save(Path(folder.name) / "images.npy", images)
    subprocess.run([sys.executable, path(name)], cwd=folder.name, check=True)
    return folder


def write(name, *libraries):
    versions = {library.__name__: library.__version__ for library in (np, *libraries)}
    content = {
        "versions": {"python": sys.version.split()[0], **versions},
        "crc32": _crc32,
        "images": numbers(IMAGES),
        "models": _answers,
    }
    (WRITTEN / name).write_text(json.dumps(content) + "\n")
