"""Golden vectors of QLoRA on checkpoints whose codes have zero points: gptq and awq of training/src/test/resources/qlora.

    python make_qlora_codes.py OUT

OUT has what make_qlora.py has made. The first layer is put into codes of 4 bits in groups of 32, with a zero point each; the second, of four
outputs, fills no word and stays plain. Made with torch 2.13 and safetensors 0.8.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from qlora_steps import golden

OUT, GROUP, ORDER = Path(sys.argv[1]), 32, [0, 2, 4, 6, 1, 3, 5, 7]
network, start = load_file(OUT / "model.safetensors"), load_file(OUT / "start.safetensors")
x, target = start.pop("x"), start.pop("target")


def words(codes, order):
    """Eight codes of the last axis in a word, lowest bits first."""
    fields = codes.long().reshape(*codes.shape[:-1], -1, 8)[..., order]
    packed = (fields << torch.arange(0, 32, 4)).sum(-1)
    return torch.where(packed >= 2**31, packed - 2**32, packed).to(torch.int32)


rows = network["0.weight"].T.contiguous()
grouped = rows.reshape(-1, GROUP, rows.shape[1])
low, high = grouped.amin(1).clamp(max=0), grouped.amax(1).clamp(min=0)
scales = ((high - low) / 15).half()
zeros = (-low / scales.float()).round().clamp(1, 15)
codes = (grouped / scales.float()[:, None] + zeros[:, None]).round().clamp(0, 15)
restored = ((codes - zeros[:, None]) * scales.float()[:, None]).half().float().reshape(rows.shape).T.contiguous()
codes = codes.reshape(rows.shape)
plain = list(range(8))
LAYOUTS = {
    "gptq": {
        "0.qweight": words(codes.T, plain).T.contiguous(),
        "0.qzeros": words(zeros - 1, plain),
        "0.g_idx": (torch.arange(len(rows)) // GROUP).to(torch.int32),
    },
    "awq": {"0.qweight": words(codes, ORDER), "0.qzeros": words(zeros, ORDER)},
}
SAYS = {"gptq": {"desc_act": False, "sym": False}, "awq": {"version": "gemm", "zero_point": True}}
for method, parts in LAYOUTS.items():
    folder = OUT / method
    folder.mkdir(exist_ok=True)
    others = {name: value for name, value in network.items() if name != "0.weight"}
    save_file({**parts, "0.scales": scales, **others}, folder / "model.safetensors")
    config = {"quant_method": method, "bits": 4, "group_size": GROUP, **SAYS[method]}
    (folder / "config.json").write_text(json.dumps({"dtype": "float32", "quantization_config": config}) + "\n")
    save_file(golden({**network, "0.weight": restored}, start, x, target), OUT / f"{method}.safetensors")
