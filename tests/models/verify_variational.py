"""Loads the variational networks and scaled columns that we write with their own libraries, runs the programs
for kinds of networks, and records what the models make of images.

    python verify_variational.py keras
    python verify_variational.py onnx

The second also applies the weights in safetensors, of dense networks, as PyTorch's layers do.
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
    for name in DENSE:
        record(name, "safetensors", *by_hand(name))
    for kind in KINDS:
        program = WRITTEN / f"kind_{kind}_pytorch.py"
        compile(program.read_text(), program.name, "exec")
    return onnxruntime


def by_hand(name):
    """Dense layers as PyTorch's Linear applies its weights, with the activations of the file's metadata."""
    import safetensors
    import safetensors.numpy

    file = path(f"{name}.safetensors")
    weights = safetensors.numpy.load_file(file)
    with safetensors.safe_open(file, "numpy") as opened:
        described = json.loads(opened.metadata()["latent-lens"])["architecture"]
    functions = {
        "linear": lambda of: of,
        "relu": lambda of: np.maximum(of, 0),
        "tanh": np.tanh,
        "sigmoid": lambda of: 1 / (1 + np.exp(-of)),
    }

    def run(layers, prefix, rows):
        place = 0
        for layer in layers:
            activation = layer["dense"]["activation"]
            stem = prefix if f"{prefix}.weight" in weights else f"{prefix}.{place}"
            rows = rows @ weights[f"{stem}.weight"].T.astype(np.float64) + weights[f"{stem}.bias"]
            rows = functions[activation](rows)
            place += 1 if activation == "linear" else 2
        return rows

    rows = images(name).astype(np.float64)
    if "column_offset" in weights:
        rows = (rows - weights["column_offset"]) / weights["column_scale"]
    head = described.get("log_variance")
    after = head["after"] if head else len(described["encoder"])
    hidden = run(described["encoder"][:after], "encoder", rows)
    latents = run(described["encoder"][after:], "mean", hidden) if head else hidden
    spread = run(head["layers"], "log_variance", hidden) if head else None
    drawn = run(described["decoder"], "decoder", latents)
    if "column_offset" in weights:
        drawn = drawn * weights["column_scale"] + weights["column_offset"]
    return latents, spread, drawn


used = of_keras() if library == "keras" else of_onnx()
content = {"versions": {used.__name__: used.__version__}, "crc32": crc32(), "models": answers}
(WRITTEN / f"variational-{library}.json").write_text(json.dumps(content) + "\n")
