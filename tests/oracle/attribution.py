"""Maps of other methods by captum, in float64: gradients, SmoothGrad, integrated gradients, occlusion.

Captum is asked with the rule, the number of steps, the baselines and, for SmoothGrad, the very noise of
latent-lens: `torch.normal` is replaced by it while captum runs.

    python attribution.py        records attribution.json beside this file
"""

from pathlib import Path

import captum
import numpy as np
import torch
from captum.attr import FeatureAblation, IntegratedGradients, NoiseTunnel, Saliency

import keyed
import record

SEED = 5
NOISE = 8  # The number of the purpose.
STEPS, COPIES, DEVIATION = 32, 16, 0.15
IMAGES = 11

nn = torch.nn
ACTIVATIONS = {
    "linear": nn.Identity(),
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(0.25),
    "relu6": nn.ReLU6(),
    "elu": nn.ELU(0.5),
    "selu": nn.SELU(),
    "gelu": nn.GELU(),
    "gelu-tanh": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "softplus": nn.Softplus(),
    "softsign": nn.Softsign(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "hard-sigmoid": nn.Hardsigmoid(),
}
WRITTEN = {
    "leaky-relu": {"leaky-relu": {"slope": 0.25}},
    "relu6": {"clipped-relu": {"max": 6.0, "slope": 0.0, "threshold": 0.0}},
    "elu": {"elu": {"alpha": 0.5}},
    "hard-sigmoid": {"hard-sigmoid": {"slope": 0.16666667163372040}},
}


def numbers(*words, count):
    """Uniform within -1 and 1, in steps that single precision holds."""
    uniform = keyed.uniforms(keyed.key_of(SEED, keyed.WEIGHTS, *words), count)
    return np.round((2 * uniform.astype(float) - 1) * 1024) / 1024


def images_of(shape, case):
    """Half of the numbers are 0, and the last one is the same everywhere."""
    values = numbers(100, case, count=IMAGES * int(np.prod(shape)))
    values = np.maximum(np.round(values * 16) / 16, 0).reshape(IMAGES, -1)
    values[:, -1] = 0.5
    return values.reshape(IMAGES, *shape)


class Dense(nn.Module):
    def __init__(self, words, inputs, outputs, activation):
        super().__init__()
        scale = 2 * np.sqrt(6 / (inputs + outputs))
        kernel = numbers(*words, count=inputs * outputs).reshape(inputs, outputs) * scale
        self.kernel = kernel.astype(np.float32)
        self.bias = (numbers(*words, 1, count=outputs) / 4).astype(np.float32)
        self.form = {"dense": {"outputs": outputs, "activation": WRITTEN.get(activation, activation)}}
        self.activation = ACTIVATIONS[activation]

    def forward(self, values):
        kernel = torch.tensor(self.kernel, dtype=torch.float64)
        bias = torch.tensor(self.bias, dtype=torch.float64)
        return self.activation(values.flatten(1) @ kernel + bias)


class Convolution(nn.Module):
    """3 x 3 by steps of 2, padded by 1 on every side; rows, columns, channels in and out."""

    def __init__(self, words, channels, filters, activation):
        super().__init__()
        count = 9 * channels * filters
        self.kernel = numbers(*words, count=count).reshape(9 * channels, filters).astype(np.float32)
        self.bias = (numbers(*words, 1, count=filters) / 4).astype(np.float32)
        window = {"size": [3, 3], "stride": [2, 2], "dilation": [1, 1], "padding": [[1, 1], [1, 1]]}
        kind = {"convolution": {"filters": filters, "groups": 1, "window": window}}
        self.form = {"general": {"kind": kind, "activation": WRITTEN.get(activation, activation)}}
        self.channels = channels
        self.activation = ACTIVATIONS[activation]

    def forward(self, values):
        kernel = torch.tensor(self.kernel, dtype=torch.float64)
        kernel = kernel.reshape(3, 3, self.channels, -1).permute(3, 2, 0, 1)
        bias = torch.tensor(self.bias, dtype=torch.float64)
        sums = nn.functional.conv2d(values.permute(0, 3, 1, 2), kernel, bias, 2, 1)
        return self.activation(sums).permute(0, 2, 3, 1)


def noise_of(image, copy, count):
    """Two normal numbers from two uniform ones (Box and Muller)."""
    uniform = keyed.uniforms(keyed.key_of(SEED, NOISE, image, copy), 2 * ((count + 1) // 2))
    uniform = uniform.astype(float).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log(1 - uniform[:, 0])), 2 * np.pi * uniform[:, 1]
    return (radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)).ravel()[:count]


def smooth_gradients(model, images, target):
    size = images[0].numel()
    noise = [[noise_of(image, copy, size) for copy in range(COPIES)] for image in range(len(images))]
    noise = torch.tensor(np.array(noise)).reshape(-1, *images.shape[1:])
    normal = torch.normal
    torch.normal = lambda mean, deviation: mean + deviation * noise
    try:
        return NoiseTunnel(Saliency(model)).attribute(
            images,
            nt_type="smoothgrad",
            nt_samples=COPIES,
            stdevs=DEVIATION * float(images.max() - images.min()),
            target=target,
            abs=False,
        )
    finally:
        torch.normal = normal


def integrated(model, images, baseline, target):
    return IntegratedGradients(model).attribute(
        images, baseline, target=target, n_steps=STEPS, method="riemann_middle"
    )


def answers(model, images, by_channel):
    """Maps and what their signs are of, features x dimensions, of every method."""
    images = torch.tensor(images)
    _, height, width, channels = images.shape
    dims = model(images).shape[1]
    zero, mean = torch.zeros_like(images[:1]), images.mean(0, keepdim=True)
    features = (lambda of: of.flatten(1)) if by_channel else (lambda of: of.sum(3).flatten(1))
    mask = torch.arange(height * width * channels if by_channel else height * width)
    mask = mask.reshape(1, height, width, channels if by_channel else 1).expand(1, -1, -1, channels)
    maps = {}

    def add(method, size, signed):
        of = maps.setdefault(method, ([], []))
        of[0].append(size.detach().numpy())
        of[1].append(signed.detach().numpy())

    for target in range(dims):
        gradient = features(Saliency(model).attribute(images, target=target, abs=False))
        add("gradient", gradient.abs().mean(0), gradient.mean(0))
        smooth = features(smooth_gradients(model, images, target))
        add("smoothgrad", smooth.abs().mean(0), smooth.mean(0))
        for name, baseline in (("zero", zero), ("mean", mean)):
            whole = integrated(model, images, baseline, target)
            slope = along(model, images, baseline, target, features)
            add(f"integrated-{name}", features(whole).abs().mean(0), slope)
            moved = FeatureAblation(model).attribute(
                images, baseline, target=target, feature_mask=mask
            )
            moved = moved.flatten(1) if by_channel else moved[..., 0].flatten(1)
            change = features(images - baseline)
            add(f"occlusion-{name}", (moved**2).mean(0), (change * moved).sum(0))
    return {
        method: {"map": np.stack(sizes, 1), "signed": np.stack(signed, 1)}
        for method, (sizes, signed) in maps.items()
    }


def along(model, images, baseline, target, features):
    """The mean gradient on the way from the baseline, over images."""
    total = 0
    for step in range(STEPS):
        at = baseline + (step + 0.5) / STEPS * (images - baseline)
        total = total + Saliency(model).attribute(at, target=target, abs=False) / STEPS
    return features(total).mean(0)


def layers_of(words, sizes, activations):
    layers = zip(sizes, sizes[1:], activations)
    return [Dense((*words, at), *layer) for at, layer in enumerate(layers)]


def cases():
    grey, colour = (4, 5, 1), (3, 4, 2)
    yield "one layer", grey, layers_of((1,), [20, 6], ["relu"]), False
    yield "one layer, GELU", grey, layers_of((2,), [20, 4], ["gelu"]), False
    yield "one layer, pixels of two channels", colour, layers_of((3,), [24, 4], ["relu"]), False
    deep = [
        ["relu", "tanh", "leaky-relu", "linear"],
        ["elu", "silu", "softplus", "relu"],
        ["selu", "relu6", "gelu-tanh", "softsign"],
        ["gelu", "hard-sigmoid", "sigmoid"],
    ]
    for at, activations in enumerate(deep):
        sizes = [20, 9, 8, 7, 6][: len(activations)] + [4]
        yield f"deep, {', '.join(activations)}", grey, layers_of((4, at), sizes, activations), False
    yield "deep, two channels", colour, layers_of((5,), [24, 8, 4], ["elu", "relu"]), False
    yield "deep, by channel", colour, layers_of((6,), [24, 8, 4], ["tanh", "relu"]), True
    # 4 x 5 pixels become 2 x 3.
    convolutional = [Convolution((7, 0), 1, 3, "relu"), Dense((7, 1), 18, 4, "relu")]
    yield "convolutional", grey, convolutional, False
    convolutional = [Convolution((8, 0), 2, 3, "tanh"), Dense((8, 1), 12, 3, "linear")]
    yield "convolutional, two channels", colour, convolutional, False


def main():
    recorded = []
    for at, (name, shape, layers, by_channel) in enumerate(cases()):
        images = images_of(shape, at)
        model = nn.Sequential(*layers)
        methods = answers(model, images, by_channel)
        recorded.append(
            {
                "name": name,
                "image": dict(zip(["height", "width", "channels"], shape)),
                "by_channel": by_channel,
                "images": record.rounded(images.reshape(IMAGES, -1), 9),
                "layers": [
                    {
                        "form": layer.form,
                        "kernel": record.rounded(layer.kernel, 9),
                        "bias": record.rounded(layer.bias, 9),
                    }
                    for layer in layers
                ],
                "methods": {
                    method: {
                        "map": record.rounded(of["map"], 7),
                        "signed": record.rounded(of["signed"], 7),
                    }
                    for method, of in methods.items()
                },
            }
        )
        print(name)
    versions = {"captum": captum.__version__, "torch": torch.__version__, "numpy": np.__version__}
    content = {"versions": versions, "seed": SEED, "cases": recorded}
    record.write(Path(__file__).with_name("attribution.json"), content)


if __name__ == "__main__":
    main()
