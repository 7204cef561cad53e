"""Clusters of correlated pixels as SciPy finds them: spearmanr, and average linkage on 1 - |rho|.

    python clusters.py      records clusters.json
"""

from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import spearmanr

import record

HEIGHT, WIDTH, IMAGES = 6, 9, 60
CONSTANT = (0, 8, 31)
THRESHOLDS = (0.05, 0.3, 0.6, 0.95)


def images():
    """Soft blobs of varying place and strength on black, so that neighbours go together and many values are
    equal; three pixels are constant, one of them not black, and one copies another the other way round."""
    random = np.random.default_rng(17)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    made = np.zeros((IMAGES, HEIGHT, WIDTH))
    for image in made:
        for _ in range(2):
            row, column = random.uniform(0, [HEIGHT, WIDTH])
            size, strength = random.uniform(1.0, 2.0), random.uniform(0.3, 1.0)
            squares = (rows - row) ** 2 + (columns - column) ** 2
            image += strength * np.exp(-squares / size**2)
    flat = np.round(8 * np.minimum(made, 1.0)).reshape(IMAGES, -1) / 8
    flat[:, CONSTANT] = [0.0, 0.0, 0.5]
    flat[:, 53] = 1 - flat[:, 20]
    return flat


def main():
    flat = images()
    pixels = flat.shape[1]
    varying = np.flatnonzero(flat.std(axis=0) > 0)
    assert set(range(pixels)) - set(varying.tolist()) == set(CONSTANT)
    rho = spearmanr(flat[:, varying]).statistic
    distance = 1 - np.abs(rho)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0)
    joined = linkage(squareform(np.maximum(distance, 0), checks=False), "average")
    # Single precision must not be able to change the order of the merges, nor what a threshold cuts.
    assert np.diff(joined[:, 2]).min() > 1e-5, np.sort(np.diff(joined[:, 2]))[:5]
    assert min(abs(joined[:, 2] - cut).min() for cut in THRESHOLDS) > 1e-4

    def number(cluster):
        leaves = len(varying)
        return int(varying[cluster] if cluster < leaves else pixels + cluster - leaves)

    merges = [
        [*sorted(number(int(one)) for one in (a, b)), float(f"{height:.9g}")]
        for a, b, height, _ in joined
    ]
    cuts = []
    for threshold in THRESHOLDS:
        of = np.zeros(pixels, int)
        of[varying] = fcluster(joined, threshold, "distance")
        cuts.append({"threshold": threshold, "of": of.tolist()})
    record.write(
        Path(__file__).with_suffix(".json"),
        {
            "height": HEIGHT,
            "width": WIDTH,
            "images": {"shape": list(flat.shape), "data": flat.ravel().tolist()},
            "merges": merges,
            "cuts": cuts,
        },
    )


main()
