# images of 1 x 16 pixels, 3 latent dimensions; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = np.load("images.npy").astype("float32")  # numbers as the network takes them
images = images.reshape(-1, 16)
images = torch.from_numpy(images)
torch.manual_seed(1)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(16, 6),
            nn.ReLU(),
            nn.Linear(6, 3),
            nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(3, 6),
            nn.ReLU(),
            nn.Linear(6, 16),
            nn.Sigmoid(),
        )
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images):
        """Reconstructions."""
        latents = self.encoder(images)
        return self.decoder(latents)


autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.BCELoss()
clips = images.min() >= 0 and images.max() <= 1


def noisy(images):
    images = images + 0.5 * torch.randn_like(images)
    return images.clamp(0, 1) if clips else images


batches = torch.utils.data.DataLoader(images, batch_size=256, shuffle=True)
for epoch in range(3):
    total = 0.0
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(autoencoder.decoder(autoencoder.encoder(noisy(batch))), batch)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {epoch + 1}: {total / len(images):.5f}")
torch.save(autoencoder.state_dict(), "autoencoder.pt")
