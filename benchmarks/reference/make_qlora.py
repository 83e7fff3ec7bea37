"""Golden vectors of QLoRA: training/src/test/resources/qlora.

    python make_qlora.py BITSANDBYTES OUT

BITSANDBYTES is a folder with the package's sources, whose PyTorch backend needs no native library. A network of two linear layers is
written as a checkpoint, scripted and traced. For each scheme there are what bitsandbytes restores of its weights, the gradients that
PyTorch computes for adapters on them, and the adapters after each step of AdamW.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from qlora_steps import golden

sys.path.insert(0, sys.argv[1])
import bitsandbytes.functional as bnb  # noqa: E402

OUT = Path(sys.argv[2])
RANK = 4
INPUTS, HIDDEN, OUTPUTS = 64, 32, 4


def nf4(weight, nested):
    codes, state = bnb.quantize_4bit(weight, blocksize=64, quant_type="nf4", compress_statistics=nested)
    return bnb.dequantize_4bit(codes, state)


def int8(weight):
    codes, scales, _ = bnb.int8_vectorwise_quant(weight.half())
    return bnb.int8_vectorwise_dequant(codes, scales)


SCHEMES = {
    "nf4": lambda weight: nf4(weight, False),
    "nf4-double": lambda weight: nf4(weight, True),
    "int8": int8,
}

torch.manual_seed(17)
network = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, OUTPUTS)).eval()
x = torch.randn(6, INPUTS)
target = torch.randn(6, OUTPUTS)
start = {f"{layer}.lora_{factor}": 0.2 * torch.randn(shape) for layer, factor, shape in (
    ("0", "A", (RANK, INPUTS)), ("0", "B", (HIDDEN, RANK)), ("2", "A", (RANK, HIDDEN)), ("2", "B", (OUTPUTS, RANK)))}
save_file(network.state_dict(), OUT / "model.safetensors")
torch.jit.script(network).save(OUT / "scripted.pt")
torch.jit.trace(network, x).save(OUT / "traced.pt")
save_file({"x": x, "target": target, **start}, OUT / "start.safetensors")

for scheme, restore in SCHEMES.items():
    base = {name: restore(value) if value.ndim == 2 else value for name, value in network.state_dict().items()}
    save_file(golden(base, start, x, target), OUT / f"{scheme}.safetensors")
