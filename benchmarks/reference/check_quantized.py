"""Has Graft quantize small models of transformers, and opens each output folder with bitsandbytes.

    python check_quantized.py GRAFT BITSANDBYTES

GRAFT is the command of a distribution, BITSANDBYTES a folder with the package's sources, whose PyTorch backend needs no native library.
Needs torch, transformers, accelerate and safetensors; makes its models itself.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

graft, sources = sys.argv[1], sys.argv[2]
sys.path.insert(0, sources)
import bitsandbytes.functional as bnb  # noqa: E402

root = pathlib.Path(tempfile.mkdtemp())
failures = 0
ids = torch.tensor([[3, 7, 1, 12, 30, 5]])


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def quantized(name, options):
    config = root / f"{name}.conf"
    config.write_text(f"""graft {{
      model.checkpoint = "{base}"
      modifiers = [ {{ type = quantization, {options} }} ]
      output {{ path = "{root}/{name}" }}
    }}""")
    subprocess.run([graft, "apply", "-c", str(config)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return root / name


torch.manual_seed(1)
model = LlamaForCausalLM(LlamaConfig(
    hidden_size=128, intermediate_size=176, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=64))
base = root / "base"
model.eval().save_pretrained(base)
weights = load_file(base / "model.safetensors")
targets = [name for name in weights if name.endswith("proj.weight")]

for kind, nested, block in [("nf4", False, 64), ("nf4", True, 64), ("fp4", False, 32), ("fp4", True, 128)]:
    name = f"{kind}-{block}{'-nested' if nested else ''}"
    folder = quantized(name, f"scheme = {kind}, double-quantization = {str(nested).lower()}, block-size = {block}")
    stored = load_file(folder / "model.safetensors")
    same, near = True, True
    for target in targets:
        codes, state = bnb.quantize_4bit(weights[target], blocksize=block, quant_type=kind, compress_statistics=nested)
        theirs = state.as_dict(packed=True)
        same &= torch.equal(stored[target], codes)
        for key, value in theirs.items():
            ours = stored[f"{target}.{key}"]
            if key.startswith("quant_state"):
                say = json.loads(bytes(ours.tolist()))
                told = json.loads(bytes(value.tolist()))
                near &= abs(say.pop("nested_offset", 0) - told.pop("nested_offset", 0)) < 1e-7
                same &= say == told
            elif nested and key in ("absmax", "nested_absmax"):
                near &= torch.allclose(ours.float(), value.float(), atol=1 if key == "absmax" else 1e-7)
            else:
                same &= torch.equal(ours, value)
    check(f"{name}: codes, scales and description are those of bitsandbytes", same)
    check(f"{name}: its mean is that of bitsandbytes", near)

folder = quantized("int8", "scheme = int8")
stored = load_file(folder / "model.safetensors")
same = True
for target in targets:
    codes, scales, _ = bnb.int8_vectorwise_quant(weights[target].to(torch.float16))
    same &= torch.equal(stored[target], codes) and torch.equal(stored[target.replace("weight", "SCB")], scales)
check("int8: codes and scales are those of bitsandbytes", same)

for name, tolerance in [("nf4-64", 1e-4), ("nf4-64-nested", 1e-4), ("fp4-32", 1e-4), ("int8", 5e-2)]:
    plain = root / f"{name}-plain"
    subprocess.run([graft, "convert", str(root / name), str(plain), "--dtype", "f32"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    with torch.no_grad():
        expected = LlamaForCausalLM.from_pretrained(plain)(ids).logits
        loaded = AutoModelForCausalLM.from_pretrained(root / name)
        kinds = {type(module).__name__ for module in loaded.modules() if "Linear" in type(module).__name__}
        actual = loaded(ids).logits
    check(f"{name}: transformers opens the folder ({', '.join(sorted(kinds))})",
          torch.allclose(actual.float(), expected, atol=tolerance * expected.abs().max()))
sys.exit(failures > 0)
