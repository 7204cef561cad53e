"""Loads the variational networks and scaled columns that we write with their own libraries, runs the programs
for kinds of networks, and records what the models make of images.

    python verify_variational.py keras
    python verify_variational.py onnx
    python verify_variational.py torch

The last loads the weights in safetensors, of dense networks, into PyTorch's modules.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from shared import numbers
from verify_shared import IMAGES, crc32, path, WRITTEN

NAMES = ["vae", "vae_flat", "vae_maps", "vae_deep", "signal", "scaled", "scaled_tiny", "scaled_vae", "scaled_signal"]
DENSE = ["vae", "vae_flat", "vae_deep", "scaled", "scaled_tiny", "scaled_vae"]
KINDS = ["variational", "variational_maps", "sparse", "denoising", "masking_maps", "everything", "scaled"]
library = sys.argv[1]
answers = []


def images(name):
    """Rows as the network takes them: scaled ones as they were stored."""
    if not name.startswith("scaled"):
        return IMAGES
    at = np.arange(16)
    offset, scale = 3 * at - 20.0, 0.5 + 1.5 * at
    if name == "scaled_tiny":
        offset[3], scale[3] = 2e-9, 1e-9
    return (offset + scale * IMAGES).astype(np.float32)


def record(name, kind, latents, log_variances, reconstructions):
    answers.append(
        {
            "name": f"{name}.{kind}",
            "files": [],
            "images": numbers(images(name)),
            "latents": numbers(latents),
            "log_variances": None if log_variances is None else numbers(log_variances),
            "reconstructions": numbers(reconstructions),
        }
    )


def execute(kind, of):
    """Runs a program on random rows, in a folder of its own, and gives that folder."""
    folder = tempfile.TemporaryDirectory()
    rows = np.random.default_rng(4).random((600, 16), dtype=np.float32)
    np.save(Path(folder.name) / "images.npy", rows)
    subprocess.run([sys.executable, path(f"kind_{kind}_{of}.py")], cwd=folder.name, check=True)
    return folder


def of_keras():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    def run(model, rows):
        return [np.asarray(end) for end in model(rows, training=False)]

    for name in NAMES:
        model = keras.saving.load_model(path(f"{name}.keras"))
        encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
        rows = images(name).reshape(-1, *model.input_shape[1:])
        if isinstance(encoder.output, list):
            assert encoder.output_names == ["z_mean", "z_log_var"], encoder.output_names
            latents, spread = run(encoder, rows)
        else:
            latents, spread = np.asarray(encoder(rows, training=False)), None
        drawn = np.asarray(model(rows, training=False))
        assert np.allclose(drawn, np.asarray(decoder(latents, training=False)), rtol=1e-5)
        record(name, "keras", latents, spread, drawn)
    for kind in KINDS:
        with execute(kind, "keras") as folder:
            trained = keras.saving.load_model(f"{folder}/autoencoder.keras")
        ends = trained.get_layer("encoder").output
        is_variational = kind.startswith(("variational", "scaled"))
        assert isinstance(ends, list) == is_variational, kind
        given = np.random.default_rng(5).random((4, *trained.input_shape[1:]), dtype=np.float32)
        assert np.isfinite(np.asarray(trained(given))).all(), kind
    return keras


def of_onnx():
    import onnx
    import onnxruntime

    for name in NAMES:
        file = path(f"{name}.onnx")
        onnx.checker.check_model(onnx.load(file), full_check=True)
        session = onnxruntime.InferenceSession(str(file))
        (given,) = session.get_inputs()
        rows = images(name).reshape(-1, *given.shape[1:])
        ends = [end.name for end in session.get_outputs()]
        found = dict(zip(ends, session.run(ends, {given.name: rows})))
        record(name, "onnx", found["latents"], found.get("log_variance"), found["reconstructions"])
    return onnxruntime


def of_torch():
    import torch

    for name in DENSE:
        record(name, "safetensors", *in_modules(name))
    for kind in KINDS:
        with execute(kind, "pytorch") as folder:
            weights = torch.load(f"{folder}/autoencoder.pt")
        assert weights and all(torch.isfinite(each).all() for each in weights.values()), kind
    return torch


def in_modules(name):
    """What PyTorch's modules make of the weights, with the activations of the file's metadata."""
    import torch
    from safetensors import safe_open
    from torch import nn

    with safe_open(path(f"{name}.safetensors"), "pt") as opened:
        weights = {key: opened.get_tensor(key) for key in opened.keys()}
        described = json.loads(opened.metadata()["latent-lens"])["architecture"]
    activations = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}

    def half(prefix, layers):
        modules = []
        for layer in layers:
            stem = prefix if f"{prefix}.weight" in weights else f"{prefix}.{len(modules)}"
            outputs, inputs = weights[f"{stem}.weight"].shape
            modules.append(nn.Linear(inputs, outputs))
            activation = layer["dense"]["activation"]
            if activation != "linear":
                modules.append(activations[activation]())
        return modules[0] if f"{prefix}.weight" in weights else nn.Sequential(*modules)

    head = described.get("log_variance")
    after = head["after"] if head else len(described["encoder"])
    halves = {"encoder": half("encoder", described["encoder"][:after])}
    if head:
        halves["mean"] = half("mean", described["encoder"][after:])
        halves["log_variance"] = half("log_variance", head["layers"])
    halves["decoder"] = half("decoder", described["decoder"])
    model = nn.ModuleDict(halves)
    for buffer in ("column_offset", "column_scale"):
        if buffer in weights:
            model.register_buffer(buffer, torch.zeros_like(weights[buffer]))
    model.load_state_dict(weights)
    model.double()
    with torch.no_grad():
        rows = torch.tensor(images(name)).double()
        if "column_offset" in weights:
            rows = (rows - model.column_offset) / model.column_scale
        hidden = model["encoder"](rows)
        latents = model["mean"](hidden) if head else hidden
        spread = model["log_variance"](hidden).numpy() if head else None
        drawn = model["decoder"](latents)
        if "column_offset" in weights:
            drawn = drawn * model.column_scale + model.column_offset
    return latents.numpy(), spread, drawn.numpy()


used = {"keras": of_keras, "onnx": of_onnx, "torch": of_torch}[library]()
content = {"versions": {used.__name__: used.__version__}, "crc32": crc32(), "models": answers}
(WRITTEN / f"variational-{library}.json").write_text(json.dumps(content) + "\n")
