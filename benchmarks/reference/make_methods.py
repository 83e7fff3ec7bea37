"""Makes adapters of IA3, VeRA and LoKr with PEFT, and the weights that PEFT merges them to.

    python make_methods.py FOLDER

FOLDER is modifiers-lora/src/test/resources/io/graft/modifiers/lora/methods. Needs torch and peft 0.21. The base is model.safetensors; each
adapter is a folder with PEFT's two files and merged.safetensors. Trained values are random, so that an adapter changes something.
"""
import pathlib
import sys

import torch
from peft import IA3Config, LoKrConfig, VeraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers.pytorch_utils import Conv1D

out = pathlib.Path(sys.argv[1])


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(6, 8)
        self.dense = nn.Linear(8, 6, bias=False)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Layer(), Layer()])
        self.c_attn = Conv1D(10, 6)
        self.conv = nn.Conv2d(4, 6, 3, padding=1)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        for layer in self.layers:
            x = layer.dense(torch.tanh(layer.query(x)))
        return self.head(x)


def model():
    torch.manual_seed(3)
    made = Model()
    with torch.no_grad():
        made.c_attn.bias.normal_()
    return made


def make(name, config):
    adapted = get_peft_model(model(), config)
    torch.manual_seed(5)
    with torch.no_grad():
        for key, value in adapted.named_parameters():
            if value.requires_grad:
                value.copy_(torch.randn_like(value) * 0.5 + (1 if "ia3" in key else 0))
    adapted.save_pretrained(out / name)
    (out / name / "README.md").unlink()
    merged = adapted.merge_and_unload()
    save_file({key: value.contiguous() for key, value in merged.state_dict().items()}, out / name / "merged.safetensors")


out.mkdir(parents=True, exist_ok=True)
save_file(model().state_dict(), out / "model.safetensors")
make("ia3", IA3Config(target_modules=["query", "dense"], feedforward_modules=["dense"], modules_to_save=["head"]))
make("ia3-conv", IA3Config(target_modules=["conv"], feedforward_modules=[]))
make("ia3-conv-inputs", IA3Config(target_modules=["conv"], feedforward_modules=["conv"]))
make("ia3-transposed", IA3Config(target_modules=["c_attn"], feedforward_modules=[], fan_in_fan_out=True))
make("vera", VeraConfig(r=4, target_modules=["query", "dense"], projection_prng_key=7))
make("vera-unsaved", VeraConfig(r=50, target_modules=["query", "dense"], projection_prng_key=11, save_projection=False))
make("vera-transposed", VeraConfig(r=4, target_modules=["c_attn"], fan_in_fan_out=True))
make("lokr", LoKrConfig(r=2, alpha=3, target_modules=["query", "dense"], rank_pattern={"layers.1.query": 1}, alpha_pattern={"dense": 5}))
make("lokr-both", LoKrConfig(r=1, alpha=3, target_modules=["query"], decompose_both=True, decompose_factor=4))
make("lokr-conv", LoKrConfig(r=1, alpha=2, target_modules=["conv"], use_effective_conv2d=True))
make("lokr-conv-flat", LoKrConfig(r=1, alpha=2, target_modules=["conv"]))
