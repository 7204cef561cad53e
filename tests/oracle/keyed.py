"""The project's randomness, written a second time: generator, split, weights and batch order.

Written from its description (a SplitMix64 stream per key), not from the Rust source, so that a
mistake in one of the two shows.

    python keyed.py         checks it by itself and records known answers in keyed.json
"""

from pathlib import Path

import numpy as np

import record

SPLIT, WEIGHTS, BATCHES, PIXEL, LATENT = range(5)
CORRUPTION, REPARAMETERISATION, DROPOUT = range(14, 17)

BATCH_SIZE = 256
TRAINING_PERCENT = 85

_GOLDEN = 0x9E3779B97F4A7C15
_LOW_64 = (1 << 64) - 1


def mix(bits):
    """SplitMix64's finaliser, on a Python integer below 2^64."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _LOW_64
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _LOW_64
    return bits ^ (bits >> 31)


def key_of(seed, purpose, *words):
    key = 0
    for word in (seed, purpose, *words):
        key = mix(((key ^ word) + _GOLDEN) & _LOW_64)
    return key


def draws(key, count):
    """The first `count` 64-bit outputs of the stream that starts at `key`, as uint64."""
    counter = np.arange(1, count + 1, dtype=np.uint64)
    bits = np.uint64(key) + counter * np.uint64(_GOLDEN)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def uniforms(key, count):
    """The first `count` numbers in [0, 1), multiples of 2^-24, as float32."""
    return (draws(key, count) >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def normals(key, count):
    """Standard normal numbers, float32: cosine and sine of two uniform ones (Box and Muller)."""
    uniform = uniforms(key, count + count % 2).reshape(-1, 2)
    radius = np.sqrt(np.float32(-2) * np.log(1 - uniform[:, 0]))
    angle = np.float32(2 * np.pi) * uniform[:, 1]
    both = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return both.reshape(-1)[:count]


def permutation(key, n):
    """A random order of 0..n: Fisher and Yates, from the last place down, one draw a place."""
    order = list(range(n))
    high = (draws(key, max(n - 1, 0)) >> np.uint64(32)).tolist()
    for last, draw in zip(range(n - 1, 0, -1), high):
        other = (draw * (last + 1)) >> 32
        order[last], order[other] = order[other], order[last]
    return np.array(order, dtype=np.int64)


def split(seed, label, n):
    """(training, held out): places of the class's `n` images, in file order, both ascending."""
    order = permutation(key_of(seed, SPLIT, label), n)
    held_out = n - n * TRAINING_PERCENT // 100
    return np.sort(order[held_out:]), np.sort(order[:held_out])


def glorot(seed, layer, fan_in, fan_out):
    """Glorot-uniform kernel (fan_in x fan_out), float32; layers count from 0 at the input."""
    limit = np.sqrt(np.float32(6) / np.float32(fan_in + fan_out))
    uniform = uniforms(key_of(seed, WEIGHTS, layer), fan_in * fan_out)
    return ((2 * uniform - 1) * limit).reshape(fan_in, fan_out)


def layer_sizes(pixels, hidden, dims):
    """Units from the input to the output: the decoder mirrors the encoder."""
    return [pixels, *hidden, dims, *reversed(hidden), pixels]


def initial_weights(seed, sizes):
    """[(kernel, bias)] of every layer, input side first; biases are zero."""
    return [
        (glorot(seed, layer, fan_in, fan_out), np.zeros(fan_out, np.float32))
        for layer, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:]))
    ]


def batch_order(seed, epoch, n):
    """Order of the training images in an epoch (counted from 0)."""
    return permutation(key_of(seed, BATCHES, epoch), n)


def corrupted(seed, images, epoch, rows, noise, level):
    """Images with noise: `rows` are their numbers among the training images, or, in epoch 0, among those held
    out. Epochs of training count from 1. Numbers of images from 0 to 1 are kept there."""
    made = images.copy()
    level = np.float32(level)
    for image, row in zip(made, rows):
        key = key_of(seed, CORRUPTION, epoch, int(row))
        values = image.reshape(-1)
        if noise == "gaussian":
            values[:] = np.clip(values + level * normals(key, values.size), 0, 1)
        elif noise == "masking":
            values[uniforms(key, values.size) < level] = 0
    return made


