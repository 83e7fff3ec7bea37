"""Loads a checkpoint into a PyTorch model and reads every element.

Usage: live.py CHECKPOINT LAYERS OUT IN WARM_UPS RUNS, for LAYERS linear layers without bias named 0.weight, 1.weight and so on.
Prints the median seconds of each way: safetensors, and torch.load of the same tensors saved as a zip archive beside the checkpoint.
"""

import statistics
import sys
import time

import torch
from safetensors.torch import load_file

checkpoint, layers, rows, columns, warm_ups, runs = sys.argv[1], *map(int, sys.argv[2:])
archive = checkpoint.removesuffix(".safetensors") + ".pt"
torch.save(load_file(checkpoint), archive)
model = torch.nn.Sequential(*[torch.nn.Linear(columns, rows, bias=False) for _ in range(layers)])


def seconds(load):
    times = []
    for _ in range(warm_ups + runs):
        start = time.perf_counter()
        model.load_state_dict(load())
        total = sum(parameter.detach().sum().item() for parameter in model.parameters())
        times.append(time.perf_counter() - start)
    return statistics.median(times[warm_ups:]), times[0], total


print("safetensors %.3f, the first %.3f, sum %.6e" % seconds(lambda: load_file(checkpoint)))
print("torch.load %.3f, the first %.3f, sum %.6e" % seconds(lambda: torch.load(archive, weights_only=True)))
