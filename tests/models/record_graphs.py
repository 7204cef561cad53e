"""ONNX graphs that no line of layers is, and what ONNX Runtime makes of some images in them; of two of them V, S
and IE as the method's book defines them, over all shuffles, by a loop that asks ONNX Runtime for every changed image.

Rows have the channels of a pixel side by side; latents that are feature maps are recorded channel by channel."""

import json
import sys

import numpy as np
import onnx
import onnx.helper
import onnxruntime
from onnx import TensorProto, numpy_helper

from shared import FIXTURES

ROOM = FIXTURES / "graphs"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(27)
HEIGHT, WIDTH, CHANNELS = 6, 6, 2
SIZE = HEIGHT * WIDTH * CHANNELS
IMAGES = np.round(RNG.random((8, SIZE)), 3).astype(np.float32)
# So many of the images have their answers recorded.
SHOWN = 3
ANSWERS = []


class Graph:
    """A graph that grows step by step."""

    def __init__(self, opset, half=False):
        self.nodes, self.weights, self.last, self.opset = [], [], "images", opset
        self.type = np.float16 if half else np.float32

    def constant(self, values, dtype=None):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype or self.type), name))
        return name

    def whole(self, *values):
        return self.constant(values, np.int64)

    def drawn(self, *shape):
        fan = np.prod(shape[1:]) if len(shape) > 1 else 9
        return self.constant(RNG.normal(0, 1 / np.sqrt(fan), shape))

    def then(self, operation, *inputs, output=None, outputs=None, **attributes):
        outputs = outputs or [output or f"v{len(self.nodes)}"]
        given = [self.last if one is None else one for one in inputs] or [self.last]
        self.nodes.append(onnx.helper.make_node(operation, given, outputs, **attributes))
        self.last = outputs[0]
        return self.last

    def conv(self, inputs, filters, size=3, **attributes):
        groups = attributes.get("group", 1)
        attributes.setdefault("pads", [size // 2] * 4)
        return self.then(
            "Conv", None, self.drawn(filters, inputs // groups, size, size), self.drawn(filters), **attributes
        )

    def up(self, inputs, filters, size=2, stride=2, group=1, **attributes):
        weights = self.drawn(inputs, filters // group, size, size)
        return self.then(
            "ConvTranspose",
            None,
            weights,
            self.drawn(filters),
            kernel_shape=[size, size],
            strides=[stride, stride],
            group=group,
            **attributes,
        )

    def dense(self, inputs, outputs, output=None):
        weights = self.constant(RNG.normal(0, 1 / np.sqrt(inputs), (inputs, outputs)))
        return self.then("Gemm", None, weights, self.drawn(outputs), output=output)

    def reshape(self, *shape):
        return self.then("Reshape", None, self.whole(*shape))

    def mean(self, *axes, keep=1):
        if self.opset >= 18:
            return self.then("ReduceMean", None, self.whole(*axes), keepdims=keep)
        return self.then("ReduceMean", axes=list(axes), keepdims=keep)

    def draw(self, latents=3, inner="Relu"):
        """A decoder of the usual kind."""
        self.dense(latents, 36)
        self.then(inner)
        self.reshape(-1, 4, 3, 3)
        self.up(4, CHANNELS)
        self.then("Sigmoid")

    def save(self, name, latents, shape=("N", CHANNELS, HEIGHT, WIDTH), also=(), recon=True, input_type=None, **more):
        """`shape` is what goes in, `latents` the tensor that holds the latents, `also` other outputs of the file."""
        drawn = self.last if recon else None
        kind = TensorProto.FLOAT
        batch = shape[0] if isinstance(shape[0], int) else None

        def model(outputs):
            graph = onnx.helper.make_graph(
                self.nodes,
                "g",
                [onnx.helper.make_tensor_value_info("images", kind, shape)],
                [onnx.helper.make_tensor_value_info(of, kind, None) for of in outputs],
                self.weights,
            )
            made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", self.opset)])
            made.ir_version = min(made.ir_version, 10)
            return made

        own = [one for one in [drawn, *also] if one] or [latents]
        made = model(own)
        file = f"{name}.onnx"
        (ROOM / file).write_bytes(made.SerializeToString())
        asked = [latents] + ([drawn] if drawn else [])
        session = onnxruntime.InferenceSession(
            model(list(dict.fromkeys(asked))).SerializeToString(), providers=["CPUExecutionProvider"]
        )
        one_by_one = more.pop("one_by_one", False)
        last = len(shape) == 4 and shape[-1] == CHANNELS

        def run(rows):
            rows = np.asarray(rows, dtype=np.float32)
            if len(shape) == 4:
                rows = rows.reshape(-1, HEIGHT, WIDTH, CHANNELS)
                rows = rows if last else np.moveaxis(rows, -1, 1)
            step = 1 if one_by_one else batch or len(rows)
            found = []
            for at in range(0, len(rows), step):
                part = rows[at : at + step]
                count = len(part)
                if batch:
                    part = np.concatenate([part, np.repeat(part[-1:], batch - count, axis=0)])
                out = session.run(asked, {"images": np.ascontiguousarray(part)})
                found.append([one[:count] for one in out])
            parts = [np.concatenate(one) for one in zip(*found)]
            made = parts[1] if drawn else None
            if made is not None:
                if made.ndim == 4 and not last:
                    made = np.moveaxis(made, 1, -1)
                made = made.reshape(len(made), -1)
            return parts[0].reshape(len(parts[0]), -1), made

        z, made = run(IMAGES[:SHOWN])
        if more.get("changed") is not None:
            # What goes round the latents is of the image as it was.
            inputs = [("images", shape), (latents, [None] * 4)]
            graph = onnx.helper.make_graph(
                [node for node in self.nodes if latents not in node.output],
                "g",
                [onnx.helper.make_tensor_value_info(of, kind, axes) for of, axes in inputs],
                [onnx.helper.make_tensor_value_info(drawn, kind, None)],
                self.weights,
            )
            changed = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", self.opset)])
            changed.ir_version = 10
            changed = onnxruntime.InferenceSession(changed.SerializeToString(), providers=["CPUExecutionProvider"])
            moved = z.copy()
            moved[:, more["changed"]] = np.roll(z[:, more["changed"]], 1)
            rows = np.ascontiguousarray(np.moveaxis(IMAGES[:SHOWN].reshape(-1, HEIGHT, WIDTH, CHANNELS), -1, 1))
            out = changed.run(None, {"images": rows, latents: moved.reshape(-1, 1, 3, 3)})[0]
            more["after"] = numbers(np.moveaxis(out, 1, -1).reshape(SHOWN, -1))
        ANSWERS.append(
            {
                "name": name,
                "opset": self.opset,
                "bottleneck": latents,
                **more,
                "latents": numbers(z),
                "reconstructions": None if made is None else numbers(made),
            }
        )
        return run


def numbers(rows):
    return [[float(f"{value:.5g}") for value in row] for row in np.asarray(rows, dtype=np.float64)]


def resnet():
    g = Graph(13)
    g.conv(2, 4)
    g.then("Relu")
    for _ in range(2):
        before = g.last
        g.conv(4, 4)
        g.then("Relu")
        g.conv(4, 4)
        g.then("Add", None, before)
        g.then("Relu")
    g.then("GlobalAveragePool")
    g.then("Flatten")
    g.dense(4, 3, output="z")
    g.draw()
    return g.save("resnet", "z")


def unet():
    g = Graph(17)
    g.conv(2, 3)
    skip = g.then("Relu")
    g.then("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    g.conv(3, 2)
    g.then("Elu")
    g.conv(2, 1)
    g.then("Tanh", output="bottom")
    g.up(1, 3)
    g.then("Concat", None, skip, axis=1)
    g.conv(6, 2)
    g.then("Sigmoid")
    g.save("unet", "bottom", part="encoder", changed=4)


def attention():
    g = Graph(17)
    g.reshape(0, 2, 36)
    tokens = g.then("Transpose", perm=[0, 2, 1])
    made = [g.then("MatMul", tokens, g.drawn(2, 4)) for _ in range(3)]
    turned = g.then("Transpose", made[1], perm=[0, 2, 1])
    g.then("MatMul", made[0], turned)
    g.then("Mul", None, g.constant(0.5))
    g.then("Softmax", axis=-1)
    g.then("MatMul", None, made[2])
    g.then("LayerNormalization", None, g.drawn(4), g.drawn(4), axis=-1)
    g.then("Flatten")
    g.dense(144, 3, output="z")
    g.draw()
    return g.save("attention", "z")


def layer_norm():
    # Before there was an operation for it.
    g = Graph(16)
    g.then("Flatten")
    g.dense(SIZE, 12)
    before = g.last
    g.mean(-1)
    centred = g.then("Sub", before, None)
    g.then("Pow", None, g.constant(2.0))
    g.mean(-1)
    g.then("Add", None, g.constant(1e-5))
    g.then("Sqrt")
    g.then("Div", centred, None)
    g.then("Mul", None, g.drawn(12))
    before = g.then("Add", None, g.drawn(12))
    g.then("Div", None, g.constant(np.sqrt(2)))
    g.then("Erf")
    g.then("Add", None, g.constant(1.0))
    g.then("Mul", None, before)
    g.then("Mul", None, g.constant(0.5))
    g.dense(12, 3, output="z")
    g.draw()
    g.save("layer-norm", "z")


def gelu():
    g = Graph(20)
    g.conv(2, 3, strides=[2, 2])
    g.then("Gelu", approximate="tanh")
    g.then("Flatten")
    g.dense(27, 4, output="z")
    g.dense(4, 36)
    g.then("Gelu")
    g.reshape(-1, 4, 3, 3)
    g.up(4, 2)
    g.save("gelu", "z")


def resize():
    g = Graph(13)
    g.conv(2, 2, strides=[2, 2])
    g.then("Elu")
    g.then("Flatten")
    g.dense(18, 3, output="z")
    g.dense(3, 18)
    g.reshape(-1, 2, 3, 3)
    g.then("Resize", None, "", g.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric")
    g.conv(2, 2)
    g.save("resize", "z")


def resize_linear():
    g = Graph(18)
    g.then("Resize", None, "", g.constant([1.0, 1.0, 0.5, 0.5]), mode="linear")
    g.then("Flatten")
    g.dense(18, 2, output="z")
    g.dense(2, 18)
    g.reshape(-1, 2, 3, 3)
    scales = g.constant([1.0, 1.0, 2.0, 2.0])
    g.then("Resize", None, "", scales, mode="linear", coordinate_transformation_mode="align_corners")
    g.conv(2, 2)
    g.save("resize-linear", "z")


def conv_transpose():
    g = Graph(11)
    g.conv(2, 4, strides=[2, 2])
    g.then("LeakyRelu", alpha=0.2)
    g.then("Flatten")
    g.dense(36, 3, output="z")
    g.dense(3, 36)
    g.reshape(-1, 4, 3, 3)
    g.up(4, 4, size=3, group=2, pads=[1, 1, 1, 1], output_padding=[1, 1])
    g.then("Relu")
    g.up(4, 2, size=3, stride=1, pads=[1, 1, 1, 1])
    g.then("Sigmoid")
    g.save("conv-transpose", "z")


def groups():
    g = Graph(9)
    g.conv(2, 4, group=2)
    g.then("PRelu", None, g.drawn(4, 1, 1))
    g.conv(4, 4, group=4, strides=[2, 2])
    g.then("Relu")
    g.then("Flatten")
    g.dense(36, 3, output="z")
    g.draw()
    g.save("groups", "z")


def dilations():
    g = Graph(12)
    g.conv(2, 3, dilations=[2, 2], pads=[2, 2, 2, 2])
    g.then("Relu")
    one = g.then("AveragePool", kernel_shape=[2, 2], strides=[2, 2])
    g.then("MaxPool", "v1", kernel_shape=[2, 2], strides=[2, 2])
    g.then("Add", None, one)
    g.then("Flatten")
    g.dense(27, 3, output="z")
    g.draw(inner="Tanh")
    g.save("dilations", "z")


def softplus():
    g = Graph(15)
    g.then("Flatten")
    g.dense(SIZE, 10)
    g.then("Softplus")
    g.dense(10, 3)
    g.then("Softsign", output="z")
    g.draw(inner="Softplus")
    g.save("softplus", "z")


def split_concat():
    g = Graph(13)
    g.conv(2, 4)
    parts = ["a", "b"]
    g.then("Split", None, g.whole(2, 2), outputs=parts, axis=1)
    gate = g.then("Sigmoid", "a")
    gated = g.then("Mul", "b", gate)
    g.then("Concat", gated, "a", axis=1)
    g.then("Slice", None, g.whole(0, 0), g.whole(5, 9223372036854775807), g.whole(2, 3), g.whole(2, 2))
    g.then("Flatten")
    g.dense(36, 3, output="z")
    g.draw()
    g.save("split-concat", "z")


def split_old():
    g = Graph(11)
    g.conv(2, 4)
    g.then("Split", None, outputs=["a", "b"], axis=1, split=[1, 3])
    g.then("Pad", "b", g.whole(0, 0, 1, 1, 0, 0, 1, 1), g.constant(0.5), mode="constant")
    g.conv(3, 2, size=3, strides=[2, 2], pads=[0, 0, 0, 0])
    pooled = g.last
    g.then("AveragePool", "a", kernel_shape=[2, 2], strides=[2, 2])
    g.then("Concat", pooled, None, axis=1)
    g.then("Flatten")
    g.dense(27, 2, output="z")
    g.draw(2)
    g.save("split-old", "z")


def dynamic():
    g = Graph(16)
    g.conv(2, 3, strides=[2, 2])
    g.then("Relu")
    before = g.last
    g.then("Shape")
    count = g.then("Gather", None, g.constant(0, np.int64), axis=0)
    count = g.then("Unsqueeze", count, g.whole(0))
    shape = g.then("Concat", count, g.whole(-1), axis=0)
    g.then("Reshape", before, shape)
    g.dense(27, 3, output="z")
    g.dense(3, 36)
    shape = g.then("Concat", count, g.whole(4, 3, 3), axis=0)
    g.then("Reshape", g.nodes[-2].output[0], shape)
    g.up(4, 2)
    g.then("Sigmoid")
    g.save("dynamic", "z", ("N", 2, "H", "W"))


def half():
    g = Graph(17, half=True)
    g.then("Cast", to=TensorProto.FLOAT16)
    g.conv(2, 3, strides=[2, 2])
    g.then("Relu")
    g.then("Flatten")
    g.dense(27, 3)
    g.then("Cast", to=TensorProto.FLOAT, output="z")
    # Only what is stored is of half precision.
    weights = g.drawn(3, SIZE)
    weights = g.then("Cast", weights, to=TensorProto.FLOAT)
    g.then("MatMul", "z", weights)
    g.then("Sigmoid")
    g.reshape(-1, 2, 6, 6)
    g.save("half", "z", tolerance=2e-3)


def half_weights():
    g = Graph(14, half=True)
    weights = g.then("Cast", g.drawn(3, 2, 3, 3), to=TensorProto.FLOAT)
    g.then("Conv", "images", weights, strides=[2, 2], pads=[1, 1, 1, 1])
    g.then("Relu")
    g.then("Flatten")
    weights = g.then("Cast", g.drawn(27, 3), to=TensorProto.FLOAT)
    g.then("MatMul", "v3", weights, output="z")
    weights = g.then("Cast", g.drawn(3, SIZE), to=TensorProto.FLOAT)
    g.then("MatMul", "z", weights)
    g.reshape(-1, 2, 6, 6)
    g.save("half-weights", "z")


def opset_9():
    g = Graph(9)
    g.conv(2, 3, strides=[2, 2])
    g.then("BatchNormalization", None, g.drawn(3), g.drawn(3), g.drawn(3), g.constant([0.5, 1.0, 2.0]))
    g.then("Clip", min=0.0, max=6.0)
    g.then("Dropout", ratio=0.5)
    g.then("Flatten")
    g.dense(27, 3, output="z")
    g.dense(3, 18)
    g.reshape(-1, 2, 3, 3)
    g.then("Upsample", None, g.constant([1.0, 1.0, 2.0, 2.0]), mode="nearest")
    g.conv(2, 2)
    g.save("opset-9", "z")


def opset_22():
    g = Graph(22)
    g.conv(2, 4)
    # Normalisation of groups, as it was written before it was an operation.
    g.reshape(0, 2, -1)
    g.then("InstanceNormalization", None, g.constant([1.0, 1.0]), g.constant([0.0, 0.0]))
    g.reshape(-1, 4, 6, 6)
    g.then("HardSwish")
    g.mean(2, keep=0)
    g.then("Flatten")
    g.dense(24, 3, output="z")
    g.draw()
    g.save("opset-22", "z")


def channels_last():
    g = Graph(18)
    g.then("Transpose", perm=[0, 3, 1, 2])
    g.conv(2, 3, strides=[2, 2])
    g.then("Relu")
    g.then("Transpose", perm=[0, 2, 3, 1])
    g.then("Flatten")
    g.dense(27, 3, output="z")
    g.dense(3, SIZE)
    g.then("Sigmoid")
    g.reshape(-1, 6, 6, 2)
    g.save("channels-last", "z", ("N", 6, 6, 2))


def flat():
    g = Graph(14)
    g.dense(SIZE, 12)
    g.then("Sin")
    g.then("Einsum", None, g.drawn(3, 12), equation="ni,ji->nj", output="z")
    g.dense(3, SIZE)
    g.then("Softmax", axis=-1)
    g.save("flat", "z", ("N", SIZE))


def fixed_batch():
    g = Graph(17)
    g.conv(2, 3, strides=[2, 2])
    g.then("Gelu" if g.opset >= 20 else "HardSigmoid")
    g.reshape(4, 27)
    g.dense(27, 3, output="z")
    g.dense(3, SIZE)
    g.reshape(4, 2, 6, 6)
    g.save("fixed-batch", "z", (4, 2, 6, 6))


def one_image():
    # It says that it takes any number of images, and does not.
    g = Graph(17)
    g.conv(2, 3, strides=[2, 2])
    g.then("Elu")
    g.reshape(1, 27)
    g.dense(27, 3, output="z")
    g.dense(3, SIZE)
    g.reshape(1, 2, 6, 6)
    g.save("one-image", "z", one_by_one=True)


def outputs():
    g = Graph(19)
    g.conv(2, 3, strides=[2, 2])
    g.then("Relu")
    g.then("Flatten")
    hidden = g.last
    g.dense(27, 3)
    g.then("Identity", output="mean")
    g.last = hidden
    g.dense(27, 3, output="log_variance")
    g.last = "mean"
    g.draw()
    g.save("outputs", "mean", also=["mean", "log_variance"])


def spatial():
    g = Graph(21)
    g.conv(2, 3, strides=[2, 2])
    g.then("Relu")
    g.conv(3, 2, size=1)
    g.then("Tanh", output="maps")
    g.up(2, 3)
    g.then("Relu")
    g.conv(3, 2)
    g.then("Sigmoid")
    g.save("spatial", "maps")


def encoder():
    g = Graph(17)
    g.conv(2, 3)
    g.then("HardSwish")
    g.then("GlobalAveragePool")
    g.then("Flatten")
    g.dense(3, 2, output="z")
    g.save("encoder", "z", recon=False, part="encoder")


def literal(name, run):
    """V, S and IE over all shuffles, by their definitions."""
    x = IMAGES.astype(np.float64)
    count, pixels = len(x), HEIGHT * WIDTH
    z, _ = run(IMAGES)
    z = z.astype(np.float64)
    v = np.zeros((pixels, z.shape[1]))
    slope = np.zeros_like(v)
    for pixel in range(pixels):
        columns = slice(pixel * CHANNELS, (pixel + 1) * CHANNELS)
        changed = np.repeat(IMAGES[None], count, axis=0)
        for source in range(count):
            changed[source, :, columns] = IMAGES[source, columns]
        after, _ = run(changed.reshape(-1, SIZE))
        v[pixel] = ((after.reshape(count, count, -1) - z[None]) ** 2).mean(axis=(0, 1))
        bright = x[:, columns].mean(axis=1)
        bright = bright - bright.mean()
        slope[pixel] = bright @ (z - z.mean(axis=0)) / (bright**2).sum()
    ie = []
    for members in (range(0, 4), range(4, 8)):
        own = z[list(members)].astype(np.float32)
        decode = DECODERS[name]
        before = decode(own)
        row = []
        for dim in range(own.shape[1]):
            total = 0.0
            for source in range(len(own)):
                moved = own.copy()
                moved[:, dim] = own[source, dim]
                total += ((decode(moved) - before) ** 2).mean()
            row.append(total / len(own))
        ie.append(row)
    return {"name": name, "v": numbers(v), "slope": numbers(slope), "ie": numbers(ie)}


def decoder_of(name):
    """The same file from its latents on."""
    model = onnx.load(ROOM / f"{name}.onnx")
    nodes = list(model.graph.node)
    after = next(at for at, node in enumerate(nodes) if "z" in node.output) + 1
    del model.graph.node[:after]
    latents = onnx.helper.make_tensor_value_info("z", TensorProto.FLOAT, ("N", 3))
    del model.graph.input[:]
    model.graph.input.append(latents)
    (ROOM / f"{name}-decoder.onnx").write_bytes(model.SerializeToString())
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def run(rows):
        made = session.run(None, {"z": np.asarray(rows, dtype=np.float32)})[0]
        return np.float64(made).reshape(len(rows), -1)

    return run


runs = {"resnet": resnet(), "attention": attention()}
for make in (
    unet, layer_norm, gelu, resize, resize_linear, conv_transpose, groups, dilations, softplus, split_concat, split_old,
    dynamic, half, half_weights, opset_9, opset_22, channels_last, flat, fixed_batch, one_image, outputs, spatial, encoder,
):  # fmt: skip
    make()
DECODERS = {name: decoder_of(name) for name in runs}
content = {
    "versions": {
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
    },
    "images": numbers(IMAGES),
    "graphs": ANSWERS,
}
(FIXTURES / "graphs.json").write_text(json.dumps(content) + "\n")
content = {"graphs": [literal(name, run) for name, run in runs.items()]}
(FIXTURES / "graphs-literal.json").write_text(json.dumps(content) + "\n")
