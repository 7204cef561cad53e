"""Arrays of any library as NumPy's, without importing a library that is not in use already."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_of(value: Any, *packages: str) -> bool:
    """Whether a value's class, or one that it is derived from, is of one of these packages."""
    return any(each.__module__.split(".")[0] in packages for each in type(value).__mro__)


def is_frame(value: Any) -> bool:
    """Whether a value is a table of pandas."""
    return is_of(value, "pandas") and hasattr(value, "columns")


def to_numpy(value: Any) -> np.ndarray:
    """The numbers, or texts, of an array, a tensor, a series, a table or nested lists, of the same shape."""
    if is_of(value, "torch"):
        # Gradients and graphics cards keep a tensor from being read as it is.
        value = value.detach().cpu().numpy()
    elif is_of(value, "pandas"):
        value = value.to_numpy()
    elif is_of(value, "tensorflow") and hasattr(value, "numpy"):
        value = value.numpy()
    return np.asarray(value)
