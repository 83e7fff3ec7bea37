"""Trainings that PyTorch has saved, and the losses with which it went on: training/src/test/resources/saved.

    python make_saved_trainings.py FOLDER
"""

import sys
from pathlib import Path

import torch
from torch import nn


class Plain(nn.Module):
    """As plain.pt of make_training_models.py."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 3)
        self.decoder = nn.Linear(3, 2)

    def forward(self, x):
        return self.decoder(torch.tanh(self.encoder(x)))


def batch(number):
    return torch.sin(torch.arange(32.0).reshape(8, 4) * 0.37 + number), (torch.arange(8) + number) % 2


def step(model, optimizer, number):
    data, labels = batch(number)
    loss = nn.functional.cross_entropy(model(data), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def loops(epoch, batches, last):
    """What Lightning 2 keeps of its loops, as far as it says how far they are."""
    counts = {"ready": batches, "completed": batches - 1, "started": batches, "processed": batches}
    return {
        "fit_loop": {
            "epoch_loop.batch_progress": {"total": dict(counts), "current": counts, "is_last_batch": last},
            "epoch_progress": {
                "total": {"ready": epoch + 1, "completed": epoch, "started": epoch + 1, "processed": epoch},
                "current": {"ready": epoch + 1, "completed": epoch, "started": epoch + 1, "processed": epoch},
            },
        }
    }


def main(folder):
    folder = Path(folder)
    made = {
        "adamw": lambda model: torch.optim.AdamW(model.parameters(), lr=0.01),
        "named": lambda model: torch.optim.AdamW(
            [
                {"params": [("model." + name, p) for name, p in model.decoder.named_parameters(prefix="decoder")]},
                {"params": [("model." + name, p) for name, p in model.encoder.named_parameters(prefix="encoder")]},
            ],
            lr=0.01,
        ),
        "grouped": lambda model: torch.optim.AdamW(
            [{"params": model.decoder.parameters()}, {"params": model.encoder.parameters()}], lr=0.01
        ),
        "amsgrad": lambda model: torch.optim.AdamW(model.parameters(), lr=0.01, amsgrad=True),
        "head": lambda model: torch.optim.AdamW(model.decoder.parameters(), lr=0.01),
        "sgd": lambda model: torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
    }
    for name, optimizer_of in made.items():
        torch.manual_seed(3)
        model = Plain()
        optimizer = optimizer_of(model)
        for number in range(3):
            step(model, optimizer, number)
        state = {"model." + key: value for key, value in model.state_dict().items()}
        if name == "adamw":
            saved = {"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}
            saved |= {"epoch": 1, "step": 3}
        else:
            saved = {"pytorch-lightning_version": "2.5.0", "state_dict": state, "epoch": 1, "global_step": 3}
            saved |= {"optimizer_states": [optimizer.state_dict()], "lr_schedulers": []}
            saved |= {"loops": loops(1, 2, name == "sgd"), "callbacks": {}}
        torch.save(saved, folder / f"{name}.ckpt")
        if name == "adamw":
            torch.save({"state_dict": state, "optimizer_states": [], "lr_schedulers": []}, folder / "none.ckpt")
        print(name, [step(model, optimizer, number) for number in range(3, 6)])


if __name__ == "__main__":
    main(*sys.argv[1:])
