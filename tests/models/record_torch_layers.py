"""State dictionaries of convolutions and what stands beside them, as PyTorch saves them. What they do
not say, how layers follow each other, stands beside the answers as a person would say it."""

import numpy as np
import torch
from torch import nn

from shared import FIXTURES, record, write

try:
    from safetensors.torch import save_file
except ImportError:
    save_file = None

ROOM = FIXTURES / "torch-layers"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(31)


class Halves(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)


def add(name, model, shape, layers, save=None, file=None):
    """Records a model of images of the shape channels x height x width; ours have channels last."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            with torch.no_grad():
                module.running_mean.uniform_(-0.3, 0.5)
                module.running_var.uniform_(0.3, 1.5)
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)):
            with torch.no_grad():
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.3, 0.3)
    model.eval()
    images = RNG.random((5, *shape), dtype=np.float32)
    with torch.no_grad():
        latents = model.encoder(torch.tensor(images))
        drawn = model.decoder(latents).numpy()
    files = save(model) if save else [f"{name}.pt"]
    if not save:
        torch.save(model.state_dict(), ROOM / files[0])
    last = list(range(2, images.ndim)) + [1]
    rows = lambda values: np.transpose(values, [0, *last]).reshape(5, -1) if values.ndim > 2 else values
    drawn = rows(drawn.reshape(5, *shape))
    record(
        f"torch-layers {name}",
        [f"torch-layers/{file}" for file in files],
        latents.numpy(),
        drawn,
        layers=layers,
        images=[[float(f"{value:.9g}") for value in row] for row in rows(images)],
    )


torch.manual_seed(11)
add(
    "strides",
    Halves(
        [
            nn.Conv2d(1, 3, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(3, 4, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16, 3),
        ],
        [
            nn.Linear(3, 16),
            nn.ReLU(),
            nn.Unflatten(1, (4, 2, 2)),
            nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(3, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        ],
    ),
    (1, 8, 8),
    "images 1x8x8, encoder.0 stride 2 padding 1, relu, encoder.2 stride 2 padding 1, relu, flatten, "
    "encoder.5, latents, decoder.0, relu, unflatten 4x2x2, decoder.3 transposed stride 2 padding 1 "
    "output-padding 1, relu, decoder.5 transposed stride 2 padding 1 output-padding 1, sigmoid",
)
add(
    "pooling",
    Halves(
        [
            nn.Conv2d(3, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.LeakyReLU(0.2),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 2, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ],
        [
            nn.Conv2d(2, 4, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(4, 4, 3, padding=1),
            nn.ReLU(),
            nn.BatchNorm2d(4),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(4, 3, 3, padding=1),
            nn.Sigmoid(),
        ],
    ),
    (3, 8, 12),
    "images 3x8x12, encoder.0 padding 1, encoder.1, leaky-relu:0.2, max-pool 2, encoder.4 padding 1, relu, "
    "max-pool 2, latents, decoder.0 padding 1, relu, upsample 2, decoder.3 padding 1, relu, decoder.5, "
    "upsample 2 bilinear, decoder.7 padding 1, sigmoid",
)
add(
    "windows",
    Halves(
        [
            nn.ZeroPad2d((1, 0, 2, 1)),
            nn.Conv2d(2, 4, (3, 2), stride=(2, 1), dilation=(1, 2), bias=False),
            nn.ELU(),
            nn.Conv2d(4, 8, 3, padding=1, groups=4),
            nn.SiLU(),
            nn.Conv2d(8, 4, 1),
            nn.AvgPool2d(3, stride=2, padding=1),
            nn.MaxPool2d(2, stride=2, ceil_mode=True),
            nn.Softmax(dim=1),
            nn.Flatten(),
            nn.Linear(12, 5),
            nn.LayerNorm(5),
        ],
        [
            nn.Linear(5, 12),
            nn.BatchNorm1d(12),
            nn.ReLU(),
            nn.Unflatten(1, (6, 1, 2)),
            nn.ConvTranspose2d(6, 4, (4, 3), stride=2, padding=(0, 1), groups=2, output_padding=(0, 1)),
            nn.GroupNorm(1, 4),
            nn.Tanh(),
            nn.ConvTranspose2d(4, 2, 3, stride=2, dilation=1, output_padding=1, bias=False),
            nn.ZeroPad2d((1, -1, -1, -2)),
        ],
    ),
    (2, 7, 10),
    "images 2x7x10, pad 1 0 2 1, encoder.1 stride 2x1 dilation 1x2, elu:1, encoder.3 padding 1, silu, "
    "encoder.5, average-pool 3 stride 2 padding 1, max-pool 2 ceil, softmax, flatten, encoder.10, "
    "encoder.11, latents, decoder.0, decoder.1, relu, unflatten 6x1x2, decoder.4 transposed stride 2 "
    "padding 0x1 output-padding 0x1 groups 2, decoder.5 groups 1, tanh, decoder.7 transposed stride 2 "
    "output-padding 1, pad 1 -1 -1 -2",
)
add(
    "signals",
    Halves(
        [
            nn.Conv1d(2, 4, 5, stride=2, padding=2),
            nn.BatchNorm1d(4),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Linear(16, 3),
        ],
        [
            nn.Linear(3, 16),
            nn.Unflatten(1, (4, 4)),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.ConvTranspose1d(4, 2, 4, stride=2, padding=1),
            nn.Sigmoid(),
        ],
    ),
    (2, 16),
    "images 2x16, encoder.0 stride 2 padding 2, encoder.1, relu, max-pool 2, flatten, encoder.5, latents, "
    "decoder.0, unflatten 4x4, relu, upsample 2, decoder.4 transposed stride 2 padding 1, sigmoid",
)
add(
    "colours",
    Halves(
        [nn.Flatten(), nn.Linear(48, 6), nn.ReLU(), nn.Linear(6, 3)],
        [nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 48), nn.Sigmoid(), nn.Unflatten(1, (3, 4, 4))],
    ),
    (3, 4, 4),
    "images 3x4x4, flatten, encoder.1, relu, encoder.3, latents, decoder.0, relu, decoder.2, sigmoid",
)


class Global(Halves):
    """With modules by names, PReLU, normalised weights and means over whole maps."""

    def __init__(self):
        nn.Module.__init__(self)
        self.conv1 = nn.utils.weight_norm(nn.Conv2d(1, 4, 3, padding=1))
        self.act1 = nn.PReLU()
        self.conv2 = nn.Conv2d(4, 6, 3, stride=2)
        self.norm2 = nn.LayerNorm([6, 3, 3])
        self.fc_mu, self.fc_logvar = nn.Linear(6, 2), nn.Linear(6, 2)
        self.fc3 = nn.Linear(2, 6)
        self.deconv1 = nn.ConvTranspose2d(6, 4, 4)
        self.deconv2 = nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1)

    def encoder(self, images):
        maps = torch.relu(self.norm2(self.conv2(self.act1(self.conv1(images)))))
        return self.fc_mu(nn.functional.adaptive_avg_pool2d(maps, 1).flatten(1))

    def decoder(self, latents):
        maps = torch.relu(self.fc3(latents)).unflatten(1, (6, 1, 1))
        return torch.sigmoid(self.deconv2(torch.relu(self.deconv1(maps))))


def checkpoint(model):
    torch.save({"epoch": 3, "model": model.state_dict()}, ROOM / "named.pt")
    return ["named.pt"]


add(
    "named",
    Global(),
    (1, 8, 8),
    "images 1x8x8, conv1 padding 1, act1, conv2 stride 2, norm2, relu, adaptive-average 1, flatten, fc_mu, "
    "latents, fc3, relu, unflatten 6x1x1, deconv1 transposed, relu, deconv2 transposed stride 2 padding 1, "
    "sigmoid",
    checkpoint,
)


def halves(model):
    """Each half in a file of its own, whose layers are called alike."""
    torch.save(model.encoder.state_dict(), ROOM / "encoder.pt")
    save_file(dict(model.decoder.state_dict()), ROOM / "decoder.safetensors")
    return ["encoder.pt", "decoder.safetensors"]


add(
    "halves",
    Halves(
        [nn.Conv2d(1, 4, 2, stride=2), nn.ReLU(), nn.Conv2d(4, 2, 2, stride=2), nn.ReLU()],
        [nn.ConvTranspose2d(2, 4, 2, stride=2), nn.ReLU(), nn.ConvTranspose2d(4, 1, 2, stride=2), nn.Sigmoid()],
    ),
    (1, 8, 8),
    "images 1x8x8, encoder.0 stride 2, relu, encoder.2 stride 2, relu, latents, decoder.0 transposed "
    "stride 2, relu, decoder.2 transposed stride 2, sigmoid",
    halves,
)
write("torch-layers.json", torch)
