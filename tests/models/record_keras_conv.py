"""Convolutional autoencoders of Keras 3 with what Keras makes of some images: every padding, stride and
layout of its layers for images and signals.

Rows have the channels of a pixel side by side, whatever a model takes; latents that are feature maps are
recorded channel by channel."""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

from shared import FIXTURES, record, write

ROOM = FIXTURES / "keras-conv"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(16)
SHAPE = (6, 5, 2)
IMAGES = RNG.random((3, 60), dtype=np.float32)


def shake(model):
    """Random weights; what is a variance stays positive."""
    shaken = []
    for variable in model.weights:
        weight = np.asarray(variable)
        if weight.ndim > 1 and "alpha" not in variable.path:
            weight = RNG.normal(0, 1 / np.sqrt(weight[..., 0].size), weight.shape)
        elif weight.dtype == np.float32:
            weight = weight + RNG.uniform(-0.3, 0.3, weight.shape)
        shaken.append(weight)
    model.set_weights(shaken)
    return model


def first(images):
    """Channels last to channels first."""
    return np.moveaxis(images, -1, 1)


def last(images):
    return np.moveaxis(images, 1, -1)


def given(model):
    """The images as a model takes them."""
    shape = model.input_shape[1:]
    images = IMAGES
    if shape == (2, 6, 5):
        return first(images.reshape(-1, *SHAPE))
    if shape == (2, 30):
        return first(images.reshape(-1, 30, 2))
    return images.reshape(-1, *shape)


def add(name, files, encoder, decoder, latents=None, drawn=None, images=None, **more):
    """`latents` and `drawn` make rows of what the halves give, where it is not already."""
    taken = given(encoder) if images is None else images
    found = encoder(taken, training=False)
    found = np.asarray(found[0] if isinstance(found, (list, tuple)) else found)
    made = np.asarray(decoder(found, training=False))
    found = found if latents is None else latents(found)
    made = made if drawn is None else drawn(made)
    record(f"keras-conv {name}", [f"keras-conv/{file}" for file in files], found, made, **more)


def halves(encoder, decoder, name, endings=(".keras",)):
    """Saves a model of two models."""
    for half in (encoder, decoder):
        shake(half)
    start = keras.Input(encoder.input_shape[1:])
    whole = keras.Model(start, decoder(encoder(start)))
    for ending in endings:
        whole.save(ROOM / f"{name}{ending}")
    return whole


def blocks():
    """Strided blocks and a dense bottleneck."""
    encoder = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(3, (2, 3), padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(3),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(36, activation="elu"),
            layers.Reshape((3, 3, 4)),
            layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(2, (2, 3), padding="same"),
            layers.Cropping2D(((0, 0), (0, 1))),
            layers.Activation("sigmoid"),
        ],
        name="decoder",
    )
    whole = halves(encoder, decoder, "blocks", (".keras", ".h5"))
    add("blocks", ["blocks.keras"], encoder, decoder)
    add("blocks HDF5", ["blocks.h5"], encoder, decoder)
    (ROOM / "apart.json").write_text(whole.to_json())
    whole.save_weights(ROOM / "apart.weights.h5")
    add("blocks apart", ["apart.json", "apart.weights.h5"], encoder, decoder)


def pooling():
    """As on Keras's page about autoencoders: pooling, upsampling, latents that are feature maps."""
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(3, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(3, 3, activation="relu", padding="same"),
            layers.UpSampling2D(2),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.UpSampling2D(2),
            layers.Cropping2D(((1, 1), (1, 2))),
            layers.Conv2D(2, 3, activation="sigmoid", padding="same"),
        ]
    )
    shake(model)
    model.save(ROOM / "pooling.keras")
    encoder = keras.Sequential(model.layers[:4])
    decoder = keras.Sequential(model.layers[4:])
    encoder.build((None, *SHAPE))
    add("pooling", ["pooling.keras"], encoder, decoder, latents=first)


