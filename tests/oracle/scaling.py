"""Columns scaled by scikit-learn: StandardScaler and MinMaxScaler.

    python scaling.py       records scaling.json
"""

from pathlib import Path

import numpy as np
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import record

COLUMNS = ("length", "area", "age", "site")
ROWS, TRAINING = 40, 25


def rows():
    """Columns of quite different ranges, one of them below 0 and one constant, as single precision holds them."""
    random = np.random.default_rng(19)
    length = random.normal(-3.0, 0.5, ROWS)
    area = random.gamma(2.0, 400.0, ROWS)
    age = random.integers(18, 90, ROWS)
    site = np.full(ROWS, 7.25)
    return np.column_stack([length, area, age, site]).round(4).astype(np.float32).astype(np.float64)


def scaled(scaler, fitted, all_rows):
    scaler.fit(fitted)
    offset = scaler.mean_ if isinstance(scaler, StandardScaler) else scaler.data_min_
    # MinMaxScaler multiplies by scale_, StandardScaler divides by it.
    scale = scaler.scale_ if isinstance(scaler, StandardScaler) else 1 / scaler.scale_
    return {
        "offset": offset.tolist(),
        "scale": scale.tolist(),
        "rows": scaler.transform(all_rows).tolist(),
    }


def main():
    table = rows()
    training = table[:TRAINING]
    record.write(
        Path(__file__).with_name("scaling.json"),
        {
            "columns": COLUMNS,
            "rows": table.tolist(),
            "training": TRAINING,
            "standard": scaled(StandardScaler(), table, table),
            "min-max-column": scaled(MinMaxScaler(), table, table),
            "standard of training": scaled(StandardScaler(), training, table),
            "min-max-column of training": scaled(MinMaxScaler(), training, table),
        },
    )


if __name__ == "__main__":
    main()
