"""Convolutional autoencoders of Keras 2 as HDF5 and as tf2onnx writes them, with what Keras makes of some
images. Rows and latents as in `record_keras_conv.py`."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
import tf2onnx
import tf_keras as keras

from shared import FIXTURES, record, write

ROOM = FIXTURES / "keras-2-conv"
ROOM.mkdir(exist_ok=True)
RNG = np.random.default_rng(19)
SHAPE = (6, 5, 2)
IMAGES = RNG.random((3, 60), dtype=np.float32)
layers = keras.layers


def shake(model):
    drawn = []
    for weight in model.get_weights():
        if weight.ndim > 1:
            drawn.append(RNG.normal(0, 1 / np.sqrt(weight[..., 0].size), weight.shape))
        else:
            drawn.append(weight + RNG.uniform(-0.3, 0.3, weight.shape))
    model.set_weights(drawn)


def add(name, encoder, decoder, shape=SHAPE, maps=False):
    for half in (encoder, decoder):
        shake(half)
    start = keras.Input(shape, name="images")
    whole = keras.Model(start, decoder(encoder(start)))
    images = IMAGES.reshape(-1, *shape)
    latents = encoder(images, training=False).numpy()
    drawn = decoder(latents, training=False).numpy()
    latents = np.moveaxis(latents, -1, 1) if maps else latents
    whole.save(ROOM / f"{name}.h5", save_format="h5")
    record(f"keras-2 conv {name}", [f"keras-2-conv/{name}.h5"], latents, drawn)
    signature = [tf.TensorSpec((None, *shape), tf.float32, name="images")]
    tf2onnx.convert.from_keras(whole, signature, opset=15, output_path=str(ROOM / f"{name}.onnx"))
    record(f"onnx tf2onnx {name}", [f"keras-2-conv/{name}.onnx"], latents, drawn)


add(
    "blocks",
    keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
            layers.LeakyReLU(alpha=0.2),
            layers.Flatten(),
            layers.Dense(3),
        ],
        name="encoder",
    ),
    keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(36, activation="relu"),
            layers.Reshape((3, 3, 4)),
            layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="elu"),
            layers.SeparableConv2D(2, 2, padding="same"),
            layers.Cropping2D(((0, 0), (0, 1))),
            layers.Activation("sigmoid"),
        ],
        name="decoder",
    ),
)
add(
    "maps",
    keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.ZeroPadding2D(((0, 0), (1, 0))),
            layers.Conv2D(3, 3, padding="same", activation="tanh"),
            layers.MaxPooling2D(2),
            layers.Conv2D(2, 3, padding="same"),
            layers.AveragePooling2D(2, strides=1),
        ],
        name="encoder",
    ),
    keras.Sequential(
        [
            keras.Input((2, 2, 2)),
            layers.Conv2D(3, 2, padding="same", activation="relu"),
            layers.UpSampling2D((3, 2)),
            layers.UpSampling2D((1, 2), interpolation="bilinear"),
            layers.Conv2D(2, (1, 4), activation="sigmoid"),
        ],
        name="decoder",
    ),
    maps=True,
)
add(
    "signals",
    keras.Sequential(
        [
            keras.Input((30, 2)),
            layers.Conv1D(4, 3, strides=2, padding="causal", activation="relu"),
            layers.MaxPooling1D(3),
            layers.GlobalAveragePooling1D(),
            layers.Dense(2),
        ],
        name="encoder",
    ),
    keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(45, activation="relu"),
            layers.Reshape((15, 3)),
            layers.Conv1DTranspose(2, 3, strides=2, padding="same"),
        ],
        name="decoder",
    ),
    shape=(30, 2),
)
write("keras-2-conv.json", keras, tf, tf2onnx, images=IMAGES)
