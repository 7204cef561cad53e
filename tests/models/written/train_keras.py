# images of 4 x 4 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers

images = np.load("images.npy").astype("float32").reshape((-1, 16))  # from 0 to 1
keras.utils.set_random_seed(1)

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
        keras.Input((16,)),
        layers.Dense(6, activation="relu"),
        layers.Dense(3, activation="relu"),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(6, activation="relu"),
        layers.Dense(16, activation="sigmoid"),
    ],
    name="decoder",
)
autoencoder = keras.Sequential([keras.Input((16,)), encoder, decoder])
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss="binary_crossentropy",
)
autoencoder.fit(images, images, batch_size=256, epochs=3, shuffle=True)
autoencoder.save("autoencoder.keras")
