"""What was found, as tables of pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


class Report:
    """What a run has found so far. Dimensions, pixels and images are counted from 1, as in the paper.

    Each table is None until it is known. ``raw`` is the whole report by the names that ``report.json`` has, with
    matrices as ``{"shape": [rows, columns], "data": numbers}``.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        known = [name for name in _TABLES if getattr(self, name) is not None]
        return f"Report({', '.join(known) or 'nothing yet'})"

    @property
    def pixel_importance(self) -> pd.DataFrame | None:
        """V, features × dimensions: how far a pixel, or column, moves each latent dimension."""
        return self._features("pixel_importance", "mean")

    @property
    def direction(self) -> pd.DataFrame | None:
        """S, features × dimensions: which way, as -1, 0 or 1."""
        return self._features("direction", "sign")

    @property
    def latent_importance(self) -> pd.DataFrame | None:
        """IE, classes × dimensions: how far the reconstruction changes; missing of a class with one image."""
        found = self.raw.get("latent_importance")
        return None if found is None else _frame(found["mean"], pd.Index(self._classes(), name="class"))

    @property
    def latents(self) -> pd.DataFrame | None:
        """Explained images × dimensions, by their class and their place in it."""
        encoded = self.raw.get("encoded")
        if encoded is None or encoded.get("latents") is None:
            return None
        names = {each["label"]: each["name"] for each in self.raw["classes"]}
        classes = [names[label] for label in encoded["labels"]]
        places = np.asarray(encoded["positions"], dtype=np.int64) + 1
        return _frame(
            encoded["latents"],
            pd.MultiIndex.from_arrays([classes, places], names=["class", "place"]),
        )

    @property
    def loss(self) -> pd.DataFrame | None:
        """Epochs × (training, held_out): the loss after each epoch; None where nothing was trained."""
        training = self.raw.get("training")
        if training is None:
            return None
        columns = {
            "training": np.asarray(training["training_loss"], np.float32),
            "held_out": np.asarray(training["held_out_loss"], np.float32),
        }
        # While an epoch is measured, one of them may be ahead.
        count = max(map(len, columns.values()))
        epochs = pd.RangeIndex(1, count + 1, name="epoch")
        return pd.DataFrame(
            {name: pd.Series(values, epochs[: len(values)]) for name, values in columns.items()},
            epochs,
        )

    def _classes(self) -> list[str]:
        return [each["name"] for each in self.raw["classes"]]

    def _features(self, part: str, matrix: str) -> pd.DataFrame | None:
        found = self.raw.get(part)
        return None if found is None else _frame(found[matrix], self._index(found[matrix]["shape"][0]))

    def _index(self, features: int) -> pd.Index:
        """Of features: columns by name, or pixels by row, column and, where each moves by itself, channel."""
        columns: list[str] | None = (self.raw.get("data") or {}).get("columns")
        if columns and len(columns) == features:
            return pd.Index(columns, name="column")
        image = self.raw["image"]
        sides = {"row": image["height"], "col": image["width"]}
        if features != image["height"] * image["width"]:
            sides["channel"] = image["channels"]
        ranges = [range(1, side + 1) for side in sides.values()]
        return pd.MultiIndex.from_product(ranges, names=list(sides))


_TABLES = ("pixel_importance", "direction", "latent_importance", "latents", "loss")


def _frame(matrix: Mapping[str, Any], index: pd.Index) -> pd.DataFrame:
    values = np.asarray(matrix["data"], dtype=np.float32).reshape(matrix["shape"])
    return pd.DataFrame(values, index, pd.RangeIndex(1, values.shape[1] + 1, name="dimension"))
