"""Opens what Graft writes in PyTorch, safetensors and transformers, and compares it with what it was made from.

    python check_outputs.py GRAFT FIXTURES

GRAFT is the command; FIXTURES a folder with m43, epd, torch and bert, such as core/src/test/resources/fixtures.
Needs torch, safetensors and transformers.
"""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import torch
from safetensors import safe_open
from safetensors.torch import load_file

graft, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def convert(source, target, *options):
    subprocess.run([graft, "convert", source, target, *options], check=True, stdout=subprocess.DEVNULL)
    return target


def same(one, other):
    return one.keys() == other.keys() and all(
        one[k].dtype == other[k].dtype
        and one[k].shape == other[k].shape
        and torch.equal(one[k].contiguous().view(-1).view(torch.uint8), other[k].contiguous().view(-1).view(torch.uint8))
        for k in one
    )


def state_dict(path):
    loaded = torch.load(path, weights_only=True)
    return loaded.get("state_dict", loaded)


with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder)
    for name in ["m43/init.pt", "m43/full7.pt", "torch/corners.pt", "torch/corners-legacy.pt", "torch/state-dict.pt"]:
        source = fixtures / name
        expected = state_dict(source)
        stem = name.replace("/", "-")
        written = convert(source, out / f"{stem}.pt")
        check(f"torch.load(weights_only=True) of {name} as .pt", same(expected, torch.load(written, weights_only=True)))
        check(f"torch.load(mmap=True) of {name} as .pt", same(expected, torch.load(written, weights_only=True, mmap=True)))
        check(f"checksums of {name} as .pt", zipfile.ZipFile(written).testzip() is None)
        if not any(t.dtype == torch.complex128 for t in expected.values()):
            written = convert(source, out / f"{stem}.safetensors")
            check(f"safetensors of {name}", same(expected, load_file(written)))
            with safe_open(written, "pt") as file:
                check(f"metadata of {name} as safetensors", file.metadata()["format"] == "pt")

    many = {f"layer.{i}.weight": torch.full((3,), float(i)) for i in range(2001)}
    torch.save(many, out / "many.pt")
    check("torch.load of 2,001 tensors", same(many, torch.load(convert(out / "many.pt", out / "many.bin"), weights_only=True)))

    for name in ["epd/scripted.pt", "epd/traced.pt", "m43/scripted.pt"]:
        expected = torch.jit.load(fixtures / name).state_dict()
        written = convert(fixtures / name, out / f"{name.replace('/', '-')}.safetensors")
        found = load_file(written)
        check(f"state dict of {name}", all(torch.equal(expected[k], found[k]) for k in expected))

    if (fixtures / "bert/hf").exists():
        from transformers import BertModel

        original = BertModel.from_pretrained(fixtures / "bert/hf").eval()
        ids = torch.arange(10).reshape(2, 5)
        for title, options in {
            "one file": [],
            "shards": ["--max-shard-size", "20kB"],
            "pytorch_model.bin": ["--format", "pytorch"],
        }.items():
            target = convert(fixtures / "bert/hf", out / f"bert-{title.replace(' ', '-').replace('.', '-')}", *options)
            (target / "config.json").write_text((fixtures / "bert/hf/config.json").read_text())
            model = BertModel.from_pretrained(target).eval()
            with torch.no_grad():
                equal = torch.equal(original(ids).last_hidden_state, model(ids).last_hidden_state)
            check(f"transformers, BERT as {title}", equal)

sys.exit(f"{failures} differ" if failures else 0)
