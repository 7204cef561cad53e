"""Models of Keras 3 as people build them beyond a line of dense layers: variational ones, ones that
bring images to their range themselves, activations as layers, JSON and weights apart."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
from keras import layers, ops

from shared import FIXTURES, IMAGES, PIXELS, numbers, record, write

ROOM = FIXTURES / "keras-more"
ROOM.mkdir()
BYTES = np.round(IMAGES * 255).astype(np.float32)
RNG = np.random.default_rng(8)
RELU = ["relu", "linear", "relu", "sigmoid"]


def shake(model):
    """Random weights; what is a variance stays positive."""
    shaken = []
    for variable in model.weights:
        weight = np.asarray(variable)
        if weight.ndim > 1 and "alpha" not in variable.path:
            weight = RNG.normal(0, 0.5, weight.shape)
        elif weight.dtype == np.float32:
            weight = weight + RNG.uniform(-0.3, 0.3, weight.shape)
        shaken.append(weight)
    model.set_weights(shaken)
    return model


@keras.saving.register_keras_serializable()
class Sampling(layers.Layer):
    """As on Keras's page about variational autoencoders."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * noise


@keras.saving.register_keras_serializable()
class Noise(layers.Layer):
    def call(self, like):
        return 0.5 + ops.zeros_like(like)


def decoder(units=5):
    start = keras.Input((2,))
    inner = layers.Dense(units, activation="relu")(start)
    return shake(keras.Model(start, layers.Dense(PIXELS, activation="sigmoid")(inner), name="decoder"))


def variational(names=("z_mean", "z_log_var"), swapped=False):
    pixels = keras.Input((PIXELS,))
    inner = layers.Dense(5, activation="relu")(pixels)
    heads = {}
    for name in reversed(names) if swapped else names:
        heads[name] = layers.Dense(2, name=name)(inner)
    mean, log_var = (heads[name] for name in names)
    return pixels, mean, log_var


def two_outputs():
    pixels, mean, log_var = variational()
    z = Sampling()([mean, log_var])
    return shake(keras.Model(pixels, [mean, log_var, z], name="encoder"))


def add(name, files, encoder, decode, images=IMAGES, **more):
    latents = encoder(images, training=False)
    latents = np.asarray(latents[0] if isinstance(latents, (list, tuple)) else latents)
    drawn = np.asarray(decode(latents, training=False))
    if images is not IMAGES:
        more["images"] = numbers(images)
    record(f"keras-more {name}", [f"keras-more/{file}" for file in files], latents, drawn, **more)


def vae():
    encoder, decode = two_outputs(), decoder()
    encoder.save(ROOM / "encoder.keras")
    decode.save(ROOM / "decoder.keras")
    add("vae, two files", ["decoder.keras", "encoder.keras"], encoder, decode)
    pixels = keras.Input((PIXELS,))
    whole = keras.Model(pixels, decode(encoder(pixels)[2]), name="vae")
    whole.save(ROOM / "vae.keras")
    add("vae, nested", ["vae.keras"], encoder, decode)
    whole.save(ROOM / "vae.h5")
    add("vae, nested HDF5", ["vae.h5"], encoder, decode)


def by_arithmetic():
    """Nothing but what is done with the heads tells which is which, and the spread stands first."""
    pixels, mean, log_var = variational(("second", "first"), swapped=True)
    noise = layers.Multiply()([ops.exp(0.5 * log_var), Noise()(log_var)])
    z = layers.Add()([mean, noise])
    inner = layers.Dense(5, activation="relu")(z)
    drawn = layers.Dense(PIXELS, activation="sigmoid")(inner)
    whole = shake(keras.Model(pixels, drawn))
    whole.save(ROOM / "arithmetic.keras")
    encoder = keras.Model(pixels, mean)
    start = keras.Input((2,))
    decode = keras.Model(start, whole.layers[-1](whole.layers[-2](start)))
    add("vae by arithmetic", ["arithmetic.keras"], encoder, decode)


def unnamed():
    pixels, mean, log_var = variational(("one", "other"))
    encoder = shake(keras.Model(pixels, [mean, log_var, Sampling()([mean, log_var])]))
    encoder.save(ROOM / "unnamed.keras")
    add("vae by its answer", ["unnamed.keras", "decoder.keras"], encoder,
        keras.saving.load_model(ROOM / "decoder.keras"), order=["one"])


