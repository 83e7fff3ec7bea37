"""TorchScript programs with an embedding whose row 1 is padding, and takes no gradient: programs/padded-*.pt.

    python make_padded.py

Needs torch.
"""
from pathlib import Path

import torch
from torch import nn


class Padded(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(5, 4, padding_idx=1)
        self.lin = nn.Linear(4, 3)

    def forward(self, ids):
        return self.lin(self.emb(ids) * 2.0)


torch.manual_seed(7)
model = Padded()
with torch.no_grad():
    model.emb.weight[1] = torch.tensor([0.5, -0.25, 1.0, 2.0])
folder = Path(__file__).parent / "programs"
torch.jit.script(model).save(str(folder / "padded-scripted.pt"))
torch.jit.trace(model, torch.tensor([[1, 4, 2]])).save(str(folder / "padded-traced.pt"))
