"""Merges a LoRA adapter into a safetensors file with PyTorch, the way a careful person would write it.

Usage: merge.py MODEL ADAPTER_FOLDER OUTPUT. Prints the seconds that it took, without the imports.
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file, save_file

model, adapter, output = sys.argv[1:]
start = time.perf_counter()
with open(f"{adapter}/adapter_config.json") as file:
    config = json.load(file)
scale = config["lora_alpha"] / config["r"]
factors = load_file(f"{adapter}/adapter_model.safetensors")
tensors = load_file(model)
with torch.no_grad():
    for key in [key for key in factors if key.endswith(".lora_A.weight")]:
        module = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        update = factors[key.replace("lora_A", "lora_B")] @ factors[key]
        tensors[f"{module}.weight"] += update * scale
save_file(tensors, output, metadata={"format": "pt"})
print(f"seconds {time.perf_counter() - start:.3f}")
