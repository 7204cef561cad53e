"""Convolutional autoencoders that PyTorch exported to ONNX, with what PyTorch makes of some images.

Rows have the channels of a pixel side by side; latents that are feature maps are recorded channel by
channel, as PyTorch has them."""

import numpy as np
import torch
from torch import nn

from shared import FIXTURES, record, write

ROOM = FIXTURES / "onnx-torch"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(17)
IMAGES = RNG.random((3, 60), dtype=np.float32)


def shake(model):
    for name, value in model.state_dict().items():
        if not value.is_floating_point():
            continue
        if value.ndim > 1:
            drawn = RNG.normal(0, 1 / np.sqrt(np.prod(value.shape[1:])), value.shape)
        elif "running_var" in name:
            drawn = RNG.uniform(0.5, 1.5, value.shape)
        else:
            drawn = value.numpy() + RNG.uniform(-0.3, 0.3, value.shape)
        value.copy_(torch.tensor(drawn))
    return model.eval()


class Autoencoder(nn.Module):
    def __init__(self, encoder, decoder, both):
        super().__init__()
        self.encoder, self.decoder, self.both = encoder, decoder, both

    def forward(self, images):
        latents = self.encoder(images)
        drawn = self.decoder(latents)
        return (drawn, latents) if self.both else drawn


def add(name, encoder, decoder, shape=(2, 6, 5), both=True, opset=13):
    model = shake(Autoencoder(encoder, decoder, both))
    rows = IMAGES.reshape(-1, *shape[1:], shape[0])
    images = torch.tensor(np.moveaxis(rows, -1, 1).copy())
    dynamic = {"images": {0: "n"}}
    torch.onnx.export(
        model, images, ROOM / f"{name}.onnx", opset_version=opset, input_names=["images"], dynamic_axes=dynamic
    )
    with torch.no_grad():
        latents = model.encoder(images)
        drawn = model.decoder(latents)
    drawn = drawn.reshape(-1, *shape).numpy()
    record(f"onnx-torch {name}", [f"onnx-torch/{name}.onnx"], latents.numpy(), np.moveaxis(drawn, 1, -1))


class Cut(nn.Module):
    """As people make odd sizes fit."""

    def forward(self, maps):
        return maps[:, :, 1:, :5]


class Rows(nn.Module):
    def forward(self, maps):
        return maps.view(maps.size(0), -1)


class Unflatten(nn.Module):
    """nn.Unflatten cannot be exported by this version."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, rows):
        return rows.view(rows.size(0), *self.shape)


class Padded(nn.Module):
    def forward(self, maps):
        return nn.functional.pad(maps, (0, 2, 1, 0))


add(
    "blocks",
    nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 6, 2, padding=1, groups=2),
        nn.PReLU(6),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(24, 3),
    ),
    nn.Sequential(
        nn.Linear(3, 27),
        nn.ReLU(),
        Unflatten(3, 3, 3),
        nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=(1, 0)),
        nn.LeakyReLU(0.1),
        nn.ConvTranspose2d(4, 2, 3, padding=1, groups=2),
        nn.Sigmoid(),
    ),
)
add(
    "norms",
    nn.Sequential(
        nn.Conv2d(2, 6, 2, dilation=2),
        nn.GroupNorm(1, 6),
        nn.GELU(),
        nn.AvgPool2d(3, stride=2, padding=1),
        nn.LayerNorm([6, 2, 2]),
        nn.Hardtanh(0, 1),
        nn.Softmax(dim=1),
        nn.AdaptiveAvgPool2d(1),
        Rows(),
        nn.Linear(6, 4),
    ),
    nn.Sequential(
        nn.Linear(4, 8),
        nn.SiLU(),
        Unflatten(2, 2, 2),
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
        nn.Conv2d(2, 4, 1),
        nn.BatchNorm2d(4),
        nn.Upsample(scale_factor=2),
        nn.ELU(),
        Cut(),
        Padded(),
        nn.Conv2d(4, 2, (3, 3)),
    ),
    opset=17,
)
add(
    "maps",
    nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d((2, 1)),
        nn.Conv2d(3, 3, 3, padding=1, groups=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ),
    nn.Sequential(
        nn.Conv2d(3, 4, 1),
        nn.Upsample(scale_factor=(3, 2), mode="bilinear"),
        nn.ConvTranspose2d(4, 2, (4, 2), bias=False),
    ),
    both=False,
    opset=14,
)
add(
    "signals",
    nn.Sequential(
        nn.Conv1d(2, 4, 4, stride=2, padding=1),
        nn.Tanh(),
        nn.AvgPool1d(3, stride=3),
        nn.Flatten(),
        nn.Linear(20, 2),
    ),
    nn.Sequential(
        nn.Linear(2, 15),
        nn.ReLU(),
        Unflatten(3, 5),
        nn.ConvTranspose1d(3, 2, 6, stride=6),
    ),
    shape=(2, 30),
)
# Dense layers alone, of images in colour.
add(
    "dense",
    nn.Sequential(nn.Flatten(), nn.Linear(60, 4), nn.ReLU()),
    nn.Sequential(nn.Linear(4, 60), nn.Sigmoid()),
    shape=(3, 4, 5),
)
write("onnx-torch.json", torch, images=IMAGES)
