"""Has Graft write adapters of PEFT in every dialect and back, loads the result with PEFT, and compares; holds the other dialects' files
against the formulas of their tools.

    python check_adapters.py GRAFT

GRAFT is the command of a distribution. Needs torch, transformers, safetensors and peft; makes its models itself. mlx-lm, torchtune,
diffusers and sd-scripts are not needed: what their files mean is written down here.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

graft = sys.argv[1]
root = pathlib.Path(tempfile.mkdtemp())
failures = 0
ids = torch.tensor([[3, 7, 1, 12, 30, 5]])


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def convert(source, to, *options):
    target = root / f"{source.name}-{to}"
    done = subprocess.run(
        [graft, "lora", "convert", source, target, "--to", to, *options], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return target


def adapter(name, model, base, **options):
    adapted = get_peft_model(model.from_pretrained(base), LoraConfig(**{"r": 4, "lora_alpha": 10, **options}))
    torch.manual_seed(7)
    for key, value in adapted.named_parameters():
        if "magnitude" in key:
            value.data = value.data * (1 + 0.2 * torch.rand_like(value))
        elif value.requires_grad:
            value.data = torch.randn_like(value) * 0.1
    folder = root / name
    adapted.save_pretrained(folder)
    return folder, logits(adapted)


def logits(model):
    model.eval()
    with torch.no_grad():
        return model(ids).logits


def loaded(name, model, base, folder, expected):
    difference = (logits(PeftModel.from_pretrained(model.from_pretrained(base), folder)) - expected).abs().max().item()
    check(f"{name}: logits with PEFT, {difference:.1e} apart at most", difference <= 1e-6)


def same(name, one, other):
    check(f"{name}: tensors", one.keys() == other.keys() and all(
        one[key].dtype == other[key].dtype and torch.equal(one[key], other[key]) for key in one))


def there_and_back(name, model, base, dialects, **options):
    folder, expected = adapter(name, model, base, **options)
    loaded(f"{name}", model, base, folder, expected)
    own = load_file(folder / "adapter_model.safetensors")
    loaded(f"{name} -> peft", model, base, convert(folder, "peft"), expected)
    for dialect in dialects:
        there = convert(folder, dialect, "--base", base, "--section", "transformer")
        back = convert(there, "peft", "--base", base)
        same(f"{name} -> {dialect} -> peft", own, load_file(back / "adapter_model.safetensors"))
        loaded(f"{name} -> {dialect} -> peft", model, base, back, expected)
        formula = {"mlx": of_mlx, "kohya": of_kohya, "torchtune": of_torchtune}.get(dialect)
        if formula and not options.get("use_dora"):
            merged = model.from_pretrained(base)
            for module, update in formula(there).items():
                weight = merged.get_submodule(module).weight
                weight.data += update.T if update.shape != weight.shape or "c_attn" in module else update
            difference = (logits(merged) - expected).abs().max().item()
            check(f"{name} -> {dialect}: logits by its formula, {difference:.1e} apart at most", difference <= 1e-5)
    return folder


def of_mlx(folder):
    """mlx-lm: scale * (x a) b."""
    config = json.loads((folder / "adapter_config.json").read_text())
    tensors = load_file(folder / "adapters.safetensors")
    scale = config["lora_parameters"]["scale"]
    for key, value in tensors.items():
        if key.endswith(".lora_a"):
            assert value.shape[1] == config["lora_parameters"]["rank"]
    return {key[:-7]: (scale * tensors[key[:-7] + ".lora_b"].T @ tensors[key].T)
            for key in tensors if key.endswith(".lora_a")}


def of_kohya(folder):
    """sd-scripts: up down alpha / rank, the names' dots as Graft noted them."""
    file = folder / "adapter.safetensors"
    tensors = load_file(file)
    with safe_open(file, "pt") as opened:
        names = json.loads(opened.metadata()["graft_modules"])
    updates = {}
    for key, down in tensors.items():
        if key.endswith(".lora_down.weight"):
            flat = key[:-len(".lora_down.weight")]
            scale = tensors[flat + ".alpha"] / down.shape[0]
            updates[names[flat]] = scale * tensors[flat + ".lora_up.weight"] @ down
    return updates


def of_torchtune(folder):
    """torchtune: alpha / rank, and rotary neighbours where transformers has halves."""
    config = json.loads((folder / "adapter_config.json").read_text())
    tensors = torch.load(folder / "adapter_model.pt", weights_only=True)
    modules = {"attn.q_proj": "self_attn.q_proj", "attn.k_proj": "self_attn.k_proj", "attn.v_proj": "self_attn.v_proj",
               "attn.output_proj": "self_attn.o_proj", "mlp.w1": "mlp.gate_proj", "mlp.w2": "mlp.down_proj",
               "mlp.w3": "mlp.up_proj"}
    updates = {}
    for key, a in tensors.items():
        if key.endswith(".lora_a.weight"):
            module = key[:-len(".lora_a.weight")]
            b = tensors[module + ".lora_b.weight"]
            heads = {"q_proj": 4, "k_proj": 2}.get(module.split(".")[-1])
            if heads:
                b = b.view(heads, b.shape[0] // heads // 2, 2, -1).transpose(1, 2).reshape(b.shape)
            layer, number, name = module.split(".", 2)
            updates[f"model.layers.{number}.{modules[name]}"] = config["lora_alpha"] / config["r"] * b @ a
    return updates


torch.manual_seed(0)
for name, model in (
        ("llama", LlamaForCausalLM(LlamaConfig(
            vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, tie_word_embeddings=False))),
        ("gpt2", GPT2LMHeadModel(GPT2Config(vocab_size=64, n_positions=32, n_embd=32, n_layer=2, n_head=4, tie_word_embeddings=False)))):
    model.save_pretrained(root / name)

llama, gpt2 = root / "llama", root / "gpt2"
every = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
plain = there_and_back("plain", LlamaForCausalLM, llama, ["mlx", "torchtune", "kohya", "diffusers"], target_modules=every)
there_and_back("dora", LlamaForCausalLM, llama, ["mlx", "torchtune", "diffusers"], target_modules=every, use_dora=True)
there_and_back(
    "stabilised", LlamaForCausalLM, llama, ["mlx", "torchtune", "kohya", "diffusers"], target_modules=["q_proj", "v_proj"],
    use_rslora=True)
there_and_back(
    "patterns", LlamaForCausalLM, llama, ["kohya", "diffusers"], target_modules=["q_proj", "v_proj"],
    rank_pattern={"v_proj": 2}, alpha_pattern={"layers.1.self_attn.q_proj": 3})
there_and_back("transposed", GPT2LMHeadModel, gpt2, ["mlx", "kohya", "diffusers"], target_modules=["c_attn"], fan_in_fan_out=True)
there_and_back("embedding", GPT2LMHeadModel, gpt2, ["mlx"], target_modules=["wte", "c_attn"], fan_in_fan_out=True)

print(f"{failures} differ")
sys.exit(1 if failures else 0)
