"""Small image-like data made from the keyed generator: 5 x 4 images with every kind of pixel.

Like digits they have pixels that are always empty, pixels that are seldom used, pixels that are
on or off, and grey ones; each class has its own pattern.
"""

import numpy as np

import keyed

HEIGHT, WIDTH = 5, 4
PIXELS = HEIGHT * WIDTH

ALWAYS_ZERO = [0, 3, 16, 19]
ALWAYS_THE_SAME = {10: 200}
BINARY = [5, 6, 14]
SELDOM = [1, 2, 17, 18]

# Beside the purposes that the project itself has.
_SYNTHETIC = 99


def images(seed, label, count):
    """`count` images of one class as bytes (count x pixels)."""
    pattern = keyed.uniforms(keyed.key_of(seed, _SYNTHETIC, label), PIXELS)
    rows = [
        _image(
            pattern,
            keyed.uniforms(keyed.key_of(seed, _SYNTHETIC, label, image), 2 * PIXELS),
        )
        for image in range(count)
    ]
    return np.array(rows, dtype=np.uint8)


def _image(pattern, uniform):
    """One image: pixel i uses the numbers i and PIXELS + i."""
    chance, level = uniform[:PIXELS], uniform[PIXELS:]
    grey = np.clip(pattern + (level - 0.5), 0, 1) * 255
    grey[BINARY] = np.where(chance < 0.2 + 0.6 * pattern, 255, 0)[BINARY]
    grey[SELDOM] = np.where(chance < 0.25, level * 255, 0)[SELDOM]
    grey[ALWAYS_ZERO] = 0
    for pixel, byte in ALWAYS_THE_SAME.items():
        grey[pixel] = byte
    return np.round(grey)


def as_input(data):
    """Bytes as what a network is given: value / 255 in float32."""
    return data.astype(np.float32) / np.float32(255)
