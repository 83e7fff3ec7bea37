"""Makes the fixtures comfy-nvfp4, comfy-mxfp8 and comfy-int8 of modifiers-quantization: codes by comfy-kitchen's own quantizers, and the
values by its dequantizers (eager, on the CPU). Needs torch, safetensors and comfy-kitchen. Usage: make_comfy.py DIR"""

import json
import pathlib
import sys

import torch
from comfy_kitchen.backends.eager import quantization as eager
from safetensors.torch import save_file

torch.manual_seed(5)
NAME = "blocks.0.mlp"


def save(folder, parts, value, **description):
    out = pathlib.Path(sys.argv[1]) / folder
    out.mkdir(parents=True, exist_ok=True)
    described = torch.tensor(list(json.dumps(description).encode()), dtype=torch.uint8)
    norm = torch.ones(4, dtype=torch.bfloat16)
    stored = {f"{NAME}.{last}": part.contiguous() for last, part in {**parts, "comfy_quant": described}.items()}
    save_file({**stored, "norm.weight": norm}, out / "model.safetensors", {"format": "pt"})
    save_file({f"{NAME}.weight": value.contiguous()}, out / "expected.safetensors")


weight = (torch.randn(144, 96) * 0.1).bfloat16()
scale = (weight.abs().amax() / (448 * 6)).float()
codes, blocks = eager.quantize_nvfp4(weight, scale)
save(
    "comfy-nvfp4",
    {"weight": codes, "weight_scale": blocks, "weight_scale_2": scale},
    eager.dequantize_nvfp4(codes, scale, blocks, torch.bfloat16),
    format="nvfp4",
)

weight = torch.randn(160, 96)
weight[5] = 0
weight[7] *= 1e-20
codes, powers = eager.quantize_mxfp8(weight.bfloat16())
# An exponent of 0, which comfy-kitchen takes for the number 0.
powers.view(torch.uint8)[0, 0] = 0
save(
    "comfy-mxfp8",
    {"weight": codes, "weight_scale": powers.view(torch.uint8)},
    eager.dequantize_mxfp8(codes, powers, torch.bfloat16),
    format="mxfp8",
)

codes, scales = eager.quantize_int8_rowwise(torch.randn(24, 40))
save(
    "comfy-int8",
    {"weight": codes, "weight_scale": scales},
    eager.dequantize_int8_simple(codes, scales).bfloat16(),
    format="int8_tensorwise",
)
