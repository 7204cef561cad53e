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
            nn.Linear(16, 8),
            nn.Sequential(nn.ELU(), nn.Dropout(0.2)),
            nn.Linear(8, 6),
            nn.Sequential(nn.ELU(), nn.Dropout(0.2)),
            nn.Linear(6, 3),
            nn.ELU(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(3, 6),
            nn.Sequential(nn.ELU(), nn.Dropout(0.2)),
            nn.Linear(6, 8),
            nn.Sequential(nn.ELU(), nn.Dropout(0.2)),
            nn.Linear(8, 16),
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
optimizer = torch.optim.AdamW(autoencoder.parameters(), weight_decay=0.01, lr=0.001, betas=(0.9, 0.999), eps=1e-7)
loss_of = nn.L1Loss()
batches = torch.utils.data.DataLoader(images, batch_size=256, shuffle=True)
for epoch in range(3):
    total = 0.0
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(autoencoder.decoder(autoencoder.encoder(batch)), batch)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {epoch + 1}: {total / len(images):.5f}")
torch.save(autoencoder.state_dict(), "autoencoder.pt")
