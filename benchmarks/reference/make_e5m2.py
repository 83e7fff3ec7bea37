#!/usr/bin/env python3
"""Makes models in 8-bit floats of five bits of exponent out of such of four: what torch rounds the codes to, beside the same scales.

    python make_e5m2.py FIXTURES

FIXTURES is modifiers-quantization/src/test/resources/fixtures/quantized, whose fp8-block-32-bf16, fp8-modelopt and fp8-fbgemm-row become
fp8-block-32-e5m2, fp8-e5m2-tensor and fp8-e5m2-row. Expected values are products in 32 bits, rounded to the dtype of the model. Made with
torch 2.13.
"""
import pathlib
import shutil
import sys

import torch
from safetensors.torch import load_file, save_file

fixtures = pathlib.Path(sys.argv[1])
for old, new, block in (
    ("fp8-block-32-bf16", "fp8-block-32-e5m2", 32), ("fp8-modelopt", "fp8-e5m2-tensor", None), ("fp8-fbgemm-row", "fp8-e5m2-row", None)
):
    folder = fixtures / new
    shutil.copytree(fixtures / old, folder, dirs_exist_ok=True)
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"fmt": "e4m3"', '"fmt": "e5m2"'))
    tensors = load_file(folder / "model.safetensors")
    expected = load_file(folder / "expected.safetensors")
    for name, codes in list(tensors.items()):
        if codes.dtype == torch.float8_e4m3fn:
            tensors[name] = codes.float().to(torch.float8_e5m2)
            scale = tensors[name + ("_scale_inv" if name + "_scale_inv" in tensors else "_scale")].float()
            if block:
                rows, columns = codes.shape
                scale = scale.repeat_interleave(block, 0)[:rows].repeat_interleave(block, 1)[:, :columns]
            elif scale.numel() > 1:
                scale = scale.reshape(-1, 1)
            expected[name] = (tensors[name].float() * scale).to(expected[name].dtype)
    save_file(tensors, folder / "model.safetensors")
    save_file(expected, folder / "expected.safetensors")
