"""latent-lens analyse --images … --command "python encode_torch.py encoder.pt" --out found"""
import sys
from types import SimpleNamespace as Pipe  # NumPy seeks in files, which pipes cannot

import torch
from numpy.lib.format import read_array, write_array

encoder = torch.jit.load(sys.argv[1]).eval()
source, sink = sys.stdin.buffer, sys.stdout.buffer
while source.peek(1):
    images = torch.tensor(read_array(Pipe(read=source.read))).permute(0, 3, 1, 2)  # channels first
    with torch.no_grad():
        write_array(Pipe(write=sink.write), encoder(images).flatten(1).numpy())
    sink.flush()
