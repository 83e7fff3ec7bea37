"""Trains a small network on clean signals and saves it as a TorchScript program, which examples/torchscript-fine-tuning goes on with.

    python make_signals.py OUT

The example has noisy signals of other periods, which the network does not know.
"""
import sys

import torch
from torch import nn

LENGTH = 64
torch.manual_seed(0)


def signals(count, periods, noise):
    labels = torch.arange(count) % 4
    turns = torch.linspace(0, 1, LENGTH).view(1, -1) * (periods[0] + (periods[1] - periods[0]) * torch.rand(count, 1)) + torch.rand(count, 1)
    angle = turns % 1
    kinds = torch.stack([
        (2 * torch.pi * angle).sin(),
        torch.where(angle < 0.5, 1.0, -1.0),
        2 * angle - 1,
        4 * (angle - 0.5).abs() - 1,
    ])
    values = kinds[labels, torch.arange(count)]
    return (values + noise * torch.randn(count, LENGTH)).unsqueeze(1), labels


class Signals(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, 16, 7, padding=3), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(16, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.AdaptiveAvgPool1d(8))
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.1), nn.Linear(256, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, signals):
        return self.head(self.body(signals))


network = Signals()
optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
for step in range(300):
    x, labels = signals(64, (1, 3), 0.05)
    loss = nn.functional.cross_entropy(network(x), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
network.eval()
with torch.no_grad():
    for name, given in (("its own signals", signals(400, (1, 3), 0.05)), ("those of the example", signals(400, (3, 6), 0.5))):
        print(name, (network(given[0]).argmax(1) == given[1]).float().mean().item())
torch.jit.script(network).save(sys.argv[1])
