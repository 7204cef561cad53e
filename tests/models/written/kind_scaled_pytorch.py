# images of 1 x 16 pixels, 3 latent dimensions; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = np.load("images.npy").astype("float32")  # columns as they were stored
images = images.reshape(-1, 16)
images = torch.from_numpy(images)
torch.manual_seed(1)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(16, 6),
            nn.ReLU(),
        )
        self.mean = nn.Linear(6, 3)
        self.log_variance = nn.Linear(6, 3)
        self.decoder = nn.Sequential(
            nn.Linear(3, 6),
            nn.ReLU(),
            nn.Linear(6, 16),
        )
        self.register_buffer("column_offset", torch.tensor([-20, -17, -14, -11, -8, -5, -2, 1, 4, 7, 10, 13, 16, 19, 22, 25], dtype=torch.float32))
        self.register_buffer("column_scale", torch.tensor([0.5, 2, 3.5, 5, 6.5, 8, 9.5, 11, 12.5, 14, 15.5, 17, 18.5, 20, 21.5, 23], dtype=torch.float32))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def scaled(self, images):
        return (images - self.column_offset) / self.column_scale

    def stored(self, images):
        return images * self.column_scale + self.column_offset

    def encode(self, images):
        hidden = self.encoder(images)
        return self.mean(hidden), self.log_variance(hidden)

    def reparameterise(self, mean, log_variance):
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)

    def forward(self, images):
        """Reconstructions from the means."""
        mean, _ = self.encode(self.scaled(images))
        latents = mean
        return self.stored(self.decoder(latents))


autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.MSELoss(reduction="sum")
images = autoencoder.scaled(images)  # the loss is of scaled numbers
clips = images.min() >= 0 and images.max() <= 1


def noisy(images):
    images = images + 0.2 * torch.randn_like(images)
    return images.clamp(0, 1) if clips else images


batches = torch.utils.data.DataLoader(images, batch_size=256, shuffle=True)
for epoch in range(3):
    total = 0.0
    for batch in batches:
        optimizer.zero_grad()
        mean, log_variance = autoencoder.encode(noisy(batch))
        drawn = autoencoder.decoder(autoencoder.reparameterise(mean, log_variance))
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()  # in nats
        loss = (loss_of(drawn, batch) + 4.0 * divergence) / len(batch)  # of an image
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {epoch + 1}: {total / len(images):.5f}")
torch.save(autoencoder.state_dict(), "autoencoder.pt")
