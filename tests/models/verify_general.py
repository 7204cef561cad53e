"""Loads the files of networks of layers other than dense ones into Keras, PyTorch and ONNX Runtime, and runs
the programs for them with the weights that were saved.

    python verify_general.py keras | torch

Keras and PyTorch may be in environments of their own: each records its part, the second one joins them."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from verify_shared import WRITTEN, path, crc32

os.environ.setdefault("KERAS_BACKEND", "jax")
WITH = sys.argv[1]
SHAPES = {
    "convolutional": (7, 6, 1),
    "coloured": (5, 4, 3),
    "spatial": (8, 6, 2),
    "flattened": (4, 3, 2),
    "torchlike": (5, 5, 2),
}
answers = []


def images_of(name):
    """Rows x height x width x channels, of numbers with two digits."""
    random = np.random.default_rng(sum(name.encode()))
    return (random.integers(0, 101, (3, *SHAPES[name])) / 100).astype(np.float32)


def rows(values):
    """Rows of numbers, with seven digits."""
    values = np.asarray(values, dtype=np.float32)
    return [[float(f"{value:.7g}") for value in row.reshape(-1)] for row in values]


def record(file, images, latents, drawn):
    """What is rows x height x width x channels, and latents channel by channel."""
    answers.append(
        {
            "name": file,
            "files": [file],
            "images": rows(images),
            "latents": rows(latents),
            "reconstructions": rows(drawn),
        }
    )


def run(name, images):
    """Runs a written program on random images of this shape, in a folder of its own, and gives that."""
    folder = tempfile.TemporaryDirectory()
    many = np.random.default_rng(4).random((300, *images.shape[1:]), dtype=np.float32)
    np.save(Path(folder.name) / "images.npy", many)
    subprocess.run([sys.executable, path(name)], cwd=folder.name, check=True)
    return folder


def until_trained(name):
    """What a program defines before it trains."""
    source = path(name).read_text()
    end = source.index("optimizer = torch") if "torch" in name else source.index("autoencoder.compile")
    scope = {"__name__": "written"}
    folder = tempfile.TemporaryDirectory()
    before = os.getcwd()
    os.chdir(folder.name)
    try:
        shape = SHAPES[name.split("_")[1]]
        np.save("images.npy", np.zeros((2, *shape), dtype=np.float32))
        exec(source[:end], scope)
    finally:
        os.chdir(before)
    return scope


def with_keras():
    import keras

    for name in SHAPES:
        if name == "torchlike":
            continue
        images = images_of(name)
        model = keras.saving.load_model(path(f"{name}.keras"))
        encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
        latents = np.asarray(encoder(images, training=False))
        drawn = np.asarray(model(images, training=False))
        assert drawn.shape == images.shape, (drawn.shape, images.shape)
        assert np.allclose(drawn, np.asarray(decoder(latents, training=False)).reshape(drawn.shape))
        if latents.ndim == 4:
            latents = latents.transpose(0, 3, 1, 2)
        record(f"{name}.keras", images, latents, drawn)
        if name in ("convolutional", "coloured"):
            program = f"train_{name}_keras.py"
            own = until_trained(program)["autoencoder"]
            own.set_weights(model.get_weights())
            assert np.allclose(np.asarray(own(images, training=False)), drawn, atol=1e-6)
            with run(program, images) as folder:
                trained = keras.saving.load_model(f"{folder}/autoencoder.keras")
            assert trained.count_params() == model.count_params()
            rate, loss = {"convolutional": (1e-3, "binary_crossentropy"), "coloured": (2e-3, "mean_squared_error")}[
                name
            ]
            assert abs(trained.optimizer.get_config()["learning_rate"] - rate) < 1e-9
            assert trained.loss == loss, trained.loss
            # Three epochs of 300 images in batches of 256 or 100.
            steps = {"convolutional": 6, "coloured": 9}[name]
            assert int(np.asarray(trained.optimizer.iterations)) == steps
    return keras



def activation(torch, kind):
    nn = torch.nn
    table = {
        "relu": nn.ReLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
        "silu": nn.SiLU,
        "softplus": nn.Softplus,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "leaky-relu": lambda slope: nn.LeakyReLU(slope),
        "elu": lambda alpha: nn.ELU(alpha),
    }
    if isinstance(kind, str):
        return table[kind]()
    ((name, parameters),) = kind.items()
    return table[name](**parameters)


def modules_of(torch, forms, channels, flat):
    """The modules of a half, as a person would write them for what the metadata says; `channels` come in,
    or as many numbers where it is flat."""
    nn = torch.nn
    modules = []

    class Apart(nn.Module):
        """What has no module of its own in PyTorch."""

        def __init__(self, run, parameters=0):
            super().__init__()
            self.run = run
            if parameters:
                self.weight = nn.Parameter(torch.zeros(parameters))
                self.bias = nn.Parameter(torch.zeros(parameters))

        def forward(self, maps):
            return self.run(self, maps)

    sides = None
    for at, form in enumerate(forms):
        ((is_dense, form),) = form.items()
        if is_dense == "dense":
            if not flat:
                modules.append(nn.Flatten())
                flat = True
            modules.append(nn.LazyLinear(form["outputs"]))
            channels = form["outputs"]
        else:
            kind = form["kind"]
            name, kind = (kind, {}) if isinstance(kind, str) else next(iter(kind.items()))
            window = kind.get("window")
            if name == "reshaping":
                image = kind["to"]["image"]
                channels = image["channels"]
                modules.append(nn.Unflatten(1, (channels, image["height"], image["width"])))
                flat = False
            elif name == "reordering":
                pass  # Channels come first already.
            elif name == "convolution":
                (above, below), (left, right) = window["padding"]
                padding = (above, left)
                if (above, left) != (below, right):
                    pads = [left, right, above, below]
                    # As many on both sides stay with the convolution.
                    padding = [0 if above != below else above, 0 if left != right else left]
                    if above == below:
                        pads[2:] = [0, 0]
                    if left == right:
                        pads[:2] = [0, 0]
                    modules.append(nn.ZeroPad2d(pads))
                modules.append(
                    nn.Conv2d(
                        channels,
                        kind["filters"],
                        window["size"],
                        stride=window["stride"],
                        padding=tuple(padding),
                        dilation=window["dilation"],
                        groups=kind["groups"],
                    )
                )
                channels = kind["filters"]
            elif name == "transposed":
                padding, more, cut = [0, 0], [0, 0], [[0, 0], [0, 0]]
                for side, (before, after) in enumerate(kind["cut"]):
                    if before >= 0 and 0 <= before - after < max(kind["stride"][side], kind["dilation"][side]):
                        padding[side], more[side] = before, before - after
                    else:
                        padding[side] = min(before, after)
                        cut[side] = [padding[side] - before, padding[side] - after]
                modules.append(
                    nn.ConvTranspose2d(
                        channels,
                        kind["filters"],
                        kind["kernel"],
                        stride=kind["stride"],
                        padding=padding,
                        output_padding=more,
                        dilation=kind["dilation"],
                        groups=kind["groups"],
                    )
                )
                if cut != [[0, 0], [0, 0]]:
                    modules.append(nn.ZeroPad2d([*cut[1], *cut[0]]))
                channels = kind["filters"]
            elif name in ("max-pooling", "average-pooling"):
                (above, below), (left, right) = window["padding"]

                def pool(
                    self, maps, window=window, pads=(left, right, above, below), name=name, counts=kind.get("counts_padding")
                ):
                    F = nn.functional
                    size, stride = window["size"], window["stride"]
                    if name == "max-pooling":
                        return F.max_pool2d(F.pad(maps, pads, value=-np.inf), size, stride)
                    sums = F.avg_pool2d(F.pad(maps, pads), size, stride)
                    if counts:
                        return sums
                    return sums / F.avg_pool2d(F.pad(torch.ones_like(maps), pads), size, stride)

                modules.append(Apart(pool))
            elif name == "upsampling":
                mode = kind["interpolation"]
                more = {} if mode == "nearest" else {"align_corners": mode == "bilinear-corners"}
                mode = "nearest" if mode == "nearest" else "bilinear"
                modules.append(nn.Upsample(scale_factor=tuple(map(float, kind["factor"])), mode=mode, **more))
            elif name == "padding":
                (above, below), (left, right) = kind["margins"]
                modules.append(nn.ZeroPad2d((left, right, above, below)))
            elif name == "scaling":

                def scale(self, maps):
                    axes = (1, -1, *[1] * (maps.ndim - 2))
                    return maps * self.weight.view(axes) + self.bias.view(axes)

                modules.append(Apart(scale, channels))
            elif name == "normalisation" and kind["over"] == "row":

                def norm(self, maps, epsilon=kind["epsilon"]):
                    return nn.functional.layer_norm(maps, maps.shape[1:], self.weight, self.bias, epsilon)

                modules.append(Apart(norm, 1))
            elif name == "normalisation":

                def norm(self, maps, epsilon=kind["epsilon"]):
                    last = maps.movedim(1, -1)
                    return nn.functional.layer_norm(last, last.shape[-1:], self.weight, self.bias, epsilon).movedim(-1, 1)

                modules.append(Apart(norm, channels))
            elif name == "softmax":
                modules.append(nn.Softmax(dim=1))
            else:
                raise ValueError(name)
        if form["activation"] != "linear":
            modules.append(activation(torch, form["activation"]))
    return nn.Sequential(*modules), channels, flat


def with_torch():
    import onnx
    import onnxruntime
    import safetensors.torch
    import torch

    for name in SHAPES:
        images = images_of(name)
        maps = torch.tensor(images).permute(0, 3, 1, 2)
        file = path(f"{name}.safetensors")
        with safetensors.safe_open(file, "pt") as opened:
            described = json.loads(opened.metadata()["latent-lens"])["architecture"]
        encoder, channels, flat = modules_of(torch, described["encoder"], images.shape[3], False)
        decoder, _, _ = modules_of(torch, described["decoder"], channels, flat)
        model = torch.nn.Module()
        model.encoder, model.decoder = encoder, decoder
        weights = safetensors.torch.load_file(file)
        # Shapes that depend on the images are taken from the file.
        for half in ("encoder", "decoder"):
            for place, module in enumerate(getattr(model, half)):
                if type(module).__name__ == "Apart" and hasattr(module, "weight"):
                    for tensor in ("weight", "bias"):
                        shape = weights[f"{half}.{place}.{tensor}"].shape
                        setattr(module, tensor, torch.nn.Parameter(torch.zeros(shape)))
        model.load_state_dict(weights)
        model.eval()
        with torch.no_grad():
            latents = encoder(maps)
            drawn = decoder(latents).reshape(maps.shape)
        drawn = drawn.permute(0, 2, 3, 1).numpy()
        record(f"{name}.safetensors", images, latents.numpy(), drawn)
        if name in ("convolutional", "coloured"):
            program = f"train_{name}_pytorch.py"
            own = until_trained(program)["autoencoder"]
            own.load_state_dict(weights)
            with torch.no_grad():
                assert torch.allclose(own(maps), torch.tensor(drawn).permute(0, 3, 1, 2), atol=1e-6)
            with run(program, images) as folder:
                trained = torch.load(f"{folder}/autoencoder.pt")
            shapes = lambda tensors: {name: tuple(tensor.shape) for name, tensor in tensors.items()}
            assert shapes(trained) == shapes(weights)
            assert all(torch.isfinite(tensor).all() for tensor in trained.values())

        file = path(f"{name}.onnx")
        onnx.checker.check_model(onnx.load(file), full_check=True)
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        drawn, latents = session.run(["reconstructions", "latents"], {"images": maps.numpy()})
        record(f"{name}.onnx", images, latents, drawn.transpose(0, 2, 3, 1))
    return torch, safetensors, onnx, onnxruntime


libraries = with_keras() if WITH == "keras" else with_torch()
libraries = libraries if isinstance(libraries, tuple) else (libraries,)
file = WRITTEN / "general.json"
content = json.loads(file.read_text()) if file.exists() else {"versions": {}, "crc32": {}, "images": [], "models": []}
content["versions"].update({library.__name__: library.__version__ for library in libraries})
content["crc32"].update(crc32())
names = {answer["name"] for answer in answers}
content["models"] = [model for model in content["models"] if model["name"] not in names] + answers
content["models"].sort(key=lambda model: model["name"])
content["crc32"] = dict(sorted(content["crc32"].items()))
file.write_text(json.dumps(content) + "\n")
