# images of 7 x 6 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers

images = np.load("images.npy").astype("float32").reshape((-1, 7, 6, 1))  # from 0 to 1
keras.utils.set_random_seed(1)

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
        keras.Input((7, 6, 1)),
        layers.Conv2D(3, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu"),
        layers.Conv2D(4, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(3, activation="relu"),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(16, activation="relu"),
        layers.Reshape((2, 2, 4)),
        layers.Conv2DTranspose(3, kernel_size=(3, 3), strides=(2, 2), padding="same", output_padding=(1, 0), activation="relu"),
        layers.Conv2DTranspose(1, kernel_size=(3, 3), strides=(2, 2), padding="same", output_padding=(0, 1), activation="sigmoid"),
    ],
    name="decoder",
)
autoencoder = keras.Sequential([keras.Input((7, 6, 1)), encoder, decoder])
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss="binary_crossentropy",
)
autoencoder.fit(images, images, batch_size=256, epochs=3, shuffle=True)
autoencoder.save("autoencoder.keras")
