#!/usr/bin/env python3
"""Opens folders whose weights Graft quantized, and compares what others make of them with what Graft reads, bit for bit.

Made with torch 2.13, transformers 5.18 and safetensors 0.8; compressed-tensors by the source of its release, of which the file that
packs integers is taken:

    graft convert FOLDER numbers.safetensors --dtype BF16
    python check_written.py FOLDER numbers.safetensors [compressed-tensors/src/compressed_tensors]

FP8 in blocks is opened by transformers, which dequantizes it, if the folder has a model; compressed-tensors is unpacked by its own function, and
multiplied as it multiplies: in the dtype of the scales. With --make FOLDER, a small Llama is made there to begin with.
"""

import importlib.util
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file


def make(folder):
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=64, hidden_size=256, intermediate_size=512, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=False,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)


def by_transformers(folder):
    from transformers import AutoModelForCausalLM, FineGrainedFP8Config

    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, quantization_config=FineGrainedFP8Config(dequantize=True)
    )
    return model.state_dict()


def by_compressed_tensors(folder, config, source):
    spec = importlib.util.spec_from_file_location("pack", pathlib.Path(source) / "compressors/pack_quantized/helpers.py")
    pack = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pack)
    weights = config["config_groups"]["group_0"]["weights"]
    bits = weights["num_bits"]
    stored = load_file(pathlib.Path(folder) / "model.safetensors")
    restored = {}
    for name, tensor in stored.items():
        module, _, last = name.rpartition(".")
        scale = stored.get(f"{module}.weight_scale")
        if scale is None:
            restored[name] = tensor
            continue
        zero = stored.get(f"{module}.weight_zero_point")
        if last == "weight_packed":
            shape = torch.Size(stored[f"{module}.weight_shape"].tolist())
            codes = pack.unpack_from_int32(tensor, bits, shape)
            if zero is not None:
                zero = pack.unpack_from_int32(zero, bits, torch.Size(scale.shape), packed_dim=0)
        elif last == "weight":
            codes = tensor
        else:
            continue
        groups = codes.to(scale.dtype).reshape(codes.shape[0], scale.shape[1], -1)
        if zero is not None:
            groups = groups - zero.to(scale.dtype).unsqueeze(-1)
        restored[f"{module}.weight"] = (groups * scale.unsqueeze(-1)).reshape(codes.shape)
    return restored


def main(folder, numbers, source=None):
    config = json.loads((pathlib.Path(folder) / "config.json").read_text())["quantization_config"]
    print(config["quant_method"], config.get("format", ""))
    theirs = by_transformers(folder) if config["quant_method"] == "fp8" else by_compressed_tensors(folder, config, source)
    ours = load_file(numbers)
    wrong = sorted(set(theirs) ^ set(ours))
    for name in sorted(set(theirs) & set(ours)):
        a, b = theirs[name], ours[name]
        same = a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.view(torch.uint8), b.view(torch.uint8))
        if not same:
            wrong.append(name)
    print(f"{len(ours)} tensors, {len(wrong)} wrong", *wrong[:5])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "--make" else main(*sys.argv[1:])
