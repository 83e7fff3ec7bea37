"""Lets Graft edit TorchScript archives and opens what it writes in PyTorch.

    python check_torchscript.py GRAFT FIXTURES

GRAFT is the command of a distribution; FIXTURES a folder with epd, such as cli/src/test/resources/fixtures. Needs torch and safetensors,
and benchmarks/target/classes.
"""
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

graft, fixtures = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
failures = 0


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def edited(archive, modifiers, folder):
    """The archive that Graft makes of another one, and what it holds."""
    config = folder / "x.conf"
    config.write_text(
        'graft { model.torchscript = "%s", modifiers = [ %s ], output.path = "%s" }' % (archive, modifiers, folder / "out")
    )
    subprocess.run([graft, "apply", "-c", config], check=True, stdout=subprocess.DEVNULL)
    return torch.jit.load(folder / "out" / "model.pt")


def programmed(name, archive, folder, *more):
    """The archive that a program of the benchmarks makes of another one."""
    classes = pathlib.Path(__file__).resolve().parents[1] / "target" / "classes"
    libraries = pathlib.Path(graft).resolve().parents[1] / "lib" / "*"
    program = ["java", "-cp", f"{classes}:{libraries}", f"io.graft.benchmarks.lora.{name}"]
    subprocess.run([*program, archive, folder, *more], check=True, stdout=subprocess.DEVNULL)
    return torch.jit.load(pathlib.Path(folder) / "model.pt")


def near(one, other):
    return (one - other).abs().max().item() < 1e-5


class Words(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(200, 384, padding_idx=3)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.words(ids))


ids = torch.tensor([[1, 199, 3], [0, 3, 77]])
for kind, make in [("scripted", torch.jit.script), ("traced", lambda model: torch.jit.trace(model, ids))]:
    for scheme in ["int8", "nf4, double-quantization = true", "int4, symmetric = false", "fp8"]:
        with tempfile.TemporaryDirectory() as folder:
            archive = pathlib.Path(folder) / "words.pt"
            make(Words()).save(archive)
            quantization = "{ type = quantization, scheme = %s, target-modules = [words], skip = [] }" % scheme
            model = edited(archive, quantization, pathlib.Path(folder))
            rows = torch.equal(model(ids), torch.tanh(model.words.graft_weight()[ids]))
            check(f"{kind}: rows of {scheme}", rows and "weight_rows" in model.words.code)

inputs = load_file(fixtures / "epd/inputs.safetensors")["0"]
expected = load_file(fixtures / "epd/outputs-pretrained.safetensors")["0"]
for kind in ["scripted", "traced"]:
    archive = fixtures / "epd" / f"{kind}.pt"
    before = torch.jit.load(archive)
    transfer = '{ type = transfer-learning, checkpoint-path = "%s" }' % (fixtures / "epd/pretrained.ckpt")
    with tempfile.TemporaryDirectory() as folder:
        model = edited(
            archive, transfer + ', { type = freezing, submodules-to-freeze = ["processor.1"] }', pathlib.Path(folder)
        ).eval()
        check(f"{kind}: outputs", torch.allclose(model(inputs), expected, atol=1e-5))
        check(f"{kind}: names", list(model.state_dict()) == list(before.state_dict()))
        flags = {name: parameter.requires_grad for name, parameter in model.named_parameters()}
        check(f"{kind}: flags", all(flag != name.startswith("processor.1.") for name, flag in flags.items()))
        again = pathlib.Path(folder) / "again.pt"
        torch.jit.save(model, again)
        check(f"{kind}: saved again", torch.equal(torch.jit.load(again).eval()(inputs), model(inputs)))
    with tempfile.TemporaryDirectory() as folder:
        model = edited(archive, "{ type = casting, dtype = f64 }", pathlib.Path(folder)).eval()
        check(f"{kind}: float64", all(v.dtype == torch.float64 for v in model.state_dict().values() if v.is_floating_point()))
        difference = (model(inputs.double()) - before.eval()(inputs)).abs().max().item()
        check(f"{kind}: outputs in float64, {difference:.1e} apart", difference < 1e-5)
    with tempfile.TemporaryDirectory() as folder:
        model = programmed("ParametrizedArchive", archive, folder, "query.weight", "mlp.0.weight")
        trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
        check(f"{kind}: adapters", len(trained) == 12 and all(".lora_" in name for name in trained))
        check(f"{kind}: adapters start at 0", torch.equal(model.eval()(inputs), before.eval()(inputs)))
        base = {name: value.clone() for name, value in model.state_dict().items()}
        optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.02)
        losses = []
        for _ in range(30):
            optimizer.zero_grad()
            loss = (model(inputs) - 1).square().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        check(f"{kind}: adapters train, {losses[0]:.3f} to {losses[-1]:.3f}", losses[-1] < losses[0])
        after = model.state_dict()
        check(f"{kind}: the base keeps its bits", all(torch.equal(after[n], base[n]) for n in base if n not in trained))
        outputs = model.eval()(inputs)
        weight = dict(model.named_parameters())["adapter_weight.default"]
        weight.data.fill_(0)
        check(f"{kind}: switched off", torch.equal(model(inputs), before.eval()(inputs)))
        weight.data.fill_(0.5)
        halved = model(inputs)
        check(f"{kind}: half of it", not near(halved, outputs) and not near(halved, before(inputs)))
        saved = pathlib.Path(folder) / "saved.pt"
        torch.jit.save(model, saved)
        folded = programmed("FoldedArchive", saved, pathlib.Path(folder) / "folded").eval()
        check(f"{kind}: trained here, saved here, folded by Graft", near(folded(inputs), halved))
        check(f"{kind}: folded, its names", set(folded.state_dict()) == set(before.state_dict()))
        check(f"{kind}: folded, its code", "graft_" not in folded.inlined_graph.__str__() and "graft_" not in folded.code)
sys.exit(failures > 0)
