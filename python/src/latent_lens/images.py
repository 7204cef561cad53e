"""Images or rows of numbers, with their labels, as everything here takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .arrays import is_frame, to_numpy
from .refusal import Refusal

Channels = Literal["first", "last"]
Size = tuple[int, int] | tuple[int, int, int]

_SHAPES = "images × height × width, with channels first or last, or images × numbers"


@dataclass(frozen=True)
class Images:
    """Images of one size.

    ``data``: n × height × width × channels, bytes from 0 to 255 or float32; of a table n × 1 × columns × 1.
    ``labels``: n whole numbers or n texts, or None. ``columns``: their names, of a table.
    """

    data: np.ndarray
    labels: list[int] | list[str] | None
    columns: list[str] | None

    @property
    def image(self) -> tuple[int, int, int]:
        """Height, width and channels of each."""
        _, height, width, channels = self.data.shape
        return height, width, channels


def read(
    images: Any,
    labels: Any = None,
    *,
    names: Mapping[Any, str] | None = None,
    size: Size | None = None,
    channels: Channels | None = None,
) -> Images:
    """Tells what an array holds.

    ``images``: n × height × width, n × height × width × channels, n × channels × height × width or n × p; a
    table of pandas keeps the names of its columns. ``labels``: n of them, or the name of a table's column.
    ``names``: what classes are called, by label. ``size``: height, width and perhaps channels of rows of numbers.
    Raises ``Refusal`` where they cannot be used.
    """
    columns = None
    if is_frame(images):
        if isinstance(labels, str):
            if labels not in images.columns:
                raise Refusal(f"The table has no column {labels!r} of labels: name one that it has.")
            images, labels = images.drop(columns=[labels]), images[labels]
        if size is None:
            columns = [str(name) for name in images.columns]
            _refuse_words(images)
    data = _shaped(_values(to_numpy(images)), size, channels, columns)
    return Images(np.ascontiguousarray(data), _labels(labels, len(data), names or {}), columns)


def _refuse_words(table: Any) -> None:
    for name, kind in table.dtypes.items():
        if getattr(kind, "kind", "O") not in "biuf":
            raise Refusal(
                f"Column {name!r} of the table holds no numbers ({kind}): leave it out, or name it as labels."
            )


def _values(array: np.ndarray) -> np.ndarray:
    """Bytes where values are whole and reach beyond 1, else floats; all finite."""
    kind = array.dtype.kind
    if kind not in "biuf":
        raise Refusal(f"Images must be numbers, and these are {array.dtype}: convert them first.")
    if array.size == 0:
        raise Refusal(f"There are no images: the array has the shape {_written(array.shape)}.")
    if kind in "iu" and array.min() >= 0 and 1 < array.max() <= 255:
        return array.astype(np.uint8, copy=False)
    with np.errstate(over="ignore"):
        floats = array.astype(np.float32, copy=False)
    if not np.isfinite(floats).all():
        image = int(np.argwhere(~np.isfinite(floats))[0][0])
        raise Refusal(
            f"Image {image + 1} holds a value that is missing, infinite or beyond single precision: "
            "put another in its place, or leave the image out."
        )
    return floats


def _shaped(array: np.ndarray, size: Size | None, channels: Channels | None, columns: list[str] | None) -> np.ndarray:
    count, *sides = array.shape if array.ndim else (0,)
    if columns is not None:
        return array.reshape(count, 1, len(columns), 1)
    if len(sides) == 1:
        return _rows(array, size, channels)
    if size is not None:
        raise Refusal(f"size is for images × numbers, and the array is {_written(array.shape)}: leave it out.")
    if len(sides) == 2:
        return array[..., np.newaxis]
    if len(sides) != 3:
        raise Refusal(f"Images must be {_SHAPES}, and the array is {_written(array.shape)}.")
    return np.moveaxis(array, 1, 3) if _order(array.shape, channels) == "first" else array


def _order(shape: tuple[int, ...], channels: Channels | None) -> Channels:
    if channels in ("first", "last"):
        return channels
    if channels is not None:
        raise Refusal(f"channels must be 'first' or 'last', and is {channels!r}.")
    first, last = shape[1] in (1, 3), shape[3] in (1, 3)
    if first != last:
        return "first" if first else "last"
    if 4 in (shape[1], shape[3]) and not first:
        raise Refusal(
            f"The array is {_written(shape)}: a fourth channel is opacity, so leave it out (images[..., :3]), "
            "or say channels='first' or channels='last' where all four are colours."
        )
    raise Refusal(
        f"The array is {_written(shape)}, which does not tell where the channels are: "
        "say channels='first' or channels='last'."
    )


def _rows(array: np.ndarray, size: Size | None, channels: Channels | None) -> np.ndarray:
    count, numbers = array.shape
    if size is None:
        side = round(numbers**0.5)
        if side < 2 or side * side != numbers:
            raise Refusal(
                f"Rows of {numbers} numbers make no square: say size=(height, width), or give a table of pandas "
                "whose columns have names."
            )
        size = (side, side)
    if len(size) not in (2, 3) or int(np.prod(size)) != numbers:
        raise Refusal(
            f"size={size} takes {int(np.prod(size))} numbers, and each row has {numbers}: "
            "say (height, width), or (height, width, channels)."
        )
    height, width, depth = (*size, 1)[:3]
    if channels == "first":
        return np.moveaxis(array.reshape(count, depth, height, width), 1, 3)
    return array.reshape(count, height, width, depth)


def _labels(labels: Any, count: int, names: Mapping[Any, str]) -> list[int] | list[str] | None:
    if labels is None:
        return None
    array = to_numpy(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise Refusal(
            f"Labels must be one for each image, and have the shape {_written(array.shape)}: "
            "of one-hot labels, give labels.argmax(axis=1)."
        )
    if len(array) != count:
        raise Refusal(f"There are {count} images and {len(array)} labels: each image needs one.")
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.floor(array)).all():
        array = array.astype(np.int64)
    if array.dtype.kind in "biu":
        found: list[Any] = [int(label) for label in array]
    elif all(isinstance(label, str) for label in array):
        found = [str(label) for label in array]
    else:
        raise Refusal("Labels must be whole numbers or texts, without gaps.")
    if not names:
        return found
    return [str(names.get(label, label)) for label in found]


def _written(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
