"""TorchScript programs to be trained: training/src/test/resources/programs.

    python make_training_models.py FOLDER
"""

import sys
from pathlib import Path

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.dropout = nn.Dropout(0.5)
        self.decoder = nn.Linear(3, 2)

    def forward(self, x):
        return self.decoder(self.dropout(self.norm(torch.tanh(self.encoder(x)))))


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 3)
        self.decoder = nn.Linear(3, 2)

    def forward(self, x):
        return self.decoder(torch.tanh(self.encoder(x)))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3, bias=False)
        self.second = nn.Linear(3, 3, bias=False)
        self.second.weight = self.first.weight
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        return self.head(self.second(torch.tanh(self.first(x))))


def main(folder):
    for name, model in (("net", Net), ("plain", Plain), ("tied", Tied)):
        torch.manual_seed(7)
        torch.jit.script(model()).save(str(Path(folder) / f"{name}.pt"))


if __name__ == "__main__":
    main(*sys.argv[1:])
