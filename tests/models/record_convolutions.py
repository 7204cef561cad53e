"""An encoder of 28 x 28 pixels by two convolutions and a dense layer, with weights drawn at random: layers of our own
cover it, ONNX Runtime Web runs it in a page, and what it computes is easily counted."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shared import FIXTURES

ROOM = FIXTURES / "graphs"
RNG = np.random.default_rng(28)
DIMS = 12


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

    def save(self, name):
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


def convolutions():
    g = Graph(17)
    for inputs, filters in ((1, 8), (8, 16)):
        g.conv(inputs, filters, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        g.then("Relu")
    g.then("Flatten")
    weights = g.drawn(7 * 7 * 16, DIMS, fan=7 * 7 * 16)
    g.then("Gemm", None, weights, g.drawn(DIMS, fan=DIMS), output="z")
    g.save("convolutions")


convolutions()
