"""Makes the adapters under `kinds`: make_fixtures.py OUT, with PyTorch, PEFT 0.21 and transformers.

Each folder has a base (`base.safetensors`), what PEFT saved of an adapter with random factors, and what its merge_and_unload made of
the two (`merged.safetensors`).
"""
import json
import sys
from pathlib import Path

import peft
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers.pytorch_utils import Conv1D

OUT = Path(sys.argv[1])


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Conv1d(2, 3, 3)
        self.plane = nn.Conv2d(4, 6, 3, dilation=2, padding="same")
        self.point = nn.Conv2d(4, 5, 1)
        self.space = nn.Conv3d(2, 3, 2)


class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(7, 4)
        self.lin = nn.Linear(4, 3)


class Transposed(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_attn = Conv1D(6, 4)
        self.mlp = nn.Sequential()
        self.mlp.c_proj = Conv1D(4, 6)
        self.attn = nn.Sequential()
        self.attn.c_proj = Conv1D(4, 4)


class Experts(nn.Module):
    def __init__(self, transposed):
        super().__init__()
        self.is_transposed = transposed
        up, down = (3, 8, 4), (3, 4, 5)
        swap = lambda shape: (shape[0], shape[2], shape[1])
        self.gate_up_proj = nn.Parameter(torch.zeros(swap(up) if transposed else up))
        self.down_proj = nn.Parameter(torch.zeros(swap(down) if transposed else down))


class Mixture(nn.Module):
    def __init__(self, transposed=False):
        super().__init__()
        self.experts = Experts(transposed)
        self.lin = nn.Linear(4, 3)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mha = nn.MultiheadAttention(4, 2)


def make(name, model, **options):
    torch.manual_seed(len(name) + 40)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape) * 0.3)
    folder = OUT / name
    base = {key: value.clone() for key, value in model.state_dict().items()}
    adapted = peft.get_peft_model(model, peft.LoraConfig(r=2, lora_alpha=6, **options))
    with torch.no_grad():
        for key, parameter in adapted.named_parameters():
            if "magnitude" in key:
                parameter.mul_(1 + 0.3 * torch.rand(parameter.shape))
            elif "lora_" in key or parameter.requires_grad:
                parameter.copy_(torch.randn(parameter.shape) * 0.3)
    adapted.save_pretrained(folder)
    merged = adapted.merge_and_unload()
    save_file(base, folder / "base.safetensors")
    save_file({key: value.clone() for key, value in merged.state_dict().items()}, folder / "merged.safetensors")
    (folder / "README.md").unlink()
    return folder


def as_before_019(folder):
    """The same factors as PEFT 0.18 would read them: every weight of experts is [experts, in, out]."""
    config = json.loads((folder / "adapter_config.json").read_text())
    config["peft_version"] = "0.18.1"
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True))
    factors = load_file(folder / "adapter_model.safetensors")
    merged = load_file(folder / "base.safetensors")
    for depth, name in ((".base_layer", "gate_up_proj"), ("", "down_proj")):
        a = factors[f"base_model.model.experts{depth}.lora_A.weight"].reshape(3, 2, -1)
        b = factors[f"base_model.model.experts{depth}.lora_B.weight"]
        merged[f"experts.{name}"] += 3 * torch.einsum("ore,eri->eio", b.reshape(b.shape[0], 2, 3), a)
    save_file(merged, folder / "merged.safetensors")


both = ["experts.gate_up_proj", "experts.down_proj"]
make("convolution", Convolutions(), target_modules=["line", "plane", "point", "space"], lora_bias=True)
make("convolution-dora", Convolutions(), target_modules=["line", "plane", "point", "space"], use_dora=True)
make("embedding-dora", Embeddings(), target_modules=["emb", "lin"], use_dora=True, use_rslora=True)
make("transposed-dora", Transposed(), target_modules=["c_attn", "c_proj"], use_dora=True, fan_in_fan_out=True)
make("experts", Mixture(), target_modules=["lin"], target_parameters=both)
make("experts-transposed", Mixture(True), target_modules=[], target_parameters=both)
as_before_019(make("experts-before-0.19", Mixture(True), target_modules=[], target_parameters=both))
make("parameter", Embeddings(), target_modules=[], target_parameters=["lin.weight"])
make("rows", Embeddings(), target_modules=["lin"], trainable_token_indices={"emb": [5, 1]})
make("attention", Attention(), target_modules=["mha"])
