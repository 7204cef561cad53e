"""Loads what we write into PyTorch (safetensors) and ONNX Runtime, and runs the program for
PyTorch."""

import json

import numpy as np
import onnx
import onnxruntime
import safetensors
import safetensors.torch
import torch
from torch import nn

from verify_shared import IMAGES, NAMES, execute, path, record, write

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky-relu": lambda slope: nn.LeakyReLU(slope),
    "elu": lambda alpha: nn.ELU(alpha),
    "selu": nn.SELU,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def module(activation):
    if isinstance(activation, str):
        return ACTIVATIONS[activation]()
    ((name, parameters),) = activation.items()
    return ACTIVATIONS[name](**parameters)


def model_for(file):
    """The modules that the file's metadata describes, as a user of it would write them."""
    with safetensors.safe_open(file, "pt") as opened:
        described = json.loads(opened.metadata()["latent-lens"])["architecture"]
    model = nn.Module()
    inputs = described["input"]["numbers"]
    for name in ("encoder", "decoder"):
        half = nn.Sequential()
        for layer in described[name]:
            layer = layer["dense"]
            half.append(nn.Linear(inputs, layer["outputs"]))
            inputs = layer["outputs"]
            if layer["activation"] != "linear":
                half.append(module(layer["activation"]))
        setattr(model, name, half)
    return model


for name in NAMES:
    file = path(f"{name}.safetensors")
    model = model_for(file)
    model.load_state_dict(safetensors.torch.load_file(file))
    with torch.no_grad():
        latents = model.encoder(torch.tensor(IMAGES))
        record(f"{name}.safetensors", latents, model.decoder(latents))
    file = path(f"{name}.onnx")
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(str(file))
    drawn, latents = session.run(["reconstructions", "latents"], {"images": IMAGES})
    record(f"{name}.onnx", latents, drawn)

with execute("train_pytorch.py") as folder:
    weights = torch.load(f"{folder}/autoencoder.pt")
shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
assert shapes == {
    "encoder.0.weight": (6, 16),
    "encoder.0.bias": (6,),
    "encoder.2.weight": (3, 6),
    "encoder.2.bias": (3,),
    "decoder.0.weight": (6, 3),
    "decoder.0.bias": (6,),
    "decoder.2.weight": (16, 6),
    "decoder.2.bias": (16,),
}, shapes
assert all(torch.isfinite(weight).all() for weight in weights.values())
# Biases start at 0 and move by at most the learning rate a step, nine steps in all.
moved = max(float(weights[f"{half}.{at}.bias"].abs().max()) for half in ("encoder", "decoder") for at in (0, 2))
assert 0 < moved < 9.5e-3, moved
write("torch.json", torch, safetensors, onnx, onnxruntime)
