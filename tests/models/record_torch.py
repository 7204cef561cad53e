"""Autoencoders saved by PyTorch, with what it makes of some images."""

import onnx
import onnxscript
import safetensors
import safetensors.torch
import torch

from shared import FIXTURES, IMAGES, PIXELS, record, write


class TorchModel(torch.nn.Module):
    def __init__(self, mixed=False):
        super().__init__()
        nn = torch.nn
        if mixed:
            self.encoder = nn.Sequential(
                nn.Linear(PIXELS, 6), nn.Tanh(), nn.Linear(6, 3), nn.LeakyReLU(0.2)
            )
            self.decoder = nn.Sequential(
                nn.Linear(3, 6), nn.ELU(), nn.Linear(6, 6), nn.Softplus(), nn.Linear(6, PIXELS)
            )
        else:
            self.encoder = nn.Sequential(
                nn.Linear(PIXELS, 6), nn.ReLU(), nn.Linear(6, 3), nn.ReLU()
            )
            self.decoder = nn.Sequential(
                nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, PIXELS), nn.Sigmoid()
            )

    def forward(self, images):
        return self.decoder(self.encoder(images))


def torch_answers(model):
    with torch.no_grad():
        latents = model.encoder(torch.tensor(IMAGES))
        return latents.numpy(), model.decoder(latents).numpy()


def strip(path):
    """Takes out where in this script every operation was exported."""
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    path.write_bytes(model.SerializeToString(deterministic=True))


RELU = ["relu", "relu", "relu", "sigmoid"]
MIXED = ["tanh", {"leaky-relu": {"slope": 0.2}}, {"elu": {"alpha": 1.0}}, "softplus", "linear"]


def record_torch():
    room = FIXTURES / "torch"
    room.mkdir()
    torch.manual_seed(3)
    model = TorchModel()
    weights = model.state_dict()
    answer = torch_answers(model)

    def entry(name, file, activations=RELU, answer=answer):
        record(f"torch {name}", [f"torch/{file}"], *answer, activations=activations)

    torch.save(weights, room / "state.pt")
    entry("state dict", "state.pt")
    torch.save(weights, room / "legacy.pt", _use_new_zipfile_serialization=False)
    entry("legacy state dict", "legacy.pt")
    optimiser = torch.optim.Adam(model.parameters())
    model(torch.tensor(IMAGES)).sum().backward()
    optimiser.step()
    # After the step: the checkpoint holds the moments, and weights of its own.
    torch.save(
        {
            "epoch": 3,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimiser.state_dict(),
            "loss": 0.25,
        },
        room / "checkpoint.tar",
    )
    entry("checkpoint", "checkpoint.tar", answer=torch_answers(model))
    torch.save(model, room / "whole.pt")
    torch.jit.script(model).save(room / "script.pt")

    for name, kind in [("half", torch.float16), ("bfloat", torch.bfloat16), ("double", torch.float64)]:
        # Rounded first, so that the answer is that of the weights in the file.
        rounded = TorchModel()
        rounded.load_state_dict({k: v.to(kind).float() for k, v in model.state_dict().items()})
        kept = {k: v.to(kind) for k, v in rounded.state_dict().items()}
        torch.save(kept, room / f"{name}.pt")
        entry(name, f"{name}.pt", answer=torch_answers(rounded))
        safetensors.torch.save_file(kept, room / f"{name}.safetensors")
        entry(f"{name} safetensors", f"{name}.safetensors", answer=torch_answers(rounded))

    mixed = TorchModel(mixed=True)
    torch.save(mixed.state_dict(), room / "mixed.pt")
    entry("mixed", "mixed.pt", MIXED, torch_answers(mixed))
    safetensors.torch.save_file(mixed.state_dict(), room / "mixed.safetensors")
    entry("mixed safetensors", "mixed.safetensors", MIXED, torch_answers(mixed))

    onnx_room = FIXTURES / "onnx"
    onnx_room.mkdir(exist_ok=True)
    example = (torch.tensor(IMAGES[:1]),)
    for name, exported in [("torch", model), ("torch-mixed", mixed)]:
        path = onnx_room / f"{name}.onnx"
        torch.onnx.export(exported.eval(), example, path, dynamo=True, verbose=False)
        strip(path)
        files = [f"onnx/{path.name}"]
        data = path.with_suffix(".onnx.data")
        if data.exists():
            files.append(f"onnx/{data.name}")
        record(f"onnx {name}", files, *torch_answers(exported))

    refused = FIXTURES / "refused"
    refused.mkdir(exist_ok=True)
    torch.save({"conv.weight": torch.zeros(2, 1, 3, 3)}, refused / "convolution.pt")


record_torch()
write("torch.json", torch, safetensors, onnx, onnxscript)
