"""Golden vectors of PyTorch's optimizers, step by step: training/src/test/resources/optimizers/steps.safetensors.

    python make_optimizer_steps.py OUT.safetensors

Each case has two parameters, `a` of [3, 4] and `b` of [3], gradients of ten steps and the weights after each of them; the names are
CASE.start.a, CASE.gradient.0.a, CASE.after.0.a and CASE.state.SLOT.a (after the last step).
"""

import sys

import torch
from safetensors.torch import save_file

STEPS = 10
CASES = {
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=1e-3),
    "adamw-decay": lambda groups: torch.optim.AdamW(groups, lr=3e-2, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "sgd": lambda groups: torch.optim.SGD(groups, lr=1e-1),
    "sgd-momentum": lambda groups: torch.optim.SGD(groups, lr=1e-2, momentum=0.9, dampening=0.1, weight_decay=0.05),
    "sgd-nesterov": lambda groups: torch.optim.SGD(groups, lr=1e-2, momentum=0.9, nesterov=True, weight_decay=0.05),
    "groups": lambda groups: torch.optim.AdamW(groups, lr=1e-2),
    "clip-norm": lambda groups: torch.optim.AdamW(groups, lr=1e-2),
    "clip-value": lambda groups: torch.optim.SGD(groups, lr=1e-1, momentum=0.9),
}


def main(out):
    tensors = {}
    for seed, (case, optimizer_of) in enumerate(CASES.items()):
        generator = torch.Generator().manual_seed(seed)
        weights = {name: torch.nn.Parameter(torch.randn(shape, generator=generator)) for name, shape in (("a", (3, 4)), ("b", (3,)))}
        groups = [{"params": [weights["a"]]}, {"params": [weights["b"]]}]
        if case == "groups":
            groups[1].update(lr=1e-1, weight_decay=0.0)
        optimizer = optimizer_of(groups)
        for name, weight in weights.items():
            tensors[f"{case}.start.{name}"] = weight.detach().clone()
        for step in range(STEPS):
            for name, weight in weights.items():
                weight.grad = torch.randn(weight.shape, generator=generator) * (3.0 if step % 3 == 0 else 0.2)
                tensors[f"{case}.gradient.{step}.{name}"] = weight.grad.clone()
            if case == "clip-norm":
                torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
            if case == "clip-value":
                torch.nn.utils.clip_grad_value_(weights.values(), 0.25)
            optimizer.step()
            for name, weight in weights.items():
                tensors[f"{case}.after.{step}.{name}"] = weight.detach().clone()
        for name, weight in weights.items():
            for slot, value in optimizer.state[weight].items():
                if isinstance(value, torch.Tensor):
                    tensors[f"{case}.state.{slot}.{name}"] = value.clone().reshape(value.shape)
    save_file(tensors, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
