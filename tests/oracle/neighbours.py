"""Predictions of pixels from their neighbours by scikit-learn's ridge regression, and the tenths of their order.

    python neighbours.py    records neighbours.json
"""

from pathlib import Path

import numpy as np
from scipy.stats import rankdata
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

import record

HEIGHT, WIDTH = 5, 6
TRAINING, EXPLAINED, FOLDS = 90, 120, 5
# Pixels, and a group of them.
FEATURES = ([0], [8], [17], [29], [7, 8, 13], [2])


def images(random, count):
    """Soft blobs on black: neighbours know of each other, and the corners are often all the same."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    made = np.zeros((count, HEIGHT, WIDTH))
    for image in made:
        row, column = random.uniform(0, [HEIGHT, WIDTH])
        squares = (rows - row) ** 2 + (columns - column) ** 2
        image += random.uniform(0.3, 1.0) * np.exp(-squares / random.uniform(1.0, 3.0))
    made[made < 0.1] = 0
    return np.round(made.reshape(count, -1) * 255) / 255


def ring(pixels):
    """Pixels that touch these, also at a corner."""
    around = {
        (pixel // WIDTH + down) * WIDTH + pixel % WIDTH + across
        for pixel in pixels
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        if 0 <= pixel // WIDTH + down < HEIGHT and 0 <= pixel % WIDTH + across < WIDTH
    }
    return sorted(around - set(pixels))


def predicted(feature, seen, asked):
    """By a fit on `seen`, of `asked`."""
    around = ring(feature)
    x, y = seen[:, around], seen[:, feature].mean(axis=1)
    scale_x, scale_y = StandardScaler().fit(x), StandardScaler().fit(y[:, None])
    model = Ridge(alpha=1.0).fit(
        scale_x.transform(x), scale_y.transform(y[:, None])[:, 0]
    )
    standard = model.predict(scale_x.transform(asked[:, around]))
    return scale_y.inverse_transform(standard[:, None])[:, 0]


def tenths(prediction):
    """By mean ranks, from 0; one of fewer than ten images is joined with the next, the last with the one before."""
    ranks = rankdata(np.round(prediction, 9)) - 0.5
    of = np.floor(10 * ranks / len(prediction)).astype(int)
    pools = [[]]
    for tenth in range(10):
        if len(pools[-1]) >= 10:
            pools.append([])
        pools[-1].extend(np.flatnonzero(of == tenth).tolist())
    if len(pools) > 1 and len(pools[-1]) < 10:
        pools[-2].extend(pools.pop())
    for number, pool in enumerate(pools):
        of[pool] = number
    return of


def left(feature, explained, prediction, pools):
    """R² of the feature on its prediction, both less their means within pools."""
    y = explained[:, feature].mean(axis=1)
    centre = lambda v: v - np.array([v[pools == pool].mean() for pool in pools])
    return float(np.corrcoef(centre(y), centre(prediction))[0, 1] ** 2)


def main():
    random = np.random.default_rng(5)
    training, explained = images(random, TRAINING), images(random, EXPLAINED)
    answers = []
    for feature in FEATURES:
        by_training = predicted(feature, training, explained)
        by_folds = np.zeros(EXPLAINED)
        fold = np.arange(EXPLAINED) % FOLDS
        for number in range(FOLDS):
            seen, asked = explained[fold != number], explained[fold == number]
            by_folds[fold == number] = predicted(feature, seen, asked)
        pools = tenths(by_training)
        everyone = np.zeros(EXPLAINED, int)
        answers.append(
            {
                "feature": feature,
                "by_training": record.rounded(by_training, 9),
                "by_folds": record.rounded(by_folds, 9),
                "tenths": pools.tolist(),
                "r2_all": left(feature, explained, by_training, everyone),
                "r2_tenths": left(feature, explained, by_training, pools),
            }
        )
    matrix = lambda of: {
        "shape": list(of.shape),
        "data": np.round(of * 255).astype(int).ravel().tolist(),
    }
    record.write(
        Path(__file__).with_suffix(".json"),
        {
            "height": HEIGHT,
            "width": WIDTH,
            "training": matrix(training),
            "explained": matrix(explained),
            "answers": answers,
        },
    )


main()