def channels_first():
    of = {"data_format": "channels_first"}
    encoder = keras.Sequential(
        [
            keras.Input((2, 6, 5)),
            layers.Conv2D(4, 3, padding="same", **of),
            layers.BatchNormalization(axis=1),
            layers.LeakyReLU(negative_slope=0.2),
            layers.MaxPooling2D(2, **of),
            layers.DepthwiseConv2D(2, padding="same", depth_multiplier=2, activation="tanh", **of),
            layers.Reshape((48,)),
            layers.Dense(4),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(18, activation="relu"),
            layers.Reshape((3, 3, 2)),
            layers.Conv2DTranspose(3, 2, strides=2, output_padding=(0, 0), **of),
            layers.ReLU(),
            layers.Conv2D(2, (1, 1), **of),
            layers.ZeroPadding2D(((0, 0), (0, 1)), **of),
        ],
        name="decoder",
    )
    halves(encoder, decoder, "first", (".keras", ".h5"))
    add("channels first", ["first.keras"], encoder, decoder, drawn=last)
    add("channels first HDF5", ["first.h5"], encoder, decoder, drawn=last)
    # Feature maps between the halves, two orders of flattening, and channels that change places.
    encoder = keras.Sequential(
        [
            keras.Input((2, 6, 5)),
            layers.Conv2D(3, 3, strides=(2, 1), **of),
            layers.PReLU(shared_axes=[2, 3]),
            layers.AveragePooling2D((2, 1), padding="same", **of),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((3, 1, 3)),
            layers.Flatten(**of),
            layers.Dense(60, activation="relu"),
            layers.Reshape((5, 6, 2)),
            layers.Permute((3, 2, 1)),
            layers.Conv2D(2, 3, padding="same", groups=2, **of),
        ],
        name="decoder",
    )
    alpha = keras.initializers.RandomUniform(0.1, 0.9, seed=1)
    encoder.layers[1].alpha.assign(alpha(encoder.layers[1].alpha.shape))
    halves(encoder, decoder, "maps")
    add("channels first, maps", ["maps.keras"], encoder, decoder, drawn=last)


def separable():
    encoder = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.SeparableConv2D(4, 3, strides=2, padding="same", depth_multiplier=2),
            layers.LayerNormalization(),
            layers.Activation("gelu"),
            layers.Conv2D(6, 2, groups=2, dilation_rate=2, padding="same", activation="silu"),
            layers.LayerNormalization(axis=[1, 2, 3], epsilon=1e-2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(12),
            layers.PReLU(),
            layers.Reshape((2, 2, 3)),
            layers.UpSampling2D((3, 3), interpolation="bilinear"),
            layers.DepthwiseConv2D((1, 2), use_bias=False),
            layers.Dense(4, activation="relu"),
            layers.GroupNormalization(groups=1),
            layers.Softmax(),
            layers.Conv2D(2, 3, padding="same"),
        ],
        name="decoder",
    )
    encoder.build((None, *SHAPE))
    decoder.layers[1].alpha.assign(RNG.uniform(0.1, 0.9, 12))
    halves(encoder, decoder, "separable", (".keras", ".h5"))
    add("separable", ["separable.keras"], encoder, decoder)
    add("separable HDF5", ["separable.h5"], encoder, decoder)


def signals():
    encoder = keras.Sequential(
        [
            keras.Input((30, 2)),
            layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"),
            layers.MaxPooling1D(3),
            layers.SeparableConv1D(3, 3, padding="same"),
            layers.AveragePooling1D(2, strides=1, padding="same"),
            layers.DepthwiseConv1D(2, strides=2, activation="tanh"),
            layers.Flatten(),
            layers.Dense(2),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(15, activation="relu"),
            layers.Reshape((5, 3)),
            layers.ZeroPadding1D((1, 0)),
            layers.Conv1DTranspose(4, 3, strides=2, padding="same", activation="relu"),
            layers.UpSampling1D(3),
            layers.Conv1D(2, 2, activation="sigmoid"),
            layers.Cropping1D((2, 3)),
        ],
        name="decoder",
    )
    halves(encoder, decoder, "signals")
    add("signals", ["signals.keras"], encoder, decoder)
    of = {"data_format": "channels_first"}
    encoder = keras.Sequential(
        [
            keras.Input((2, 30)),
            layers.Conv1D(3, 4, strides=3, **of),
            layers.ELU(),
            layers.MaxPooling1D(3, **of),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((3, 3)),
            layers.Conv1DTranspose(4, 4, strides=3, activation="relu", **of),
            layers.Conv1DTranspose(2, 4, strides=3, **of),
            layers.Cropping1D((0, 0)) if False else layers.Activation("linear"),
        ],
        name="decoder",
    )
    # Ten steps of three and one more are 31: the last convolution leaves 30.
    decoder.add(layers.Conv1D(2, 2, **of))
    decoder.build((None, 3, 3))
    halves(encoder, decoder, "signals-first")
    add("signals, channels first", ["signals-first.keras"], encoder, decoder, drawn=last)