@keras.saving.register_keras_serializable()
class Vae(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(5, activation="relu")
        self.spread = layers.Dense(2, name="z_log_var")
        self.means = layers.Dense(2, name="z_mean")
        self.up = layers.Dense(5, activation="relu", name="up")
        self.drawn = layers.Dense(PIXELS, activation="sigmoid", name="drawn")
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def encode(self, images, training=False):
        return self.means(self.hidden(images))

    def decode(self, latents, training=False):
        return self.drawn(self.up(latents))

    def call(self, images):
        self.spread(self.hidden(images))
        return self.decode(self.encode(images))


def subclassed():
    model = Vae()
    model(IMAGES)
    shake(model)
    model.save(ROOM / "subclassed.keras")
    order = ["dense", "z_mean", "up", "drawn"]
    # Its names are those that Keras gives where none are given.
    order[0] = model.hidden.name
    add("subclassed", ["subclassed.keras"], model.encode, model.decode, activations=RELU, order=order)


def ranges():
    """Steps before the first layer: three that take bytes, and one that takes intensities."""
    def first(name, steps, shape=(4, 4), images=BYTES, **more):
        encoder = keras.Sequential([keras.Input(shape), *steps, layers.Flatten(), layers.Dense(2)])
        for weight in encoder.layers[-1].weights:
            weight.assign(RNG.normal(0, 0.5, weight.shape))
        decode = decoder(3)
        pixels = keras.Input(shape)
        keras.Model(pixels, decode(encoder(pixels))).save(ROOM / f"{name}.keras")
        flat = lambda given, training: encoder(given.reshape(-1, *shape), training=False)
        add(name, [f"{name}.keras"], flat, decode, images=images, **more)

    adapted = layers.Normalization()
    adapted.adapt(BYTES.reshape(-1, 4, 4))
    first("rescaling", [layers.Rescaling(1 / 127.5, offset=-1)], stored=True)
    first("columns", [adapted], stored=True)
    given = layers.Normalization(mean=33.0, variance=6000.0)
    first("given", [given], stored=True)
    centred = layers.Rescaling(2.0, offset=-1.0)
    first("centred", [centred], images=IMAGES, stored=False)


def arithmetic():
    pixels = keras.Input((PIXELS,))
    scaled = (pixels - 16.0) / 200.0
    latents = layers.Dense(2)(1.0 - scaled * 2.0)
    encoder = keras.Model(pixels, latents)
    decode = decoder(3)
    for weight in encoder.layers[-1].weights:
        weight.assign(RNG.normal(0, 0.5, weight.shape))
    keras.Model(pixels, decode(latents)).save(ROOM / "operations.keras")
    add("operations", ["operations.keras"], encoder, decode, images=BYTES, stored=True)


def activations():
    encoder = keras.Sequential(
        [
            keras.Input((PIXELS,)),
            layers.Dense(6),
            layers.ReLU(max_value=1.0),
            layers.Dense(6, activation="gelu"),
            layers.Dense(6),
            layers.PReLU(alpha_initializer=keras.initializers.RandomUniform(0.1, 0.9, seed=1)),
            layers.Dense(2),
            layers.PReLU(shared_axes=[1]),
        ]
    )
    decode = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(4, activation="relu6"),
            layers.Dense(4),
            layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.25),
            layers.Dense(PIXELS, activation="sigmoid"),
        ],
        name="decoder",
    )
    for model in (encoder, decode):
        shake(model)
    pixels = keras.Input((PIXELS,))
    keras.Model(pixels, decode(encoder(pixels))).save(ROOM / "activations.keras")
    add("activations", ["activations.keras"], encoder, decode)


def apart():
    encoder = keras.Sequential([keras.Input((PIXELS,)), layers.Dense(5, activation="tanh"), layers.Dense(2)])
    decode = decoder()
    pixels = keras.Input((PIXELS,))
    whole = keras.Model(pixels, decode(shake(encoder)(pixels)))
    (ROOM / "apart.json").write_text(whole.to_json())
    whole.save_weights(ROOM / "apart.weights.h5")
    add("JSON and weights", ["apart.json", "apart.weights.h5"], encoder, decode)
    whole.save(ROOM / "apart.h5")
    add("JSON and HDF5", ["apart.json", "apart.h5"], encoder, decode)


keras.utils.set_random_seed(1)
for step in (vae, by_arithmetic, unnamed, subclassed, ranges, arithmetic, activations, apart):
    step()
write("keras-more.json", keras)
