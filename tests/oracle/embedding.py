"""How well scikit-learn and umap-learn keep neighbourhoods of latents like ours in a plane.

Records the trustworthiness of their t-SNE and UMAP, and of the first two principal components, on
data that the tests make again from the same few lines.
"""

import math
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import umap
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

from record import rounded, write

NEIGHBOURS = 10
SEEDS = (1, 2, 3)
SETS = (
    {"name": "two classes", "images": 320, "dims": 12, "classes": 2, "seed": 1},
    {"name": "ten classes", "images": 600, "dims": 32, "classes": 10, "seed": 2},
)


def uniform(seed):
    """The page's generator: a counter, mixed as MurmurHash3 does."""
    mask = 0xFFFFFFFF
    counter = seed
    while True:
        counter = (counter + 0x9E3779B9) & mask
        bits = counter
        bits = ((bits ^ (bits >> 16)) * 0x85EBCA6B) & mask
        bits = ((bits ^ (bits >> 13)) * 0xC2B2AE35) & mask
        yield (bits ^ (bits >> 16)) / 2**32


def latents(images, dims, classes, seed, **_):
    """Rectified normal clouds, one per class, of images that take turns; as tests/units/latents.ts."""
    numbers = uniform(seed)

    def normal():
        radius = math.sqrt(-2 * math.log(1 - next(numbers)))
        return radius * math.cos(2 * math.pi * next(numbers))

    centres = [[3 * normal() for _ in range(dims)] for _ in range(classes)]
    rows = [
        [max(0, centre + 1.5 * normal()) for centre in centres[image % classes]]
        for image in range(images)
    ]
    return np.array(rows, dtype=np.float32)


def lowest(data, project):
    """Of several seeds, since one may be lucky."""
    kept = [
        trustworthiness(data, project(seed).fit_transform(data), n_neighbors=NEIGHBOURS)
        for seed in SEEDS
    ]
    print([round(float(each), 4) for each in kept])
    return min(kept)


def main():
    sets = []
    for each in SETS:
        data = latents(**each)
        print(each["name"])
        sets.append(
            each
            | {
                "last_row": rounded(data[-1], 6),
                "tsne": rounded(lowest(data, lambda seed: TSNE(random_state=seed)), 4),
                "umap": rounded(
                    lowest(data, lambda seed: umap.UMAP(random_state=seed, n_jobs=1)), 4
                ),
                "principal_components": rounded(
                    lowest(data, lambda seed: PCA(2, random_state=seed)), 4
                ),
            }
        )
    versions = {"python": sys.version.split()[0]} | {
        name: version(name) for name in ("scikit-learn", "umap-learn", "numpy")
    }
    write(
        Path(__file__).with_name("embedding.json"),
        {"versions": versions, "neighbours": NEIGHBOURS, "sets": sets},
    )


main()
