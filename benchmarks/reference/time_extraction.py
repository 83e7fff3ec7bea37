"""What PyTorch takes to decompose the matrices of ExtractBenchmark at rank 16: torch.svd_lowrank, and torch.linalg.svd and a cut.

    python time_extraction.py [THREADS]

Needs torch. Seconds by the clock, and those of processors, which other programs disturb less. The whole decomposition is made of a matrix of
each shape, and counted as often as there are such.
"""
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
torch.manual_seed(0)
shapes = [(768, 768)] * 48 + [(3072, 768)] * 12 + [(768, 3072)] * 12


def timed(what):
    clock, processors = time.time(), time.process_time()
    what()
    return time.time() - clock, time.process_time() - processors


def row(name, times):
    print(f"| {name} | {sum(t[0] for t in times):.2f} | {sum(t[1] for t in times):.2f} |")


matrices = [torch.randn(shape) * 0.03 for shape in shapes]
torch.svd_lowrank(matrices[0], q=16, niter=2)
print("| | seconds | of processors |\n|---|---:|---:|")
for _ in range(3):
    row("svd_lowrank", [timed(lambda: torch.svd_lowrank(matrix, q=16, niter=2)) for matrix in matrices])
whole = []
for index, times in ((0, 48), (48, 12), (60, 12)):
    one = timed(lambda: torch.linalg.svd(matrices[index], full_matrices=False))
    whole += [one] * times
row("linalg.svd", whole)
