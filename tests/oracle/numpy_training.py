"""The training that keras_curve.py asks of Keras, once more in numpy.

It can be run in float64 (how much does single precision matter?) and with either place for
Adam's epsilon (how much does that matter?).
"""

import numpy as np

import keyed

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def forward(weights, images):
    """(inputs of every layer, logits of the last one): ReLU between the layers."""
    inputs = [images]
    for kernel, bias in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ kernel + bias, 0))
    kernel, bias = weights[-1]
    return inputs, inputs[-1] @ kernel + bias


def bce(logits, images):
    """Mean binary cross-entropy over images and pixels, in nats, from logits."""
    losses = np.maximum(logits, 0) - logits * images + np.log1p(np.exp(-np.abs(logits)))
    return losses.mean(dtype=np.float64)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def gradients(weights, images):
    """(loss, gradient of every kernel and bias)."""
    inputs, logits = forward(weights, images)
    delta = (sigmoid(logits) - images) / images.size
    found = []
    for layer in reversed(range(len(weights))):
        found.append((inputs[layer].T @ delta, delta.sum(axis=0)))
        if layer > 0:
            delta = (delta @ weights[layer][0].T) * (inputs[layer] > 0)
    return bce(logits, images), found[::-1]


class Adam:
    """Adam as Keras has it or, with `corrected_epsilon`, as Algorithm 1 of Kingma and Ba.

    Keras adds epsilon to the root of the raw second moment; Algorithm 1, PyTorch and burn add it
    to the root of the bias-corrected one. So early on Keras's epsilon counts for more.
    """

    def __init__(self, weights, corrected_epsilon):
        self.corrected_epsilon = corrected_epsilon
        self.first = [[np.zeros_like(part) for part in layer] for layer in weights]
        self.second = [[np.zeros_like(part) for part in layer] for layer in weights]
        self.steps = 0

    def step(self, weights, grads):
        self.steps += 1
        first_correction = 1 - BETA_1**self.steps
        root_correction = np.sqrt(1 - BETA_2**self.steps)
        epsilon = EPSILON * (root_correction if self.corrected_epsilon else 1)
        rate = LEARNING_RATE * root_correction / first_correction
        for layer in range(len(weights)):
            for part in range(2):
                grad = grads[layer][part]
                first, second = self.first[layer][part], self.second[layer][part]
                first += (1 - BETA_1) * (grad - first)
                second += (1 - BETA_2) * (grad * grad - second)
                weights[layer][part][...] -= rate * first / (np.sqrt(second) + epsilon)


def train(settings, training, held_out, dtype=np.float64, corrected_epsilon=False):
    """(training loss, held-out loss) of every epoch and the final held-out MSE."""
    training, held_out = training.astype(dtype), held_out.astype(dtype)
    sizes = keyed.layer_sizes(training.shape[1], settings["hidden"], settings["dims"])
    weights = [
        [part.astype(dtype) for part in layer]
        for layer in keyed.initial_weights(settings["seed"], sizes)
    ]
    adam = Adam(weights, corrected_epsilon)
    training_loss, held_out_loss = [], []
    for epoch in range(settings["epochs"]):
        order = keyed.batch_order(settings["seed"], epoch, len(training))
        total = 0.0
        for start in range(0, len(order), keyed.BATCH_SIZE):
            batch = training[order[start : start + keyed.BATCH_SIZE]]
            loss, grads = gradients(weights, batch)
            adam.step(weights, grads)
            total += loss * len(batch)
        training_loss.append(total / len(training))
        held_out_loss.append(bce(forward(weights, held_out)[1], held_out))
    reconstruction = sigmoid(forward(weights, held_out)[1])
    mse = np.mean((reconstruction - held_out) ** 2, dtype=np.float64)
    return training_loss, held_out_loss, mse
