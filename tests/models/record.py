"""Small autoencoders saved by the real libraries, with what those libraries make of some images.

    python record.py

writes the folder `fixtures` anew: files, and answers in `*.json`. Weights are random: what is held
against the readers is where every number goes and what every layer does, not what a model has
learnt. Each library has a process of its own, since TensorFlow and PyTorch cannot share one.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
shutil.rmtree(HERE / "fixtures", ignore_errors=True)
(HERE / "fixtures").mkdir()
for command in (
    [sys.executable, "record_keras.py"],
    [sys.executable, "record_torch.py"],
    [sys.executable, "record_onnx.py"],
    ["node", "record_tfjs.mjs"],
    [sys.executable, "record_keras_more.py"],
    [sys.executable, "record_torch_more.py"],
    [sys.executable, "record_onnx_more.py"],
    [sys.executable, "record_keras_conv.py"],
    [sys.executable, "record_onnx_tf.py"],
    [sys.executable, "record_onnx_torch.py"],
    [sys.executable, "record_onnx_conv.py"],
    ["node", "record_tfjs_conv.mjs"],
):
    subprocess.run(command, cwd=HERE, check=True)