def windows():
    """Windows and steps of other sizes in both directions, and images that are brought to a range first."""
    encoder = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Rescaling(2.0, offset=-1.0),
            layers.ZeroPadding2D(((1, 0), (0, 2))),
            layers.Conv2D(4, (3, 2), strides=(2, 3), activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(3, 2, padding="same", activation="sigmoid"),
            layers.AveragePooling2D((2, 1), strides=1),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((2, 2, 3)),
            layers.Conv2DTranspose(4, 3, strides=2, output_padding=1, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(3, (1, 2), strides=(2, 1), padding="same", dilation_rate=1),
            layers.Cropping2D(((3, 3), (0, 1))),
            layers.Conv2DTranspose(2, 2, strides=1, padding="same", output_padding=None),
        ],
        name="decoder",
    )
    halves(encoder, decoder, "windows")
    add("windows", ["windows.keras"], encoder, decoder, latents=first, stored=False)
    adapted = layers.Normalization(mean=[33.0, 40.0], variance=[6000.0, 5000.0])
    encoder = keras.Sequential(
        [
            keras.Input(SHAPE),
            adapted,
            layers.Conv2D(3, 3, strides=3),
            layers.GlobalMaxPooling2D(keepdims=True),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((1, 1, 3)),
            layers.Conv2DTranspose(4, (3, 5), activation="relu"),
            layers.Conv2DTranspose(2, (1, 1), strides=(2, 1), padding="valid"),
        ],
        name="decoder",
    )
    halves(encoder, decoder, "standardised")
    add("standardised", ["standardised.keras"], encoder, decoder, stored=True)


def two_files():
    encoder = keras.Sequential(
        [keras.Input(SHAPE), layers.Conv2D(3, 3, strides=2, padding="same", activation="relu")]
    )
    decoder = keras.Sequential(
        [
            keras.Input((3, 3, 3)),
            layers.Conv2DTranspose(2, 3, strides=2, padding="same"),
            layers.Cropping2D(((0, 0), (0, 1))),
        ]
    )
    for name, half in (("encoder", encoder), ("decoder", decoder)):
        shake(half).save(ROOM / f"{name}.keras")
    add("two files", ["decoder.keras", "encoder.keras"], encoder, decoder, latents=first)


def flat_images():
    """Images that come in one line, and that leave in one."""
    encoder = keras.Sequential(
        [
            keras.Input((60,)),
            layers.Reshape(SHAPE),
            layers.Conv2D(2, 3, strides=2, activation="relu"),
            layers.Flatten(),
        ],
        name="encoder",
    )
    decoder = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(30, activation="relu"),
            layers.Dense(60, activation="sigmoid"),
        ],
        name="decoder",
    )
    halves(encoder, decoder, "flat")
    add("flat", ["flat.keras"], encoder, decoder)


@keras.saving.register_keras_serializable()
class Sampling(layers.Layer):
    """As on Keras's page about variational autoencoders."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seed_generator)
        return mean + keras.ops.exp(0.5 * log_var) * noise


def variational():
    images = keras.Input(SHAPE)
    inner = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(images)
    inner = layers.Dense(5, activation="relu")(layers.Flatten()(inner))
    mean = layers.Dense(2, name="z_mean")(inner)
    log_var = layers.Dense(2, name="z_log_var")(inner)
    encoder = keras.Model(images, [mean, log_var, Sampling()([mean, log_var])], name="encoder")
    start = keras.Input((2,))
    inner = layers.Dense(36, activation="relu")(start)
    inner = layers.Reshape((3, 3, 4))(inner)
    inner = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu")(inner)
    inner = layers.Conv2DTranspose(2, (1, 2), activation="sigmoid")(inner)
    decoder = keras.Model(start, layers.Cropping2D(((0, 0), (1, 1)))(inner), name="decoder")
    for half in (encoder, decoder):
        shake(half)
    encoder.save(ROOM / "vae-encoder.keras")
    decoder.save(ROOM / "vae-decoder.keras")
    add("vae, two files", ["vae-encoder.keras", "vae-decoder.keras"], encoder, decoder)
    images = keras.Input(SHAPE)
    mean, log_var, z = encoder(images)
    whole = keras.Model(images, [decoder(z), mean, log_var])
    whole.save(ROOM / "vae.keras")
    add("vae, whole", ["vae.keras"], encoder, decoder)


keras.utils.set_random_seed(1)
for step in (
    blocks, pooling, channels_first, separable, signals, windows, two_files, flat_images, variational,
):
    step()
write("keras-conv.json", keras, images=IMAGES)
