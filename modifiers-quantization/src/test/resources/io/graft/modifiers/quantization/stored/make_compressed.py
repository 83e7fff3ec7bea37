#!/usr/bin/env python3
"""Makes compressed.safetensors: weights, and what compressed-tensors makes of them.

Its own functions are taken out of its source, at ac8e2ba8 of 2026-08-06; torch 2.13, safetensors 0.8:

    python make_compressed.py compressed-tensors/src/compressed_tensors
"""

import ast
import importlib.util
import pathlib
import sys
import types

import torch
from safetensors.torch import save_file

SOURCE = pathlib.Path(sys.argv[1])
SPACE = {
    "torch": torch,
    "Tensor": torch.Tensor,
    "FloatTensor": torch.Tensor,
    "IntTensor": torch.Tensor,
    "QuantizationArgs": object,
    "QuantizationType": types.SimpleNamespace(INT="int", FLOAT="float"),
    "FP8_E4M3_DATA": types.SimpleNamespace(dtype=torch.float8_e4m3fn, max=448.0, min=-448.0),
    "FP4_E2M1_DATA": types.SimpleNamespace(dtype=None),
    "should_generate_mx_scales": lambda args: False,
    "maybe_convert_from_mx_exp": lambda args, scale: scale,
}


def take(file, *names):
    """Functions of a file of the source, without what it imports."""
    for node in ast.parse((SOURCE / file).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.decorator_list = []
            exec(compile(ast.Module([node], []), file, "exec"), SPACE)


take("quantization/quant_args.py", "round_to_quantized_type_dtype", "round_to_quantized_type_args")
take("quantization/utils/helpers.py", "calculate_qparams", "calculate_range", "_get_dtype_eps")
take("quantization/lifecycle/forward_helpers.py", "_quantize")
spec = importlib.util.spec_from_file_location("pack", SOURCE / "compressors/pack_quantized/helpers.py")
pack = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pack)


def quantize(weight, bits, group, symmetric, kind="int"):
    args = types.SimpleNamespace(
        num_bits=bits, type=kind, symmetric=symmetric, scale_dtype=None, zp_dtype=torch.int8, group_size=group
    )
    groups = weight.reshape(weight.shape[0], -1, group)
    low, high = groups.amin(-1), groups.amax(-1)
    scale, zero = SPACE["calculate_qparams"](low, high, args)
    least, most = SPACE["calculate_range"](args, "cpu")
    codes = SPACE["_quantize"](groups, scale.unsqueeze(-1), zero.unsqueeze(-1), least, most, args)
    return codes.reshape(weight.shape), scale, zero


def main():
    torch.manual_seed(31)
    tensors = {}
    for name, dtype in (("F32", torch.float32), ("BF16", torch.bfloat16), ("F16", torch.float16)):
        weight = torch.randn(22, 256)
        weight[1] *= 1e-3
        weight[2] *= 50
        weight[3] = 0
        weight[4] = weight[4].abs() + 0.5
        weight[5] = -weight[5].abs() - 0.5
        weight[6, :64] = torch.arange(64) / 16 - 2
        weight = weight.to(dtype)
        tensors[f"{name}.weight"] = weight
        for bits in (4, 8):
            for symmetric in (True, False):
                codes, scale, zero = quantize(weight, bits, 32, symmetric)
                key = f"{name}.int{bits}-{'symmetric' if symmetric else 'zero'}"
                tensors[f"{key}.weight_packed"] = pack.pack_to_int32(codes.to(torch.int8), bits)
                tensors[f"{key}.weight_scale"] = scale
                if not symmetric:
                    packed = pack.pack_to_int32(zero.to(torch.int8), bits, packed_dim=0)
                    tensors[f"{key}.weight_zero_point"] = packed.contiguous()
        codes, scale, _ = quantize(weight, 8, 256, True)
        tensors[f"{name}.rows.weight"] = codes.to(torch.int8)
        tensors[f"{name}.rows.weight_scale"] = scale
        codes, scale, _ = quantize(weight, 8, 256, True, "float")
        tensors[f"{name}.floats.weight"] = codes.to(torch.float8_e4m3fn)
        tensors[f"{name}.floats.weight_scale"] = scale
    save_file(tensors, str(pathlib.Path(__file__).parent / "compressed.safetensors"))


if __name__ == "__main__":
    main()
