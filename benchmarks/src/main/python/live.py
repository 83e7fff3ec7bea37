"""Loads a checkpoint into a PyTorch model and reads every element, each time that a line asks for it.

Usage: live.py CHECKPOINT LAYERS OUT IN, for LAYERS linear layers without bias named 0.weight, 1.weight and so on. A line is
`safetensors`, or `torch.load` for the same tensors saved as a zip archive beside the checkpoint. Answers each with the seconds that it
took by the clock, those of the processors, and the sum of all elements.
"""

import sys
import time

import torch
from safetensors.torch import load_file

checkpoint, layers, rows, columns = sys.argv[1], *map(int, sys.argv[2:])
archive = checkpoint.removesuffix(".safetensors") + ".pt"
torch.save(load_file(checkpoint), archive)
model = torch.nn.Sequential(*[torch.nn.Linear(columns, rows, bias=False) for _ in range(layers)])
ways = {
    "safetensors": lambda: load_file(checkpoint),
    "torch.load": lambda: torch.load(archive, weights_only=True),
}

for line in sys.stdin:
    load = ways[line.strip()]
    processors = time.process_time()
    start = time.perf_counter()
    model.load_state_dict(load())
    total = sum(parameter.detach().sum().item() for parameter in model.parameters())
    print("%.6f %.6f %.6e" % (time.perf_counter() - start, time.process_time() - processors, total), flush=True)
