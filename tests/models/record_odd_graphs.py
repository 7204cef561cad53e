"""ONNX graphs whose latents are not one row of so many numbers for each image: the images of a batch become one row, a
row has as many numbers as the batch has images, or how many depends on what the images show. And an encoder of 3 x 5
pixels of which each image takes long: convolutions of maps that are larger by far, which do not change its latents."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shared import FIXTURES

RNG = np.random.default_rng(29)
SIZE = 6 * 6 * 2


def constant(name, values, dtype=np.int64):
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def write(name, nodes, shape, *constants):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=10)
    (FIXTURES / f"{name}.onnx").write_bytes(model.SerializeToString())


def save(name, nodes, *constants):
    """`nodes` make "z" of "wide", which has six numbers for each image."""
    weights = constant("w", RNG.normal(0, 1 / np.sqrt(SIZE), (SIZE, 6)), np.float32)
    before = [helper.make_node("Flatten", ["images"], ["flat"]), helper.make_node("MatMul", ["flat", "w"], ["wide"])]
    write(f"refused/{name}", before + nodes, (2, 6, 6), weights, *constants)


save("one-row", [helper.make_node("ReduceMean", ["wide"], ["z"], axes=[0], keepdims=1)])
save(
    "as-long-as-the-batch",
    [helper.make_node("Transpose", ["wide"], ["turned"]), helper.make_node("MatMul", ["wide", "turned"], ["z"])],
)
# Two numbers, or three where a pixel of an image is much brighter than another.
save(
    "as-long-as-it-is-bright",
    [
        helper.make_node("Slice", ["flat", "48", "49", "1"], ["bright"]),
        helper.make_node("Slice", ["flat", "2", "3", "1"], ["dark"]),
        helper.make_node("Sub", ["bright", "dark"], ["steps"]),
        helper.make_node("ReduceMax", ["steps"], ["step"], axes=[0], keepdims=0),
        helper.make_node("Greater", ["step", "much"], ["is-bright"]),
        helper.make_node("Cast", ["is-bright"], ["more"], to=TensorProto.INT64),
        helper.make_node("Add", ["more", "2"], ["end"]),
        helper.make_node("Slice", ["wide", "0", "end", "1"], ["z"]),
    ],
    *(constant(f"{at}", [at]) for at in (0, 1, 2, 3, 48, 49)),
    constant("much", [0.85], np.float32),
)
CONVOLUTIONS = 16
WINDOW = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1]}
maps = [f"maps{at}" for at in range(CONVOLUTIONS + 1)]
write(
    "graphs/slow",
    [
        helper.make_node("Tile", ["images", "repeats"], [maps[0]]),
        helper.make_node("ConstantOfShape", ["kernel"], ["k"], value=constant("value", [1 / 576], np.float32)),
        *(helper.make_node("Conv", [of, "k"], [to], **WINDOW) for of, to in zip(maps, maps[1:])),
        helper.make_node("ReduceMean", [maps[-1]], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Unsqueeze", ["nothing", "one"], ["column"]),
        helper.make_node("Flatten", ["images"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["wide"]),
        helper.make_node("Add", ["wide", "column"], ["z"]),
    ],
    (1, 3, 5),
    constant("repeats", [1, 64, 11, 8]),
    constant("kernel", [64, 64, 3, 3]),
    constant("zero", 0, np.float32),
    constant("one", [1]),
    constant("w", RNG.normal(0, 0.3, (15, 2)), np.float32),
)
