"""Writes weights.safetensors and what PyTorch makes of it: python goldens.py, in this folder."""

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 5)
        self.conv = nn.Conv2d(2, 3, 3)
        self.decoder = nn.Linear(5, 4).double()


def pruned(pruning):
    torch.manual_seed(7)
    net = Net()
    weights = [(layer, "weight") for layer in net.children()]
    pruning(weights)
    for layer, name in weights:
        if prune.is_pruned(layer):
            prune.remove(layer, name)
    # Pruning multiplies with zero, which leaves -0.0; adding 0.0 makes it 0.0.
    return {name: tensor + 0.0 for name, tensor in net.state_dict().items()}


def each(amount):
    return lambda weights: [prune.l1_unstructured(layer, name, amount) for layer, name in weights]


def together(amount):
    return lambda weights: prune.global_unstructured(weights, pruning_method=prune.L1Unstructured, amount=amount)


save_file(pruned(lambda weights: None), "weights.safetensors")
save_file(pruned(each(0.35)), "local-amount.safetensors")
save_file(pruned(each(7)), "local-count.safetensors")
save_file(pruned(together(0.35)), "global-amount.safetensors")
save_file(pruned(together(50)), "global-count.safetensors")
