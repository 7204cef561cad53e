"""ONNX graphs of variational models, standardising steps and activations, in the forms of several
exporters, with what ONNX Runtime makes of some images."""

import numpy as np
import onnx
import onnx.helper
import onnxruntime
from onnx import TensorProto, numpy_helper

from shared import FIXTURES, IMAGES, PIXELS, numbers, record, write

ROOM = FIXTURES / "onnx-more"
ROOM.mkdir()
RNG = np.random.default_rng(9)
BYTES = np.round(IMAGES * 255).astype(np.float32)
node = onnx.helper.make_node


class Model:
    """A graph that grows step by step."""

    def __init__(self):
        self.nodes, self.weights, self.last = [], [], "images"

    def constant(self, name, values, dtype=np.float32):
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def then(self, operation, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(node(operation, [i or self.last for i in inputs], [output], **attributes))
        self.last = output
        return output

    def dense(self, name, inputs, outputs, source=None, output=None):
        weight = self.constant(f"{name}.weight", RNG.normal(0, 0.5, (outputs, inputs)))
        bias = self.constant(f"{name}.bias", RNG.normal(0, 0.3, outputs))
        return self.then("Gemm", source, weight, bias, output=output, transB=1)

    def save(self, name, outputs, latents, opset=17, images=IMAGES, feeds=(), zeros=(), **more):
        """`zeros`: what is drawn at random, taken as 0 for the answer."""
        info = onnx.helper.make_tensor_value_info
        inputs = [info("images", TensorProto.FLOAT, ["n", PIXELS])]
        inputs += [info(feed, TensorProto.FLOAT, ["n", 2]) for feed in feeds]

        def model(nodes, outputs):
            given = [info(output, TensorProto.FLOAT, None) for output in outputs]
            graph = onnx.helper.make_graph(nodes, "g", inputs, given, self.weights)
            opsets = [onnx.helper.make_opsetid("", opset)]
            return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)

        onnx.save(model(self.nodes, outputs), ROOM / f"{name}.onnx")
        calm = []
        for step in self.nodes:
            if step.output[0] in zeros:
                step = node("Sub", [step.input[0], step.input[0]], step.output)
            calm.append(step)
        session = onnxruntime.InferenceSession(model(calm, [latents, self.drawn]).SerializeToString())
        given = {feed: np.zeros((len(images), 2), np.float32) for feed in feeds}
        found, drawn = session.run(None, {"images": images, **given})
        if images is not IMAGES:
            more["images"] = numbers(images)
        record(f"onnx-more {name}", [f"onnx-more/{name}.onnx"], found, drawn, **more)

    def decoder(self, source, units=5):
        self.dense("decoder.0", 2, units, source)
        self.then("Relu", None)
        self.dense("decoder.2", units, PIXELS)
        self.drawn = self.then("Sigmoid", None, output="drawn")


def encoder(model, names=("one", "other")):
    """Two heads, the spread first."""
    hidden = model.then("Relu", model.dense("encoder.0", PIXELS, 5))
    spread = model.dense(names[1], 5, 2, hidden, output=names[1])
    return model.dense(names[0], 5, 2, hidden, output=names[0]), spread


def sampled():
    """By what is done with the heads, which have no names that tell."""
    model = Model()
    mean, spread = encoder(model)
    deviation = model.then("Exp", model.then("Mul", spread, model.constant("half", 0.5)))
    noise = model.then("RandomNormalLike", deviation, output="noise")
    model.decoder(model.then("Add", model.then("Mul", noise, deviation), mean))
    model.save("sampled", ["drawn", "other", "one"], mean, zeros=["noise"])


def softplus_and_noise_from_outside():
    model = Model()
    mean, spread = encoder(model)
    model.decoder(model.then("Add", mean, model.then("Mul", "eps", model.then("Softplus", spread))))
    model.save("outside-noise", ["drawn"], mean, feeds=["eps"])


