"""Which arrays are taken for what, and what is said of those that cannot be."""

import numpy as np
import pandas as pd
import pytest

from latent_lens import Refusal
from latent_lens.images import read

GENERATOR = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("shape", "how", "found"),
    [
        ((5, 8, 6), {}, (5, 8, 6, 1)),
        ((5, 8, 6, 3), {}, (5, 8, 6, 3)),
        ((5, 3, 8, 6), {}, (5, 8, 6, 3)),
        ((5, 1, 8, 6), {}, (5, 8, 6, 1)),
        ((5, 2, 8, 6), {"channels": "first"}, (5, 8, 6, 2)),
        ((5, 49), {}, (5, 7, 7, 1)),
        ((5, 48), {"size": (6, 8)}, (5, 6, 8, 1)),
        ((5, 48), {"size": (4, 4, 3)}, (5, 4, 4, 3)),
        ((5, 48), {"size": (4, 4, 3), "channels": "first"}, (5, 4, 4, 3)),
    ],
)
def test_shapes_are_told_apart(shape, how, found):
    images = GENERATOR.random(shape)
    assert read(images, **how).data.shape == found


def test_channels_first_are_moved_and_no_value_is_another():
    images = GENERATOR.random((2, 3, 4, 5)).astype(np.float32)
    data = read(images).data
    assert data[1, 2, 4, 0] == images[1, 0, 2, 4]
    assert data.flags.c_contiguous
    rows = images.reshape(2, 60)
    assert (read(rows, size=(4, 5, 3), channels="first").data == data).all()


@pytest.mark.parametrize(
    ("images", "how", "sentence"),
    [
        (np.zeros((5, 3, 8, 3)), {}, "does not tell where the channels are"),
        (np.zeros((5, 8, 8, 4)), {}, "a fourth channel is opacity"),
        (np.zeros((5, 8, 8, 7)), {}, "does not tell where the channels are"),
        (np.zeros((5, 8, 8, 7)), {"channels": "both"}, "channels must be 'first' or 'last'"),
        (np.zeros((5, 48)), {}, "Rows of 48 numbers make no square"),
        (np.zeros((5, 48)), {"size": (5, 5)}, "takes 25 numbers, and each row has 48"),
        (np.zeros((5, 8, 6)), {"size": (8, 6)}, "leave it out"),
        (np.zeros(5), {}, "the array is 5"),
        (np.zeros((0, 8, 8)), {}, "There are no images"),
        (np.array([["a"]]), {}, "must be numbers"),
        (np.full((2, 4, 4), np.nan), {}, "Image 1 holds a value that is missing"),
        (np.full((2, 4, 4), 1e300), {}, "beyond single precision"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_sentence(images, how, sentence):
    with pytest.raises(Refusal, match=sentence.replace("(", r"\(")) as refused:
        read(images, **how)
    assert str(refused.value).endswith(".")


def test_bytes_stay_bytes_and_zeros_and_ones_are_no_bytes():
    assert read(np.full((2, 4, 4), 200)).data.dtype == np.uint8
    assert read(np.ones((2, 4, 4), np.uint8)).data.dtype == np.float32
    assert read(np.ones((2, 4, 4), bool)).data.dtype == np.float32
    assert read(np.full((2, 4, 4), 300)).data.dtype == np.float32
    assert read(np.full((2, 4, 4), -1)).data.dtype == np.float32


def test_labels():
    images = np.zeros((3, 4, 4))
    assert read(images).labels is None
    assert read(images, np.array([2.0, 1.0, 2.0])).labels == [2, 1, 2]
    assert read(images, pd.Series(["a", "b", "a"], dtype="category")).labels == ["a", "b", "a"]
    assert read(images, [0, 1, 7], names={0: "cat", 1: "dog"}).labels == ["cat", "dog", "7"]
    for labels, sentence in (
        ([0, 1], "There are 3 images and 2 labels"),
        (np.eye(3), "argmax"),
        ([0.5, 1, 2], "whole numbers or texts"),
        ([None, "a", "b"], "whole numbers or texts"),
    ):
        with pytest.raises(Refusal, match=sentence):
            read(images, labels)


def test_tables_keep_the_names_of_their_columns():
    table = pd.DataFrame({"height": [1.0, 2.0], "kind": ["a", "b"], "width": [3, 4]})
    found = read(table, "kind")
    assert found.columns == ["height", "width"]
    assert found.labels == ["a", "b"]
    assert found.data.shape == (2, 1, 2, 1)
    assert found.data[1, 0, :, 0].tolist() == [2, 4]
    with pytest.raises(Refusal, match="no column 'sort'"):
        read(table, "sort")
    with pytest.raises(Refusal, match="Column 'kind' of the table holds no numbers"):
        read(table)


def test_tensors_are_read_without_importing_their_library():
    class Tensor:
        """As PyTorch's behaves: it refuses to be an array while it has a gradient."""

        __module__ = "torch"

        def __array__(self, *_):
            raise RuntimeError("call detach first")

        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return np.ones((2, 1, 4, 4))

    assert read(Tensor()).data.shape == (2, 4, 4, 1)
