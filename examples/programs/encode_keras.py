"""latent-lens analyse --images … --command "python encode_keras.py encoder.keras" --out found"""
import sys
from types import SimpleNamespace as Pipe  # NumPy seeks in files, which pipes cannot

import keras
from numpy.lib.format import read_array, write_array

encoder = keras.models.load_model(sys.argv[1])
source, sink = sys.stdin.buffer, sys.stdout.buffer
while source.peek(1):
    images = read_array(Pipe(read=source.read))  # images × height × width × channels, float32
    latents = encoder.predict_on_batch(images).reshape(len(images), -1)
    write_array(Pipe(write=sink.write), latents)
    sink.flush()
