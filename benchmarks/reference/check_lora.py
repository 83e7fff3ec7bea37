"""Has Graft make adapters on bare checkpoints, loads them with PEFT, and compares what the model then computes.

    python check_lora.py GRAFT

GRAFT is the command of a distribution. Needs torch, transformers, safetensors and peft, and benchmarks/target/classes; makes its models
itself. Factors start at random
(init = random), so that an adapter changes something: PEFT's logits with it are held against those of the model that Graft merges it into,
the other way round than PEFT goes. Where factors are taken out of the weights, PEFT's logits are held against those without the adapter.
At last adapters are trained with DJL, on a native block and on TorchScript, and PEFT's logits are held against those of DJL.
"""
import copy
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from peft import PeftModel
from safetensors.torch import load_file
from torch import nn
from transformers import (
    BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM)

graft = sys.argv[1]
root = pathlib.Path(tempfile.mkdtemp())
failures = 0
ids = torch.tensor([[3, 7, 1, 12, 30, 5]])


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def apply(checkpoint, out, *modifiers):
    config = root / f"{out.name}.conf"
    listed = ",\n".join("{ " + modifier + " }" for modifier in modifiers)
    config.write_text(f'graft {{ model {{ checkpoint = "{checkpoint}" }}\nmodifiers = [ {listed} ]\noutput {{ path = "{out}" }} }}')
    done = subprocess.run([graft, "apply", "-c", config], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return out


def logits(model):
    model.eval()
    with torch.no_grad():
        return model(ids).logits


def near(name, found, expected, tolerance=1e-5):
    difference = (found - expected).abs().max().item()
    check(f"{name}: logits {difference:.1e} apart at most", difference <= tolerance)


def made_here(name, model, base, options):
    """PEFT with the adapter against the model that Graft merged it into."""
    adapter = apply(base, root / name, f"type = lora, init = random, {options}")
    check(f"{name}: the adapter alone is written", not (adapter / "model.safetensors").exists())
    merged = apply(base, root / f"{name}-merged", f'type = lora-merge, adapter-path = "{adapter}"')
    with_peft = logits(PeftModel.from_pretrained(model.from_pretrained(base), adapter))
    near(name, with_peft, logits(model.from_pretrained(merged)))
    check(f"{name}: it changes something", (with_peft - logits(model.from_pretrained(base))).abs().max() > 1e-3)


def taken_out(name, model, base, options):
    """PEFT with the adapter of factors that were taken out of the weights, on the untouched base: nothing changes before training."""
    adapter = apply(base, root / name, f"type = lora, {options}")
    check(f"{name}: the adapter alone is written", not (adapter / "model.safetensors").exists())
    near(name, logits(PeftModel.from_pretrained(model.from_pretrained(base), adapter)), logits(model.from_pretrained(base)))


torch.manual_seed(0)
small = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=64)
for name, model in (
        ("llama", LlamaForCausalLM(LlamaConfig(**small, num_key_value_heads=2, tie_word_embeddings=False))),
        ("bert", BertForSequenceClassification(BertConfig(**small))),
        ("gpt2", GPT2LMHeadModel(GPT2Config(vocab_size=64, n_positions=32, n_embd=32, n_layer=2, n_head=4, tie_word_embeddings=False)))):
    model.save_pretrained(root / name)

llama, bert, gpt2 = root / "llama", root / "bert", root / "gpt2"
made_here("linear", LlamaForCausalLM, llama, "rank = 4, alpha = 8, target-modules = [q_proj, down_proj]")
made_here("all-linear", LlamaForCausalLM, llama, "rank = 4, target-modules = all-linear")
made_here("layers", LlamaForCausalLM, llama, "rank = 4, target-modules = [q_proj, v_proj], layers-to-transform = [1]")
made_here("patterns", LlamaForCausalLM, llama,
          'rank = 4, alpha = 8, target-modules = [q_proj, v_proj], rank-pattern { "layers.0.*v_proj" = 2 }, alpha-pattern { q_proj = 3 }')
made_here("expression", LlamaForCausalLM, llama, 'rank = 4, use-rslora = true, target-modules = ".*1.*_proj"')
made_here("dora", LlamaForCausalLM, llama, "rank = 4, use-dora = true, target-modules = [q_proj, up_proj]")
made_here("embedding", LlamaForCausalLM, llama, "rank = 4, target-modules = [embed_tokens, q_proj]")
made_here("rows", LlamaForCausalLM, llama, "rank = 4, target-modules = [q_proj], trainable-token-indices = [1, 7]")
made_here("classifier", BertForSequenceClassification, bert,
          "rank = 4, target-modules = [query, dense], bias = all, modules-to-save = [classifier], task-type = SEQ_CLS")
