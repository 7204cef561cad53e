"""Which latents belong together by SciPy's optimal assignment, and how well latents predict each other by
scikit-learn's least squares.

    python matching.py    records matching.json
"""

from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import pearsonr
from sklearn.linear_model import LinearRegression

import record

# Images, and the dimensions of either network.
SHAPES = ((40, 6, 6), (25, 4, 7), (25, 7, 4), (12, 9, 9))
TRAINING, EXPLAINED = 60, 30


def matrix(values):
    data = record.rounded(np.asarray(values, dtype=float).ravel(), 9)
    return {"shape": list(values.shape), "data": data}


def latents(random, images, one, other):
    """Two networks that say some of the same, with signs of their own."""
    shared = random.normal(size=(images, 3))
    made = [
        np.maximum(
            0,
            shared @ random.normal(size=(3, dims))
            + random.normal(size=(images, dims))
            + 0.5,
        )
        for dims in (one, other)
    ]
    return [np.round(latent, 3).astype(np.float32) for latent in made]


def assignment(random, shape):
    one, other = latents(random, *shape)
    r = np.array(
        [[pearsonr(a, b)[0] for b in other.T.astype(float)] for a in one.T.astype(float)]
    )
    rows, columns = linear_sum_assignment(np.abs(r), maximize=True)
    total = np.abs(r)[rows, columns].sum()
    return {
        "one": matrix(one),
        "other": matrix(other),
        "r": matrix(r),
        "rows": rows.tolist(),
        "columns": columns.tolist(),
        "total": float(total),
    }


def regression(random):
    """The last predictor is the sum of the first two, and one is the same throughout."""
    weights = random.normal(size=(4, 3))

    def made(images):
        x = np.round(random.normal(2.0, 1.0, size=(images, 4)), 3)
        y = x @ weights + random.normal(size=(images, 3)) * [0.1, 1.0, 5.0]
        x = np.column_stack([x, np.full(images, 0.25), x[:, 0] + x[:, 1]])
        return x.astype(np.float32), np.round(y, 3).astype(np.float32)

    (x, y), (asked, answers) = made(TRAINING), made(EXPLAINED)
    r2 = [
        LinearRegression().fit(x.astype(float), target).score(asked.astype(float), answer)
        for target, answer in zip(y.T.astype(float), answers.T.astype(float))
    ]
    return {
        "training": {"predictors": matrix(x), "targets": matrix(y)},
        "explained": {
            "predictors": matrix(asked),
            "targets": matrix(answers),
        },
        "r2": r2,
    }


def main():
    random = np.random.default_rng(18)
    record.write(
        Path(__file__).with_name("matching.json"),
        {
            "assignments": [assignment(random, shape) for shape in SHAPES],
            "regression": regression(random),
        },
    )


main()
