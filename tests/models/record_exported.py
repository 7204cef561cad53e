"""An autoencoder that the lines of docs/own-data.md wrote as ONNX, the same that stand under a refusal, with what PyTorch
makes of some images. It has attention, LayerNorm and GELU, and takes 64 images at a time."""

import json
import re

import numpy as np
import onnx
import torch
from torch import nn

from shared import FIXTURES, numbers

FILE = FIXTURES / "graphs" / "exported.onnx"
# As the tests make them.
IMAGES = np.float32([(at * at) % 101 / 100 for at in range(2 * 784)]).reshape(2, 1, 28, 28)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 4, 7, stride=7)
        self.norm = nn.LayerNorm(4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.narrow = nn.Linear(64, 3)
        self.wide = nn.Linear(3, 64)
        self.draw = nn.ConvTranspose2d(4, 1, 7, stride=7)

    def encode(self, images):
        tokens = self.norm(self.patches(images).flatten(2).transpose(1, 2))
        tokens = tokens + self.attention(tokens, tokens, tokens)[0]
        return self.narrow(self.dropout(nn.functional.gelu(tokens).flatten(1)))

    def forward(self, images):
        maps = torch.relu(self.wide(self.encode(images))).view(-1, 4, 4, 4)
        return torch.sigmoid(self.draw(maps))


torch.manual_seed(1)
model = Autoencoder()
documentation = (FIXTURES.parents[2] / "docs" / "own-data.md").read_text()
lines = re.search(r"```python\n(example = torch.*?)```", documentation, re.S).group(1)
assert '"model.onnx"' in lines
exec(lines.replace('"model.onnx"', "str(FILE)"))
# Without where in this script everything was exported.
exported = onnx.load(FILE)
for part in (*exported.graph.node, *exported.graph.value_info, *exported.graph.input, *exported.graph.output):
    del part.metadata_props[:]
FILE.write_bytes(exported.SerializeToString())

images = torch.tensor(IMAGES)
with torch.no_grad():
    latents, drawn = model.encode(images), model(images)
answers = {
    "versions": {"torch": torch.__version__},
    "latents": numbers(latents.numpy()),
    "reconstructions": numbers(drawn.numpy().reshape(2, -1)),
}
(FIXTURES / "exported.json").write_text(json.dumps(answers) + "\n")
