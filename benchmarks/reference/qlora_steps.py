"""What PyTorch computes for adapters on the restored weights of a network of two layers: for make_qlora.py and make_qlora_codes.py."""
import torch

ALPHA, STEPS = 8, 5


def golden(base, start, x, target):
    """Outputs, gradients and the adapters after each step of AdamW.

    base: the network's state dict, with restored weights; start: the factors, A of [rank, inputs].
    """
    factors = {name: value.clone().requires_grad_() for name, value in start.items()}
    inputs = x.clone().requires_grad_()

    def layer(name, values):
        a, b = factors[f"{name}.lora_A"], factors[f"{name}.lora_B"]
        return values @ base[f"{name}.weight"].T + base[f"{name}.bias"] + ALPHA / len(a) * (values @ a.T @ b.T)

    found = {f"restored.{name}": base[name].clone() for name in ("0.weight", "2.weight")}
    optimizer = torch.optim.AdamW(factors.values(), lr=1e-2, weight_decay=0.1)
    for step in range(STEPS):
        outputs = layer("2", torch.tanh(layer("0", inputs)))
        loss = (outputs - target).square().mean()
        optimizer.zero_grad()
        inputs.grad = None
        loss.backward()
        if step == 0:
            found["outputs"] = outputs.detach().clone()
            found["gradient.x"] = inputs.grad.clone()
            found |= {f"gradient.{name}": value.grad.clone() for name, value in factors.items()}
        optimizer.step()
        found |= {f"step.{step}.{name}": value.detach().clone() for name, value in factors.items()}
        found[f"loss.{step}"] = loss.detach().reshape(1)
    return found
