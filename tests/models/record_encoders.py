"""Two encoders of 28 x 28 pixels, with weights drawn at random, which ONNX Runtime Web runs in a page as well. One is
of two convolutions and a dense layer: layers of our own cover it, and what it computes is easily counted. The other has
attention, LayerNorm and GELU. What ONNX Runtime makes of two images is recorded."""

import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from shared import FIXTURES, numbers

ROOM = FIXTURES / "graphs"
RNG = np.random.default_rng(28)
DIMS = 12
IMAGES = (np.arange(2 * 784, dtype=np.int64) ** 2 % 101 / 100).astype(np.float32).reshape(2, 1, 28, 28)


class Graph:
    def __init__(self, opset):
        self.nodes, self.weights, self.last, self.opset = [], [], "images", opset

    def constant(self, values, dtype=np.float32):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def drawn(self, *shape, fan):
        return self.constant(RNG.normal(0, 1 / np.sqrt(fan), shape))

    def then(self, operation, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        given = [self.last if one is None else one for one in inputs] or [self.last]
        self.nodes.append(helper.make_node(operation, given, [output], **attributes))
        self.last = output
        return output

    def conv(self, inputs, filters, **attributes):
        weights = self.drawn(filters, inputs, 3, 3, fan=9 * inputs)
        return self.then("Conv", None, weights, self.drawn(filters, fan=9), **attributes)

    def dense(self, inputs, outputs, output=None):
        weights = self.drawn(inputs, outputs, fan=inputs)
        return self.then("Add", self.then("MatMul", None, weights), self.drawn(outputs, fan=outputs), output=output)

    def norm(self, width):
        ones, zeros = self.constant(np.ones(width)), self.constant(np.zeros(width))
        return self.then("LayerNormalization", None, ones, zeros, axis=-1)

    def save(self, name):
        """Gives what it makes of the images."""
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 1, 28, 28])],
            [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["N", DIMS])],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=10)
        onnx.checker.check_model(model)
        (ROOM / f"{name}.onnx").write_bytes(model.SerializeToString())
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return numbers(session.run(None, {"images": IMAGES})[0])


def convolutions():
    g = Graph(17)
    for inputs, filters in ((1, 8), (8, 16)):
        g.conv(inputs, filters, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        g.then("Relu")
    g.then("Flatten")
    weights = g.drawn(7 * 7 * 16, DIMS, fan=7 * 7 * 16)
    g.then("Gemm", None, weights, g.drawn(DIMS, fan=DIMS), output="z")
    return g.save("convolutions")


def transformer():
    """Patches of 4 x 4 as 49 tokens of 16 numbers, a block of attention, a block of dense layers, all tokens as one row."""
    g, width = Graph(20), 16
    weights = g.drawn(width, 1, 4, 4, fan=16)
    g.then("Conv", None, weights, g.drawn(width, fan=16), kernel_shape=[4, 4], strides=[4, 4])
    g.then("Reshape", None, g.constant([0, width, 49], np.int64))
    tokens = g.then("Transpose", perm=[0, 2, 1])
    normed = g.norm(width)
    heads = []
    for _ in range(3):
        g.last = normed
        heads.append(g.dense(width, width))
    query, key, value = heads
    key = g.then("Transpose", key, perm=[0, 2, 1])
    g.then("MatMul", query, key)
    g.then("Mul", None, g.constant(width**-0.5))
    shares = g.then("Softmax", axis=-1)
    g.then("MatMul", shares, value)
    g.dense(width, width)
    tokens = g.then("Add", tokens, None)
    g.norm(width)
    g.dense(width, 4 * width)
    g.then("Gelu")
    g.dense(4 * width, width)
    g.then("Add", tokens, None)
    g.norm(width)
    g.then("Reshape", None, g.constant([0, 49 * width], np.int64))
    g.dense(49 * width, DIMS, output="z")
    return g.save("transformer")


answers = {make.__name__: make() for make in (convolutions, transformer)}
(FIXTURES / "encoders.json").write_text(json.dumps(answers) + "\n")
