# images of 5 x 4 pixels with 3 channels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers

images = np.load("images.npy").astype("float32").reshape((-1, 5, 4, 3))  # from 0 to 1
keras.utils.set_random_seed(1)

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
        keras.Input((5, 4, 3)),
        layers.Conv2D(4, kernel_size=(3, 3), strides=(2, 2), padding="same"),
        layers.ELU(1.0),
        layers.Flatten(),
        layers.Dense(3),
        layers.ELU(1.0),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(24),
        layers.ELU(1.0),
        layers.Reshape((3, 2, 4)),
        layers.Conv2DTranspose(3, kernel_size=(3, 3), strides=(2, 2), padding="same", output_padding=(0, 1), activation="sigmoid"),
    ],
    name="decoder",
)
autoencoder = keras.Sequential([keras.Input((5, 4, 3)), encoder, decoder])
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss="mean_squared_error",
)
autoencoder.fit(images, images, batch_size=100, epochs=3, shuffle=True)
autoencoder.save("autoencoder.keras")
