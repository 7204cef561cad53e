"""ONNX graphs of convolutions with what other exporters than PyTorch's write, and what ONNX Runtime makes
of some images: padding by name, sizes for shapes, shapes that are computed, channels that change places.

Rows have the channels of a pixel side by side; latents that are feature maps are recorded channel by
channel."""

import numpy as np
import onnx
import onnx.helper
import onnxruntime
from onnx import TensorProto, numpy_helper

from shared import FIXTURES, record, write

ROOM = FIXTURES / "onnx-conv"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(18)
IMAGES = RNG.random((3, 60), dtype=np.float32)


class Model:
    """A graph that grows step by step."""

    def __init__(self):
        self.nodes, self.weights, self.last = [], [], "images"

    def constant(self, values, dtype=np.float32):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def whole(self, *values):
        return self.constant(values, np.int64)

    def drawn(self, *shape):
        fan = np.prod(shape[1:]) if len(shape) > 1 else 9
        return self.constant(RNG.normal(0, 1 / np.sqrt(fan), shape))

    def then(self, operation, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        given = [self.last if one is None else one for one in inputs]
        self.nodes.append(onnx.helper.make_node(operation, given, [output], **attributes))
        self.last = output
        return output

    def convolution(self, filters, inputs, *window, bias=True, **attributes):
        given = [self.drawn(filters, inputs, *window)] + ([self.drawn(filters)] if bias else [])
        return self.then("Conv", None, *given, **attributes)

    def save(self, name, latents, shape, opset=17, both=True, maps=False, **more):
        info = onnx.helper.make_tensor_value_info
        drawn = self.last
        images = IMAGES.reshape(-1, 6, 5, 2)
        images = np.ascontiguousarray(np.moveaxis(images, -1, 1) if shape[0] == 2 else images)
        outputs = [drawn, latents]

        def model(outputs):
            graph = onnx.helper.make_graph(
                self.nodes,
                "g",
                [info("images", TensorProto.FLOAT, ["n", *shape])],
                [info(output, TensorProto.FLOAT, None) for output in outputs],
                self.weights,
            )
            opsets = [onnx.helper.make_opsetid("", opset)]
            return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)

        onnx.save(model(outputs if both else outputs[:1]), ROOM / f"{name}.onnx")
        session = onnxruntime.InferenceSession(model(outputs).SerializeToString())
        made, found = session.run(None, {"images": images})
        made = made.reshape(-1, *shape)
        made = np.moveaxis(made, 1, -1) if shape[0] == 2 else made
        found = np.moveaxis(found, -1, 1) if maps else found
        record(f"onnx-conv {name}", [f"onnx-conv/{name}.onnx"], found, made, **more)


def by_name():
    """Padding by name at odd sizes, what is enlarged by sizes, a mean over the image."""
    model = Model()
    model.convolution(4, 2, 3, 2, auto_pad="SAME_UPPER", strides=[2, 2])
    model.then("Relu", None)
    model.convolution(4, 1, 2, 2, auto_pad="SAME_LOWER", group=4, bias=False)
    model.then("Add", None, model.drawn(1, 4, 1, 1))
    model.then("InstanceNormalization", model.then("Reshape", None, model.whole(0, 1, -1)),
               model.constant([1.5]), model.constant([-0.25]), epsilon=1e-3)
    model.then("Reshape", None, model.whole(-1, 4, 3, 3))
    model.then("Mul", None, model.drawn(4, 1, 1))
    model.then("ReduceMean", None, axes=[2, 3], keepdims=0)
    latents = model.then("Gemm", None, model.drawn(3, 4), model.drawn(3), transB=1)
    model.then("MatMul", None, model.drawn(3, 12))
    model.then("Softplus", None)
    maps = model.then("Reshape", None, model.whole(0, 3, 2, 2))
    shape = model.then("Shape", None)
    sizes = model.then("Concat", model.then("Slice", shape, model.whole(0), model.whole(2)),
                       model.whole(4, 6), axis=0)
    model.then("Resize", maps, "", "", sizes, mode="nearest", nearest_mode="floor",
               coordinate_transformation_mode="asymmetric")
    model.then("ConvTranspose", None, model.drawn(3, 4, 3, 3), strides=[1, 1], auto_pad="SAME_UPPER")
    model.then("Clip", None, model.constant(-1.0), model.constant(1.0))
    model.then("ConvTranspose", None, model.drawn(4, 2, 3, 2), model.drawn(2), strides=[1, 1],
               output_shape=[6, 5], auto_pad="SAME_LOWER")
    model.save("by-name", latents, (2, 6, 5))


def turned():
    """Channels last, turned around every convolution, as TensorFlow's models are exported."""
    model = Model()
    first, last = [0, 3, 1, 2], [0, 2, 3, 1]
    model.then("Mul", None, model.constant(2.0))
    model.then("Sub", None, model.constant([1.0, 1.0]))
    model.then("Transpose", None, perm=first)
    model.convolution(4, 2, 3, 3, pads=[0, 0, 1, 1], strides=[2, 2])
    model.then("Transpose", None, perm=last)
    model.then("Add", None, model.drawn(4))
    model.then("Relu", None)
    model.then("Transpose", None, perm=first)
    model.then("MaxPool", None, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    model.then("Transpose", None, perm=last)
    model.then("Softmax", None, axis=-1)
    latents = model.last
    model.then("Transpose", None, perm=first)
    model.then("ConvTranspose", None, model.drawn(4, 3, 2, 2), strides=[2, 2])
    model.then("Transpose", None, perm=last)
    model.then("PRelu", None, model.constant(RNG.uniform(0.1, 0.9, (1, 1, 3))))
    model.then("LayerNormalization", None, model.drawn(3), model.drawn(3), axis=-1)
    model.then("MatMul", None, model.drawn(3, 4))
    model.then("Transpose", None, perm=first)
    model.then("Resize", None, "", model.constant([1, 1, 2, 2]), mode="linear",
               coordinate_transformation_mode="half_pixel")
    model.then("Pad", None, model.whole(0, 0, -1, 0, 0, 0, -1, 1))
    model.convolution(2, 4, 1, 1)
    model.then("Sigmoid", None)
    model.then("Transpose", None, perm=last)
    model.save("turned", latents, (6, 5, 2), maps=True, stored=False)


def flat():
    """Latents that are flattened maps, by number of axes, and softmax as it was."""
    model = Model()
    model.convolution(2, 2, 4, 3, strides=[2, 2])
    model.then("Softmax", model.then("Flatten", None))
    latents = model.last
    model.then("Unsqueeze", model.then("Unsqueeze", None, axes=[2]), axes=[3])
    model.then("ConvTranspose", None, model.drawn(8, 3, 2, 3), pads=[0, 0, 0, 0])
    model.then("Squeeze", model.then("Reshape", None, model.whole(-1, 18, 1)), axes=[2])
    model.then("Gemm", None, model.drawn(18, 60), model.drawn(60))
    model.save("flat", latents, (2, 6, 5), opset=11)


for step in (by_name, turned, flat):
    step()
write("onnx-conv.json", onnx, onnxruntime, images=IMAGES)
