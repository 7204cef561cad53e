"""Divergences of normal distributions from the standard one, in nats, by their definition: the integral of
p ln (p / q). Prints what src/latents/divergence.rs holds its closed form to. Needs Python alone.

The trapezoidal rule over the whole line is exact to rounding for so smooth a function.
"""

import math

CASES = [(0.0, 0.0), (1.0, 0.0), (0.5, -2.0), (-2.0, 1.0), (0.01, -0.001), (3.0, -10.0)]


def divergence(mean, log_variance, steps=20_000, reach=16.0):
    deviation = math.exp(log_variance / 2)
    step = 2 * reach / steps
    terms = []
    for at in range(steps + 1):
        z = -reach + at * step
        x = mean + deviation * z
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        log_ratio = -math.log(deviation) - z * z / 2 + x * x / 2
        terms.append(density * log_ratio * step)
    return math.fsum(terms)


for mean, log_variance in CASES:
    print(f"({mean!r}, {log_variance!r}, {divergence(mean, log_variance)!r}),")
