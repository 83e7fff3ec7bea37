"""Makes `resized.safetensors`: make_resized.py FOLDER, with numpy and safetensors; FOLDER is that of this file.

What is left of the products of an adapter's factors at a lower rank, by numpy's singular value decomposition in float64.
"""
import sys

import numpy as np
from safetensors.numpy import load_file, save_file


def resize(name, rank):
    tensors = load_file(f"{sys.argv[1]}/{name}/adapter_model.safetensors")
    products = {}
    for key, a in tensors.items():
        for left, right in ((".lora_A.weight", ".lora_B.weight"), (".lora_embedding_A", ".lora_embedding_B")):
            module = key[len("base_model.model."):-len(left)]
            if key.endswith(left) and rank(module):
                b = tensors[key.replace(left, right)]
                u, s, v = np.linalg.svd(b.astype(np.float64) @ a.astype(np.float64), full_matrices=False)
                k = rank(module)
                products[module] = ((u[:, :k] * s[:k]) @ v[:k]).astype(np.float32)
    save_file(products, f"{sys.argv[1]}/{name}/resized.safetensors")


resize("lora", lambda module: 2)
# What keeps 0.9 of the energy; the other updates keep their rank of 4.
resize("embedding", lambda module: 3 if "layer.0" in module else None)
