"""TorchScript programs that compute in 16 bits, and take and give 32: programs/bfloat16.pt, programs/float16.pt.

    python make_halves.py

Needs torch.
"""
from pathlib import Path

import torch
from torch import nn


class Halves(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype
        self.first = nn.Linear(8, 8, dtype=dtype)
        self.second = nn.Linear(8, 3, dtype=dtype)

    def forward(self, x):
        return self.second(torch.tanh(self.first(x.to(self.dtype)))).float()


folder = Path(__file__).parent / "programs"
for dtype in (torch.bfloat16, torch.float16):
    torch.manual_seed(7)
    name = str(dtype).split(".")[1]
    torch.jit.trace(Halves(dtype), torch.ones(6, 8)).save(str(folder / f"{name}.pt"))
