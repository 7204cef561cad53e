"""Checkpoints of PyTorch as training scripts leave them: variational, with batch normalisation, with
shared weights, and with all kinds of things beside the weights."""

import argparse
import pathlib

import numpy as np
import torch
from torch import nn

from shared import FIXTURES, IMAGES, PIXELS, record, write

ROOM = FIXTURES / "torch-more"
ROOM.mkdir()
RELU = ["relu", "linear", "relu", "sigmoid"]


class Vae(nn.Module):
    """As PyTorch's own example."""

    def __init__(self, names):
        super().__init__()
        self.fc1 = nn.Linear(PIXELS, 5)
        for name in names:
            setattr(self, name, nn.Linear(5, 2))
        self.fc3 = nn.Linear(2, 5)
        self.fc4 = nn.Linear(5, PIXELS)
        self.mean = names[-1]

    def encode(self, images):
        return getattr(self, self.mean)(torch.relu(self.fc1(images)))

    def decode(self, latents):
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(latents))))


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(PIXELS, 5), nn.ReLU(), nn.Linear(5, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, PIXELS), nn.Sigmoid())

    def encode(self, images):
        return self.encoder(images)

    def decode(self, latents):
        return self.decoder(latents)


class Normed(Plain):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.BatchNorm1d(PIXELS), nn.Linear(PIXELS, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2)
        )
        self.decoder = nn.Sequential(
            nn.Linear(2, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, PIXELS), nn.Sigmoid()
        )
        for module in self.modules():
            if isinstance(module, nn.BatchNorm1d):
                with torch.no_grad():
                    module.running_mean.uniform_(0.2, 0.6)
                    module.running_var.uniform_(0.02, 0.1)
                    module.weight.uniform_(0.5, 1.5)
                    module.bias.uniform_(-0.3, 0.3)


class Named(Normed):
    """Batch normalisation that goes by names."""

    def __init__(self):
        Plain.__init__(self)
        self.fc1, self.fc2 = nn.Linear(PIXELS, 5), nn.Linear(5, 2)
        self.fc3, self.fc4 = nn.Linear(2, 5), nn.Linear(5, PIXELS)
        del self.encoder, self.decoder
        self.bn1, self.bn3 = nn.BatchNorm1d(5), nn.BatchNorm1d(5)
        self.prelu = nn.PReLU(init=0.4)
        for module in (self.bn1, self.bn3):
            with torch.no_grad():
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.3, 2)

    def encode(self, images):
        return self.fc2(torch.relu(self.bn1(self.fc1(images))))

    def decode(self, latents):
        return torch.sigmoid(self.prelu(self.fc4(torch.relu(self.bn3(self.fc3(latents))))))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(PIXELS, 2)
        self.decoder = nn.Linear(2, PIXELS)
        self.decoder.weight = nn.Parameter(self.encoder.weight.t())

    def encode(self, images):
        return torch.relu(self.encoder(images))

    def decode(self, latents):
        return torch.sigmoid(self.decoder(latents))


def add(name, content, model, activations=RELU, **more):
    torch.save(content, ROOM / f"{name}.pt")
    model.eval()
    with torch.no_grad():
        latents = model.encode(torch.tensor(IMAGES))
        drawn = model.decode(latents)
    record(
        f"torch-more {name}", [f"torch-more/{name}.pt"], latents.numpy(), drawn.numpy(),
        activations=activations, **more,
    )


torch.manual_seed(5)
vae = Vae(["fc22", "fc21"])
add("vae", vae.state_dict(), vae, order=["fc1", "fc21", "fc3", "fc4"])
vae = Vae(["fc_logvar", "fc_mu"])
add("vae-named", {f"module.{name}": weight for name, weight in vae.state_dict().items()}, vae)

plain = Plain()
optimiser = torch.optim.Adam(plain.parameters())
plain.decode(plain.encode(torch.tensor(IMAGES))).sum().backward()
optimiser.step()
everything = {
    "args": argparse.Namespace(lr=1e-3, out=pathlib.PurePosixPath("runs/1")),
    "epoch": 3,
    "loss": torch.tensor(0.25),
    "best": np.float64(0.5),
    "history": {"train": [0.5, 0.25], "valid": np.array([0.5, 0.25])},
    "mean": torch.tensor([0.1307]),
    "std": torch.tensor([0.3081]),
    "generator": torch.get_rng_state(),
    "nets": {"model": {"state_dict": plain.state_dict()}, "optimizer": optimiser.state_dict()},
}
add("everything", everything, plain)
lightning = {
    "epoch": 1,
    "global_step": 10,
    "pytorch-lightning_version": "2.5.0",
    "state_dict": {f"autoencoder.{name}": weight for name, weight in plain.state_dict().items()},
    "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 1}}}},
    "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.5)}},
    "optimizer_states": [optimiser.state_dict()],
    "lr_schedulers": [],
    "hyper_parameters": {"latents": 2},
}
add("lightning", lightning, plain)
parts = {"enc_state": plain.encoder.state_dict(), "dec_state": plain.decoder.state_dict()}
add("parts", {**parts, "opt": optimiser.state_dict()}, plain)
add("tuple", (plain.state_dict(), optimiser.state_dict(), 7), plain)
add("whole", plain, plain)
other = Plain()
add(
    "two",
    {"model": plain.state_dict(), "ema": other.state_dict()},
    other,
    order=[f"ema.{part}.{at}" for part in ("encoder", "decoder") for at in (0, 2)],
)
normed = Normed()
add("normed", normed.state_dict(), normed)
named = Named()
prelu = ["relu", "linear", "relu", {"leaky-relu": {"slope": 0.4}}]


class Outer(Named):
    """Without the sigmoid after a PReLU, which would be two activations."""

    def decode(self, latents):
        return self.prelu(self.fc4(torch.relu(self.bn3(self.fc3(latents)))))


named.__class__ = Outer
add("named", named.state_dict(), named, prelu)
tied = Tied()
add("tied", tied.state_dict(), tied, ["relu", "sigmoid"])
functional = {
    "weight": tied.encoder.weight.detach(),
    "bias": tied.encoder.bias.detach(),
    "decoder_bias": tied.decoder.bias.detach(),
}
add("functional", functional, tied, ["relu", "sigmoid"])
write("torch-more.json", torch)
