"""An ONNX file of operations that exporters other than PyTorch's write, and what ONNX Runtime
makes of some images."""

import numpy as np
import onnx
import onnx.helper
import onnxruntime
from onnx import TensorProto, numpy_helper

from shared import FIXTURES, IMAGES, PIXELS, RNG, record, write


def record_onnx():
    room = FIXTURES / "onnx"
    room.mkdir(exist_ok=True)

    def draw(*shape):
        return RNG.normal(0, 0.6, shape).astype(np.float32)

    def tensor(name, values):
        return numpy_helper.from_array(values, name)

    node = onnx.helper.make_node
    weights = [
        tensor("w1", draw(PIXELS, 6)),
        tensor("b1", draw(6)),
        tensor("scale", draw(6)),
        tensor("shift", draw(6)),
        tensor("mean", draw(6)),
        tensor("variance", np.abs(draw(6)) + 0.5),
        tensor("w2", draw(3, 6)),
        tensor("b2", draw(3)),
        tensor("b3", draw(6)),
        onnx.helper.make_tensor("w3", TensorProto.DOUBLE, [3, 6], draw(3, 6).ravel().astype(float)),
        onnx.helper.make_tensor("w4", TensorProto.FLOAT, [6, PIXELS], draw(6, PIXELS).ravel()),
        tensor("b4", draw(1, PIXELS)),
        tensor("shape", np.array([-1, 4, 4], dtype=np.int64)),
    ]
    nodes = [
        node("Flatten", ["image"], ["flat"], name="flatten"),
        node("MatMul", ["flat", "w1"], ["product"], name="first"),
        node("Add", ["b1", "product"], ["sums"], name="first_bias"),
        node(
            "BatchNormalization",
            ["sums", "scale", "shift", "mean", "variance"],
            ["normal"],
            name="normalise",
            epsilon=0.002,
        ),
        node("LeakyRelu", ["normal"], ["hidden"], name="leak"),
        node("Gemm", ["hidden", "w2", "b2"], ["dense"], name="second", transB=1, alpha=0.5, beta=2.0),
        node("Elu", ["dense"], ["code"], name="elu", alpha=0.6),
        node("Identity", ["code"], ["latents"], name="same"),
        node("Cast", ["w3"], ["w3_single"], name="cast", to=TensorProto.FLOAT),
        node("Gemm", ["latents", "w3_single", "b3"], ["back"], name="third"),
        node("Softplus", ["back"], ["wide"], name="softplus"),
        node("Dropout", ["wide"], ["kept"], name="dropout"),
        node("MatMul", ["kept", "w4"], ["logits"], name="fourth"),
        node("Add", ["logits", "b4"], ["biased"], name="fourth_bias"),
        node("Sigmoid", ["biased"], ["drawn"], name="sigmoid"),
        node("Reshape", ["drawn", "shape"], ["reconstruction"], name="reshape"),
    ]
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "autoencoder",
        [value("image", TensorProto.FLOAT, ["n", 4, 4])],
        [
            value("reconstruction", TensorProto.FLOAT, ["n", 4, 4]),
            value("latents", TensorProto.FLOAT, ["n", 3]),
        ],
        weights,
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    )
    onnx.checker.check_model(model)
    path = room / "handmade.onnx"
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(path)
    drawn, latents = session.run(None, {"image": IMAGES.reshape(-1, 4, 4)})
    record("onnx handmade", ["onnx/handmade.onnx"], latents, drawn)


record_onnx()
write("onnx.json", onnx, onnxruntime)
