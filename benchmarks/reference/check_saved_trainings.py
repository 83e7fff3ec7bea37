"""Goes on, in PyTorch and in Lightning, with trainings that Graft has saved: training/src/test/resources/written.

    python check_saved_trainings.py FOLDER

The files are made of those of make_saved_trainings.py, so that the losses must be the ones that it has printed. Needs torch and lightning.
"""

import logging
import sys
import tempfile
from pathlib import Path

import torch
from make_saved_trainings import Plain, batch, step

LOSSES = {
    "adamw": [0.7809767, 0.7838097, 0.7238846],
    "named": [0.7809767, 0.7838097, 0.7238846],
    "sgd": [0.7534435, 0.7445301, 0.6834332],
}
EPOCHS = {"named": 2, "sgd": 3}
failures = 0


def check(name, losses):
    global failures
    same = max(abs(a - b) for a, b in zip(losses, LOSSES[name], strict=True)) < 1e-6
    failures += not same
    print("same   " if same else "DIFFERS", name, losses)


def optimizer_of(name, model):
    if name == "sgd":
        return torch.optim.SGD(model.parameters(), lr=0.5)
    if name == "named":
        names = ("decoder", "encoder")
        groups = [{"params": list(getattr(model, part).named_parameters(prefix="model." + part))} for part in names]
        return torch.optim.AdamW(groups, lr=0.5)
    return torch.optim.AdamW(model.parameters(), lr=0.5)


def plain(name, file):
    """By hand, as for any file of torch.save; the settings of the file count, not those that the optimizer was made with."""
    model = Plain()
    optimizer = optimizer_of(name, model)
    prefix = "" if "model_state_dict" in file else "model."
    state = file.get("model_state_dict") or file["state_dict"]
    model.load_state_dict({key.removeprefix(prefix): value for key, value in state.items()})
    optimizer.load_state_dict(file.get("optimizer_state_dict") or file["optimizer_states"][0])
    check(name, [step(model, optimizer, number) for number in range(3, 6)])


def lightning(name, path):
    """By Lightning's trainer, which must take up the epoch and the step."""
    import lightning

    logging.getLogger("lightning").setLevel(logging.ERROR)
    losses = []

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = Plain()

        def training_step(self, batch, index):
            loss = torch.nn.functional.cross_entropy(self.model(batch[0]), batch[1])
            losses.append((self.current_epoch, self.global_step, loss.item()))
            return loss

        def configure_optimizers(self):
            return optimizer_of(name, self.model)

    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            max_steps=6, default_root_dir=folder, accelerator="cpu", logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False,
        )
        data = torch.utils.data.DataLoader([batch(number) for number in range(3, 6)], batch_size=None)
        trainer.fit(Module(), data, ckpt_path=path, weights_only=True)
    check(name, [loss for _, _, loss in losses])
    global failures
    if [(epoch, step) for epoch, step, _ in losses] != [(EPOCHS[name], step) for step in range(3, 6)]:
        failures += 1
        print("DIFFERS", name, losses)


def main(folder):
    for path in sorted(Path(folder).glob("*.ckpt")):
        file = torch.load(path, weights_only=True)
        plain(path.stem, file)
        if "pytorch-lightning_version" in file:
            lightning(path.stem, path)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