made_here("lora-only", BertForSequenceClassification, bert, "rank = 4, target-modules = [query, dense], bias = lora-only")
made_here("lora-bias", BertForSequenceClassification, bert, "rank = 4, target-modules = [query, dense], lora-bias = true")
made_here("transposed", GPT2LMHeadModel, gpt2, "rank = 4, target-modules = [c_attn, c_proj]")
made_here("transposed-dora", GPT2LMHeadModel, gpt2, "rank = 4, use-dora = true, target-modules = [c_attn]")
for init in ("pissa", "pissa_niter_8", "olora"):
    taken_out(f"{init}", LlamaForCausalLM, llama, f"rank = 4, alpha = 8, init = {init}, target-modules = [q_proj, up_proj]")
    taken_out(f"{init}-transposed", GPT2LMHeadModel, gpt2, f"rank = 4, init = {init}, target-modules = [c_attn]")


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(4, 6, 3, padding=1)
        self.two = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x):
        return self.one(self.two(x).mean(2))


convolutions = Convolutions().eval()
(root / "convolutions").mkdir()
from safetensors.torch import save_file  # noqa: E402
save_file(convolutions.state_dict(), root / "convolutions" / "model.safetensors")
adapter = apply(root / "convolutions", root / "conv", "type = lora, init = random, rank = 2, target-modules = [one, two]")
merged = apply(root / "convolutions", root / "conv-merged", f'type = lora-merge, adapter-path = "{adapter}"')
x = torch.randn(2, 1, 5, 7)
with torch.no_grad():
    expected = Convolutions().eval()
    expected.load_state_dict(load_file(merged / "model.safetensors"))
    near("convolutions", PeftModel.from_pretrained(convolutions, adapter).eval()(x), expected(x))



def trained_here(name, base, network, options):
    """An adapter that DJL trained, in PEFT: what the network computes with it there and here."""
    classes = pathlib.Path(__file__).resolve().parents[1] / "target" / "classes"
    libraries = pathlib.Path(graft).resolve().parents[1] / "lib" / "*"
    folder = root / name.replace(" ", "-")
    subprocess.run(
        ["java", "-cp", f"{classes}:{libraries}", "io.graft.benchmarks.lora.TrainedAdapter", base, folder, options],
        check=True, stdout=subprocess.DEVNULL)
    found = torch.tensor([float(line) for line in (folder / "outputs.txt").read_text().split()]).view(5, 2)
    # PEFT reads weights of its own into the network that it gets.
    with_peft = PeftModel.from_pretrained(copy.deepcopy(network), folder).eval()
    with torch.no_grad():
        near(name, with_peft(samples), found)
        check(f"{name}: it was trained", (found - network(samples)).abs().max() > 1e-2)


network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 2)).eval()
samples = torch.arange(180, dtype=torch.float32).sin().view(5, 1, 6, 6)
(root / "network").mkdir()
save_file(network.state_dict(), root / "network" / "model.safetensors")
torch.jit.script(network).save(root / "network" / "scripted.pt")
torch.jit.trace(network, samples).save(root / "network" / "traced.pt")
for kind in ("model.safetensors", "scripted.pt", "traced.pt"):
    for what, options in (
            ("linear", 'target-modules = ["3", "5"]'),
            ("convolution", 'target-modules = ["0", "3"]'),
            ("dora", 'target-modules = ["3"], use-dora = true'),
            ("rslora", "target-modules = all-linear, use-rslora = true, init = orthogonal"),
            ("pissa", 'target-modules = ["3"], init = pissa'),
            ("olora", 'target-modules = ["3"], init = olora'),
            ("patterns", 'target-modules = ["3", "5"], rank-pattern { "3" = 4 }, alpha-pattern { "5" = 3 }'),
            ("head", 'target-modules = ["3"], bias = lora-only, modules-to-save = ["5"]'),
            ("dropout", 'target-modules = ["3"], dropout = 0.2')):
        trained_here(f"{kind} {what}", root / "network" / kind, network, f"rank = 2, alpha = 4, {options}")

shutil.rmtree(root)
sys.exit(failures > 0)