def evaluated():
    model = Model()
    mean, _ = encoder(model, ("fc_mu", "fc_logvar"))
    model.decoder(mean)
    model.save("evaluated", ["fc_logvar", "fc_mu", "drawn"], mean, opset=9)


def standardised(name, steps, images, **more):
    model = Model()
    for operation, value in steps:
        model.then(operation, None, model.constant(f"{operation}_{name}", value))
    latents = model.dense("encoder.0", PIXELS, 2)
    model.decoder(latents)
    model.save(name, ["drawn"], latents, images=images, **more)


def normalised():
    model = Model()
    wide = [model.constant(name, values) for name, values in [
        ("gamma", RNG.uniform(0.5, 1.5, PIXELS)), ("beta", RNG.normal(0, 0.2, PIXELS)),
        ("mean", BYTES.mean(0)), ("variance", BYTES.var(0)),
    ]]
    model.then("BatchNormalization", None, *wide)
    latents = model.dense("encoder.0", PIXELS, 2)
    model.decoder(latents)
    model.save("normalised", ["drawn"], latents, images=BYTES, stored=True)


def activations():
    model = Model()
    number = lambda name, value: model.constant(name, value)
    # A shape that is computed, as view(x.size(0), -1) is exported.
    rows = model.then("Gather", model.then("Shape", "images"), model.constant("first", 0, np.int64))
    rows = model.then("Unsqueeze", rows, model.constant("axis", [0], np.int64))
    shape = model.then("Concat", rows, model.constant("rest", [-1], np.int64), axis=0)
    model.then("Reshape", "images", shape)
    x = model.dense("a", PIXELS, 6)
    error = model.then("Erf", model.then("Div", x, number("root", np.sqrt(2))))
    both = model.then("Add", error, number("one", 1))
    model.then("Mul", model.then("Mul", x, both), number("half", 0.5))
    model.dense("b", 6, 6)
    model.then("Clip", None, number("zero", 0), number("six", 0.75))
    model.dense("c", 6, 6)
    model.then("PRelu", None, model.constant("slopes", RNG.uniform(0.1, 0.9, 6)))
    model.dense("d", 6, 4)
    model.then("Selu", None, alpha=1.2, gamma=1.5)
    x = model.dense("e", 4, 4)
    cube = model.then("Pow", x, number("three", 3))
    inner = model.then("Add", x, model.then("Mul", cube, number("part", 0.044715)))
    tanh = model.then("Tanh", model.then("Mul", inner, number("root2", np.sqrt(2 / np.pi))))
    half = model.then("Mul", x, number("half2", 0.5))
    model.then("Mul", half, model.then("Add", tanh, number("one2", 1)))
    latents = model.dense("f", 4, 2, output="latents")
    x = model.dense("g", 2, 5)
    gate = model.then("Sigmoid", model.then("Mul", x, number("quick", 1.702)))
    model.then("Mul", gate, x)
    model.dense("h", 5, 5)
    model.then("HardSigmoid", None, alpha=0.3, beta=0.4)
    model.dense("i", 5, 5)
    model.then("ThresholdedRelu", None, alpha=0.2)
    model.dense("j", 5, 5)
    model.then("Celu", None, alpha=0.7)
    model.dense("k", 5, 5)
    model.then("Clip", None, number("low", -0.4), number("high", 0.4))
    x = model.dense("l", 5, 5)
    positive = model.then("Greater", x, number("nought", 0))
    model.then("Where", positive, x, model.then("Mul", x, number("leak", 0.3)))
    model.drawn = model.dense("m", 5, PIXELS, output="drawn")
    model.save("activations", ["drawn", "latents"], latents)


sampled()
softplus_and_noise_from_outside()
evaluated()
standardised("standardised", [("Sub", 0.1307), ("Div", 0.3081)], IMAGES, stored=False)
standardised("bytes", [("Mul", 1 / 127.5), ("Add", -1.0)], BYTES, stored=True)
normalised()
activations()
write("onnx-more.json", onnx, onnxruntime)
