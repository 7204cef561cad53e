# images of 4 x 4 pixels, 3 latent dimensions; needs torch and numpy.
import numpy as np
import torch
from torch import nn

images = np.load("images.npy").astype("float32")  # numbers as the network takes them
images = images.reshape(-1, 4, 4, 1)
images = torch.from_numpy(images).permute(0, 3, 1, 2)  # images x channels x height x width
torch.manual_seed(1)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(1, 2, 3, stride=2),
            nn.Sequential(nn.ReLU(), nn.Dropout(0.1)),
            nn.Flatten(),
            nn.Linear(8, 3),
            nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(3, 8),
            nn.Sequential(nn.ReLU(), nn.Dropout(0.1)),
            nn.Unflatten(1, (2, 2, 2)),
            nn.ConvTranspose2d(2, 1, 3, stride=2),
            nn.ZeroPad2d((0, -1, 0, -1)),
            nn.Sigmoid(),
        )
        for layer in self.modules():
            if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images):
        """Reconstructions."""
        latents = self.encoder(images)
        return self.decoder(latents)


autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.BCELoss()


def noisy(images):
    return images * (torch.rand_like(images) >= 0.3)


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
