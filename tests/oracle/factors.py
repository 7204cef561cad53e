"""Mutual information of latents and factors by scikit-learn, entropies and the mutual information gap.

The latents are put into bins of equal width by NumPy. They are multiples of 1/1024, so that nothing depends on how a
number at the edge of a bin is rounded: the ends of each dimension are multiples of the width of a bin.

    python factors.py        records factors.json beside this file
"""

from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import mutual_info_score

import record

IMAGES = 400
BINS = 20
LEVELS = [3, 5, 8]


def binned(latents):
    edges = np.histogram_bin_edges(latents, BINS)
    # The largest is in the last bin, as in a histogram.
    return np.clip(np.digitize(latents, edges) - 1, 0, BINS - 1)


def gap(information, entropy):
    """Of Chen and others (2018): Isolating Sources of Disentanglement in VAEs, equation 6."""
    first, second = sorted(information, reverse=True)[:2]
    return (first - second) / entropy


def main():
    draw = np.random.default_rng(19)
    factors = [draw.integers(levels, size=IMAGES) for levels in LEVELS]
    noise = lambda width: draw.integers(-width, width + 1, size=IMAGES)
    latents = [
        # One factor, two that share one with another, a mixture, and nothing.
        factors[0] * 300 + noise(40),
        factors[1] * 200 + noise(120),
        -factors[1] * 150 + noise(200),
        factors[2] * 100 + factors[0] * 50 + noise(60),
        noise(500),
    ]
    for of in latents:
        of[0], of[1] = -2000, 2000
    information = [
        [float(mutual_info_score(values, binned(of / 1024))) for of in latents]
        for values in factors
    ]
    entropy = [float(mutual_info_score(values, values)) for values in factors]
    gaps = [gap(of, entropy) for of, entropy in zip(information, entropy)]
    record.write(
        Path(__file__).with_suffix(".json"),
        {
            "versions": {"numpy": np.__version__, "sklearn": sklearn.__version__},
            "bins": BINS,
            "levels": LEVELS,
            "factors": [of.tolist() for of in factors],
            "latents": [of.tolist() for of in latents],
            "entropy": entropy,
            "information": information,
            "gaps": gaps,
        },
    )


if __name__ == "__main__":
    main()
