"""Loads every file of `written` with its own library, runs the programs, and records what the
models make of the images.

    python verify.py

Stops at the first file that its library does not take.
"""

import subprocess
import sys
from pathlib import Path

# Each in a process of its own, since Keras' backend and PyTorch need not share one.
for script in (
    ["verify_keras.py"],
    ["verify_torch.py"],
    ["verify_composed.py"],
    ["verify_general.py", "keras"],
    ["verify_general.py", "torch"],
):
    subprocess.run([sys.executable, *script], cwd=Path(__file__).parent, check=True)
