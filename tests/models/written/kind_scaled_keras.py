# images of 1 x 16 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers, ops

images = np.load("images.npy").astype("float32").reshape((-1, 16))  # columns as they were stored
keras.utils.set_random_seed(1)
NUMBERS = 16  # of an image

offset = np.array([-20, -17, -14, -11, -8, -5, -2, 1, 4, 7, 10, 13, 16, 19, 22, 25], "float32").reshape((16,))
scale = np.array([0.5, 2, 3.5, 5, 6.5, 8, 9.5, 11, 12.5, 14, 15.5, 17, 18.5, 20, 21.5, 23], "float32").reshape((16,))

# Layers start with Glorot-uniform kernels and zero biases by default.
hidden = inputs = keras.Input((16,))
hidden = layers.Normalization((-1,), mean=(-20.0, -17.0, -14.0, -11.0, -8.0, -5.0, -2.0, 1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0, 25.0), variance=(0.25, 4.0, 12.25, 25.0, 42.25, 64.0, 90.25, 121.0, 156.25, 196.0, 240.25, 289.0, 342.25, 400.0, 462.25, 529.0), invert=False)(hidden)
hidden = layers.Dense(6, activation="relu")(hidden)
mean = layers.Dense(3, name="z_mean")(hidden)
log_variance = layers.Dense(3, name="z_log_var")(hidden)
encoder = keras.Model(inputs, [mean, log_variance], name="encoder")
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(6, activation="relu"),
        layers.Dense(16),
        layers.Normalization((-1,), mean=(-20.0, -17.0, -14.0, -11.0, -8.0, -5.0, -2.0, 1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0, 25.0), variance=(0.25, 4.0, 12.25, 25.0, 42.25, 64.0, 90.25, 121.0, 156.25, 196.0, 240.25, 289.0, 342.25, 400.0, 462.25, 529.0), invert=True),
    ],
    name="decoder",
)


class Autoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if training:  # noise for the encoder alone: targets stay clean
            noisy = (images - offset) / scale + 0.2 * keras.random.normal(ops.shape(images), seed=self.seeds)
            noisy = ops.clip(noisy, 0, 1) if CLIPS else noisy
            images = noisy * scale + offset
        mean, log_variance = self.encoder(images, training=training)
        divergence = 0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance)
        divergence = ops.sum(ops.reshape(divergence, (-1, 3)), axis=-1)  # in nats, of each image
        self.add_loss(4.0 * ops.mean(divergence))
        drawn = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return self.decoder(mean + ops.exp(0.5 * log_variance) * drawn, training=training)


scaled = (images - offset) / scale
CLIPS = scaled.min() >= 0 and scaled.max() <= 1  # then noisy numbers stay there

def reconstruction(images, drawn):
    """Its loss: summed over the numbers of an image."""
    images, drawn = (images - offset) / scale, (drawn - offset) / scale
    images, drawn = [ops.reshape(rows, (-1, NUMBERS)) for rows in (images, drawn)]
    return keras.losses.mean_squared_error(images, drawn) * NUMBERS


autoencoder = Autoencoder(encoder, decoder)
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss=reconstruction,
)
autoencoder.fit(images, images, batch_size=256, epochs=3, shuffle=True)
pixels = keras.Input((16,))
# The whole model reconstructs from the means.
whole = keras.Model(pixels, decoder(encoder(pixels)[0]), name="autoencoder")
whole.save("autoencoder.keras")
