"""Algorithm 1 of the paper done literally, in numpy float64, on small synthetic images.

Every permuted data set is really made and wholly encoded (or decoded). Nothing is updated,
skipped or rearranged, so the results owe nothing to the structure that latent-lens makes use of.
Beside them stands their exact expected value over all permutations, which needs no randomness.

    python literal.py        records literal.json beside this file, checking it on the way
"""

from itertools import permutations as orders_of
from pathlib import Path

import numpy as np

import keyed
import record
import synthetic

SEED = 9
# Labels are neither sorted nor their positions, so a mix-up of the two shows.
CLASS_SIZES = {3: 14, 0: 9, 7: 1}
REPEATS = [4, 200]


# --- the networks -----------------------------------------------------------------------------


class Network:
    """Dense layers, ReLU everywhere but a sigmoid at the very end."""

    def __init__(self, hidden, dims):
        self.hidden, self.dims = hidden, dims
        sizes = keyed.layer_sizes(synthetic.PIXELS, hidden, dims)
        self.layers = [
            _explicit_layer(layer, fan_in, fan_out)
            for layer, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:]))
        ]

    def encode(self, images):
        values = images
        for kernel, bias in self.layers[: len(self.layers) // 2]:
            values = np.maximum(values @ kernel + bias, 0)
        return values

    def decode(self, latents):
        values = latents
        for kernel, bias in self.layers[len(self.layers) // 2 : -1]:
            values = np.maximum(values @ kernel + bias, 0)
        kernel, bias = self.layers[-1]
        return 1 / (1 + np.exp(-(values @ kernel + bias)))

    @property
    def latent_layer(self):
        """Kernel and bias whose columns are the latent dimensions."""
        return self.layers[len(self.layers) // 2 - 1]


def _explicit_layer(layer, fan_in, fan_out):
    """Kernel and bias, larger than a training would start from so that ReLUs are both on and off.

    All are multiples of 1/1024: exact in single precision and short in writing.
    """
    uniform = keyed.uniforms(
        keyed.key_of(SEED, keyed.WEIGHTS, layer), (fan_in + 1) * fan_out
    )
    scale = 2 * np.sqrt(6 / (fan_in + fan_out))
    values = np.round((2 * uniform.astype(float) - 1) * scale * 1024) / 1024
    values = values.reshape(fan_in + 1, fan_out)
    return values[:-1].copy(), values[-1] / 2


def one_layer():
    """20-6-20; dimension 4 is below zero for every input in [0, 1]: empty."""
    network = Network([], 6)
    kernel, bias = network.latent_layer
    bias[4] = -np.maximum(kernel[:, 4], 0).sum() - 0.25
    return network


def deep():
    """20-10-4-10-20; dimension 3 hears nothing and is the same for every input."""
    network = Network([10], 4)
    kernel, bias = network.latent_layer
    # 0.7 has no short binary form: where the mean of 24 of them is rounded, a slope would show.
    kernel[:, 3], bias[3] = 0, np.float32(0.7)
    return network


def waking(images):
    """20-2-20; dimension 1 is zero for every image as it is, but not for every permuted one."""
    network = Network([], 2)
    kernel, bias = network.latent_layer
    highest = (images @ kernel[:, 1]).max()
    bias[1] = -(np.ceil(highest * 1024) + 1) / 1024
    return network


# --- Algorithm 1 ------------------------------------------------------------------------------


def permuted(values, column, order):
    changed = values.copy()
    changed[:, column] = values[order, column]
    return changed


def pixel_importance(network, images, repeats):
    """V of every repeat (repeats x pixels x dimensions)."""
    latents = network.encode(images)
    found = np.zeros((repeats, images.shape[1], network.dims))
    for pixel in range(images.shape[1]):
        for repeat in range(repeats):
            key = keyed.key_of(SEED, keyed.PIXEL, pixel, repeat)
            order = keyed.permutation(key, len(images))
            changed = network.encode(permuted(images, pixel, order))
            found[repeat, pixel] = ((latents - changed) ** 2).mean(axis=0)
    return found


def direction(latents, images):
    """Least-squares slope of every latent on every pixel; 0 where either is constant."""
    slope = np.zeros((images.shape[1], latents.shape[1]))
    for pixel in range(images.shape[1]):
        for dimension in range(latents.shape[1]):
            x, z = images[:, pixel], latents[:, dimension]
            if np.ptp(x) > 0 and np.ptp(z) > 0:
                slope[pixel, dimension] = np.polyfit(x, z, 1)[0]
    return slope


def latent_importance(network, images_of, repeats):
    """MSE of every repeat (repeats x classes x dimensions)."""
    found = np.zeros((repeats, len(images_of), network.dims))
    for row, (label, images) in enumerate(images_of.items()):
        latents = network.encode(images)
        baseline = network.decode(latents)
        for dimension in range(network.dims):
            for repeat in range(repeats):
                key = keyed.key_of(SEED, keyed.LATENT, label, dimension, repeat)
                order = keyed.permutation(key, len(images))
                changed = network.decode(permuted(latents, dimension, order))
                found[repeat, row, dimension] = ((baseline - changed) ** 2).mean()
    return found


def estimate(values):
    """Mean over repeats (the first axis) and its standard error."""
    spread = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return {"mean": values.mean(axis=0), "std_error": spread}


# --- expected values over all permutations ----------------------------------------------------


def expected_pixel_importance(network, images):
    """Under a random permutation an image sees each value of the column equally often: all pairs."""
    latents = network.encode(images)
    found = np.zeros((images.shape[1], network.dims))
    for pixel in range(images.shape[1]):
        for other in images:
            changed = images.copy()
            changed[:, pixel] = other[pixel]
            found[pixel] += ((latents - network.encode(changed)) ** 2).mean(axis=0)
    return found / len(images)


def expected_latent_importance(network, images_of):
    found = np.zeros((len(images_of), network.dims))
    for row, images in enumerate(images_of.values()):
        latents = network.encode(images)
        baseline = network.decode(latents)
        for dimension in range(network.dims):
            for other in latents:
                changed = latents.copy()
                changed[:, dimension] = other[dimension]
                found[row, dimension] += (
                    (baseline - network.decode(changed)) ** 2
                ).mean()
        found[row] /= len(images)
    return found


# --- what is recorded -------------------------------------------------------------------------


def results(name, network, images_of):
    images = np.concatenate(list(images_of.values()))
    latents = network.encode(images)
    slope = direction(latents, images)
    runs = []
    for repeats in REPEATS:
        mse = latent_importance(network, images_of, repeats)
        runs.append(
            {
                "permutations": repeats,
                "pixel_importance": estimate(
                    pixel_importance(network, images, repeats)
                ),
                "latent_importance": estimate(mse),
                "latent_importance_rmse": estimate(np.sqrt(mse)),
            }
        )
    return {
        "name": name,
        "hidden": network.hidden,
        "dims": network.dims,
        "empty_dimensions": np.flatnonzero(latents.max(axis=0) == 0).tolist(),
        "constant_dimensions": np.flatnonzero(np.ptp(latents, axis=0) == 0).tolist(),
        # Exactly as they are, unlike the results.
        "layers": [
            {"kernel": k.tolist(), "bias": b.tolist()} for k, b in network.layers
        ],
        "latents": latents,
        "reconstructions": network.decode(latents),
        "slope": slope,
        "sign": np.sign(slope).astype(int),
        "expected": {
            "pixel_importance": expected_pixel_importance(network, images),
            "latent_importance": expected_latent_importance(network, images_of),
        },
        "runs": runs,
    }


def plain(value):
    """Arrays as lists of 9 significant digits; whole numbers and text as they are."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return record.rounded(value, 9)
    return value.tolist() if isinstance(value, np.ndarray) else value


# --- checks -----------------------------------------------------------------------------------


def check(found, images_of):
    """What must hold whatever the numbers are."""
    images = np.concatenate(list(images_of.values()))
    still = np.ptp(images, axis=0) == 0
    assert np.flatnonzero(still).tolist() == sorted(
        [*synthetic.ALWAYS_ZERO, *synthetic.ALWAYS_THE_SAME]
    )
    assert (found["slope"][still] == 0).all()
    assert (found["slope"][:, found["constant_dimensions"]] == 0).all()
    for run in found["runs"]:
        pixels, latents = run["pixel_importance"], run["latent_importance"]
        for matrix in (*pixels.values(), found["expected"]["pixel_importance"]):
            assert (matrix[still] == 0).all()
        for matrix in (*latents.values(), *run["latent_importance_rmse"].values()):
            assert (matrix[:, found["constant_dimensions"]] == 0).all()
            assert (matrix[-1] == 0).all(), "a class of one image"

    worst = 0
    for part, expected in found["expected"].items():
        run = found["runs"][-1][part]
        distance, error = np.abs(run["mean"] - expected), run["std_error"]
        assert (distance[error == 0] < 1e-12).all()
        worst = max(worst, (distance[error > 0] / error[error > 0]).max())
    assert worst < 4, worst

    slopes = np.abs(found["slope"][found["slope"] != 0])
    share = (found["latents"] == 0).mean()
    print(
        f"{found['name']}: {share:.0%} of the latents are zero; at {REPEATS[-1]} permutations the "
        f"farthest cell is {worst:.2f} standard errors from its expected value; the slope nearest "
        f"to zero is {slopes.min() / slopes.max():.1e} of the largest"
    )


def check_expected_value():
    """Over all 120 orders of five images the mean is the all-pairs formula, not about it."""
    network = deep()
    images = synthetic.as_input(synthetic.images(SEED, 3, 5)).astype(float)
    latents = network.encode(images)
    every = [
        [
            (
                (latents - network.encode(permuted(images, pixel, list(order)))) ** 2
            ).mean(axis=0)
            for order in orders_of(range(len(images)))
        ]
        for pixel in range(synthetic.PIXELS)
    ]
    exact = expected_pixel_importance(network, images)
    assert np.allclose(np.mean(every, axis=1), exact, rtol=1e-12, atol=1e-15)


def main():
    check_expected_value()
    bytes_of = {
        label: synthetic.images(SEED, label, count)
        for label, count in CLASS_SIZES.items()
    }
    # The values that single precision gives the networks, then everything in double.
    images_of = {
        label: synthetic.as_input(data).astype(float)
        for label, data in bytes_of.items()
    }
    images = np.concatenate(list(images_of.values()))

    models = []
    for name, network in (
        ("one layer", one_layer()),
        ("deep", deep()),
        ("waking", waking(images)),
    ):
        found = results(name, network, images_of)
        check(found, images_of)
        models.append(found)
    # What the networks were made for.
    assert [found["empty_dimensions"] for found in models] == [[4], [], [1]]
    assert [found["constant_dimensions"] for found in models] == [[4], [3], [1]]
    assert (models[0]["runs"][0]["pixel_importance"]["mean"][:, 4] == 0).all()
    assert models[2]["runs"][1]["pixel_importance"]["mean"][:, 1].max() > 0

    record.write(
        Path(__file__).with_name("literal.json"),
        plain(
            {
                "versions": {"numpy": np.__version__},
                "seed": SEED,
                "height": synthetic.HEIGHT,
                "width": synthetic.WIDTH,
                "classes": [
                    {"label": label, "images": data.tolist()}
                    for label, data in bytes_of.items()
                ],
                "constant_pixels": np.flatnonzero(np.ptp(images, axis=0) == 0).tolist(),
                "models": models,
            }
        ),
    )


if __name__ == "__main__":
    main()
