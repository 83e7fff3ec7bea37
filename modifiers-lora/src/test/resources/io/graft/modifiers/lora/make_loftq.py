"""Makes the files under `loftq`: make_loftq.py OUT, with PyTorch and PEFT 0.21.

The loop is that of PEFT's loftq_init, with its decomposition, and rounding to multiples of a quarter in the place of its quantizers.
"""
import sys
from pathlib import Path

import torch
from peft.utils.loftq_utils import _low_rank_decomposition
from safetensors.torch import save_file

OUT = Path(sys.argv[1])
RANK = 4


def quantize(weight):
    return torch.round(weight / 0.25) * 0.25


index = torch.arange(12 * 8, dtype=torch.float64)
weight = (torch.sin(index * 1.7) + (index % 9 == 0)).to(torch.float32).reshape(12, 8)
for iterations in (1, 3):
    residual = weight.clone()
    for _ in range(iterations):
        held = quantize(residual)
        parts = _low_rank_decomposition(weight - held, reduced_rank=RANK)
        left, right = parts["L"], parts["R"]
        residual = weight - left @ right
    save_file(
        {"weight": weight, "held": held, "update": (left @ right).contiguous()},
        OUT / f"iterations-{iterations}.safetensors",
    )
