"""Makes the files under `groups`: make_groups.py OUT, with PyTorch and PEFT 0.21.

A convolution in groups, whose outputs with an adapter are PEFT's where that keeps the groups apart; and one whose padding is circular, where PEFT's branch pads with
zeros: its outputs are those of the weight with PEFT's own update in it. The model is a scripted program, and a file.
"""
import sys
from pathlib import Path

import peft
import torch
from safetensors.torch import save_file
from torch import nn

OUT = Path(sys.argv[1])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.grouped = nn.Conv2d(4, 6, 2, groups=2, dilation=2)
        self.circular = nn.Conv2d(6, 3, 3, padding=1, padding_mode="circular")

    def forward(self, x):
        return self.circular(torch.tanh(self.grouped(x)))


torch.manual_seed(17)
net = Net().eval()
OUT.mkdir(parents=True, exist_ok=True)
save_file({key: value.clone() for key, value in net.state_dict().items()}, OUT / "base.safetensors")
torch.jit.save(torch.jit.script(net), OUT / "scripted.pt")
inputs = torch.sin(torch.arange(2 * 4 * 6 * 6, dtype=torch.float32)).reshape(2, 4, 6, 6)

adapted = peft.get_peft_model(
    net, peft.LoraConfig(r=4, lora_alpha=8, target_modules=["grouped", "circular"], init_lora_weights=False)
).eval()
with torch.no_grad():
    # PEFT's first factor sees the inputs of all groups: what no weight of the layer does is left out.
    factor = adapted.base_model.model.grouped.lora_A["default"].weight
    factor[:2, 2:] = 0
    factor[2:, :2] = 0
adapted.save_pretrained(OUT / "adapter")
(OUT / "adapter" / "README.md").unlink(missing_ok=True)
layers = adapted.base_model.model
with torch.no_grad():
    # PEFT's branch does not know the dilation, either.
    layers.grouped.lora_A["default"].dilation = layers.grouped.base_layer.dilation
    hidden = layers.grouped(inputs)
    base = layers.circular.base_layer
    base.weight.add_(layers.circular.get_delta_weight("default"))
    save_file({"inputs": inputs, "hidden": hidden.contiguous(), "outputs": base(torch.tanh(hidden)).contiguous()},
              OUT / "expected.safetensors")
