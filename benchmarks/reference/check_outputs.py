"""Opens what Graft writes in PyTorch, safetensors and transformers, and compares it with what it was made from.

    python check_outputs.py GRAFT FIXTURES

GRAFT is the command of a distribution; FIXTURES a folder with m43, epd and torch, and perhaps torchscript and bert/hf, such as
core/src/test/resources/fixtures. Needs torch, safetensors and transformers, and benchmarks/target/classes.
"""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

graft, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def convert(source, target, *options):
    subprocess.run([graft, "convert", source, target, *options], check=True, stdout=subprocess.DEVNULL)
    return target


def replace(archive, values, target):
    """Lets Graft write a copy of a TorchScript archive with other values."""
    save_file({name: value.contiguous() for name, value in values.items()}, target.with_suffix(".safetensors"))
    classes = pathlib.Path(__file__).resolve().parents[1] / "target" / "classes"
    libraries = pathlib.Path(graft).resolve().parents[1] / "lib" / "*"
    program = ["java", "-cp", f"{classes}:{libraries}", "io.graft.benchmarks.files.ReplacedValues"]
    subprocess.run([*program, archive, target.with_suffix(".safetensors"), target], check=True)
    return target


def other(tensor):
    """Other values; variances stay above 0."""
    return (tensor * 1.25 + 0.5).to(tensor.dtype) if tensor.is_floating_point() else tensor + 1


def code(archive):
    """Everything in an archive but its tensors, by name."""
    with zipfile.ZipFile(archive) as members:
        return {name: members.read(name) for name in members.namelist()
                if "/data/" not in name and not name.split("/")[1] == "constants"}


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

    # TorchScript archives with other values: the same program, whose outputs are those of the values that it has now
    inputs = {"torchscript": torch.rand(2, 4), "epd": load_file(fixtures / "epd/inputs.safetensors")["0"],
              "m43": load_file(fixtures / "m43/inputs.safetensors")["0"]}
    scripts = ["epd/scripted.pt", "epd/traced.pt", "m43/scripted.pt"]
    if (fixtures / "torchscript").exists():
        scripts += ["torchscript/scripted.pt", "torchscript/traced.pt"]
    for name in scripts:
        model = torch.jit.load(fixtures / name).eval()
        before = model(inputs[name.split("/")[0]])
        values = {key: other(value) for key, value in model.state_dict().items()}
        written = replace(fixtures / name, values, out / f"other-{name.replace('/', '-')}")
        found = torch.jit.load(written).eval()
        model.load_state_dict(values)
        after = model(inputs[name.split("/")[0]])
        check(f"torch.jit.load of {name} with other values", same(values, found.state_dict()))
        check(f"program of {name} with other values", code(fixtures / name) == code(written) and found.code == model.code)
        check(f"checksums of {name} with other values", zipfile.ZipFile(written).testzip() is None)
        outputs = found(inputs[name.split("/")[0]])
        check(f"outputs of {name} with other values", torch.equal(after, outputs) and not torch.equal(before, outputs))

    # a frozen program has constants in place of a state dict; they are those of the scripted one, by their values
    for name in ["torchscript/frozen.pt", "torchscript/frozen-steps.pt"] if (fixtures / "torchscript").exists() else []:
        scripted = torch.jit.load(fixtures / "torchscript/scripted.pt").eval()
        state = scripted.state_dict()
        constants = load_file(convert(fixtures / name, out / f"{name.replace('/', '-')}.safetensors"))
        values = {key: other(value) for key, value in constants.items()
                  if any(torch.equal(value, known) for known in state.values() if known.dtype == value.dtype)}
        written = replace(fixtures / name, values, out / f"other-{name.replace('/', '-')}")
        scripted.load_state_dict({key: other(value) for key, value in state.items()})
        found = torch.jit.load(written)
        check(f"torch.jit.load of {name} with other values", len(values) >= 10)
        check(f"program of {name} with other values", code(fixtures / name) == code(written))
        check(f"checksums of {name} with other values", zipfile.ZipFile(written).testzip() is None)
        check(f"outputs of {name} with other values",
              torch.allclose(scripted(inputs["torchscript"]), found(inputs["torchscript"]), atol=1e-6))

    if (fixtures / "bert/hf/config.json").exists():
        from huggingface_hub import save_torch_state_dict
        from transformers import BertModel

        original = BertModel.from_pretrained(fixtures / "bert/hf").eval()
        ids = torch.arange(10).reshape(2, 5)
        for title, options in {
            "one file": [],
            "shards": ["--max-shard-size", "20kB"],
            "pytorch_model.bin": ["--format", "pytorch"],
        }.items():
            target = convert(fixtures / "bert/hf", out / f"bert-{title.replace(' ', '-').replace('.', '-')}", *options)
            shards = len(list(target.glob("model-*-of-*.safetensors")))
            check(f"files of BERT as {title}", (shards > 1) == (title == "shards"))
            (target / "config.json").write_text((fixtures / "bert/hf/config.json").read_text())
            model = BertModel.from_pretrained(target).eval()
            with torch.no_grad():
                equal = torch.equal(original(ids).last_hidden_state, model(ids).last_hidden_state)
            check(f"transformers, BERT as {title}", equal)
        tensors = load_file(fixtures / "bert/hf/model.safetensors")
        (out / "bert-bin").mkdir()
        save_torch_state_dict(tensors, out / "bert-bin", max_shard_size="20kB", safe_serialization=False)
        written = convert(out / "bert-bin", out / "bert-bin.safetensors")
        check("shards of torch.save, BERT", same(tensors, load_file(written)))

sys.exit(f"{failures} differ" if failures else 0)