def of_latents(seed, dims, epoch, rows):
    """Standard normal numbers for the latents of images (rows x dims)."""
    keys = [key_of(seed, REPARAMETERISATION, epoch, int(row)) for row in rows]
    return np.stack([normals(key, dims) for key in keys])


def of_units(seed, units, layer, epoch, rows, rate):
    """What the units of a hidden layer are multiplied by (rows x units): 0, or 1 / (1 - rate). Hidden layers
    count from 0 over encoder and decoder."""
    keys = [key_of(seed, DROPOUT, epoch, int(row), layer) for row in rows]
    uniform = np.stack([uniforms(key, units) for key in keys])
    rate = np.float32(rate)
    return np.where(uniform < rate, np.float32(0), 1 / (1 - rate)).astype(np.float32)


def _check():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert draws(1234567, 3).tolist() == published
    assert mix((1234567 + _GOLDEN) & _LOW_64) == published[0]

    for n in (0, 1, 2, 24, 1808):
        order = permutation(key_of(1, PIXEL, 3, 0), n)
        assert sorted(order.tolist()) == list(range(n))

    # Each index stands in each of 6 places in about 1,000 of 6,000 permutations; 5 standard
    # deviations of that binomial count are 144.
    places = np.zeros((6, 6), int)
    for repeat in range(6000):
        order = permutation(key_of(7, PIXEL, 0, repeat), 6)
        places[np.arange(6), order] += 1
    assert np.abs(places - 1000).max() < 144, places

    keys = {
        key_of(seed, purpose, *words)
        for seed in range(3)
        for purpose in range(5)
        for words in ((), (0,), (0, 0), (0, 1), (1, 0), (0, 0, 0))
    }
    assert len(keys) == 3 * 5 * 6

    for label, n in ((0, 1001), (1, 1127), (4, 980), (7, 1)):
        training, held_out = split(1, label, n)
        assert len(training) == n * 85 // 100
        assert sorted([*training, *held_out]) == list(range(n))

    # Mean and mean square of 20,001 normal numbers, within 5 standard deviations.
    normal = normals(key_of(1, REPARAMETERISATION, 1, 0), 20001)
    assert normal.dtype == np.float32
    assert abs(normal.mean()) < 5 / np.sqrt(20001)
    assert abs((normal**2).mean() - 1) < 5 * np.sqrt(2 / 20001)

    kernel = glorot(1, 0, 784, 12)
    limit = np.sqrt(6 / 796)
    assert kernel.dtype == np.float32 and np.abs(kernel).max() <= limit
    assert abs(kernel.std() - limit / np.sqrt(3)) < 0.01 * limit


def _known_answers():
    """What another implementation must give for a few keys."""
    streams = [
        (1, SPLIT, [0]),
        (1, WEIGHTS, [1]),
        (2, BATCHES, [49]),
        (5, PIXEL, [783, 3]),
        (2**32 - 1, LATENT, [9, 31, 199]),
    ]
    splits = [(1, 0, 20), (1, 7, 7), (1, 8, 2), (3, 0, 1001)]
    kernels = [(1, 0, 784, 12), (1, 1, 12, 784), (2, 1, 3, 5)]
    return {
        "versions": {"numpy": np.__version__},
        "streams": [
            {
                "seed": seed,
                "purpose": purpose,
                "words": words,
                "draws": draws(key_of(seed, purpose, *words), 3).tolist(),
                "uniforms": uniforms(key_of(seed, purpose, *words), 3)
                .astype(float)
                .tolist(),
                "permutation": permutation(key_of(seed, purpose, *words), 10).tolist(),
            }
            for seed, purpose, words in streams
        ],
        "splits": [
            {
                "seed": seed,
                "label": label,
                "images": n,
                "held_out": split(seed, label, n)[1].tolist(),
            }
            for seed, label, n in splits
        ],
        "kernels": [
            {
                "seed": seed,
                "layer": layer,
                "fan_in": fan_in,
                "fan_out": fan_out,
                "first_row": record.rounded(
                    glorot(seed, layer, fan_in, fan_out)[0][:12], 9
                ),
                "last": record.rounded(
                    glorot(seed, layer, fan_in, fan_out)[-1][-1:], 9
                )[0],
            }
            for seed, layer, fan_in, fan_out in kernels
        ],
    }


if __name__ == "__main__":
    _check()
    record.write(Path(__file__).with_name("keyed.json"), _known_answers())
