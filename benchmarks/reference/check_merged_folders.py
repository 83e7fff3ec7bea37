"""Has Graft merge adapters of PEFT into small models of transformers, loads each output folder with transformers alone, and compares.

    python check_merged_folders.py GRAFT

GRAFT is the command of a distribution. Needs torch, transformers, tokenizers and peft; makes its models itself.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer, BertConfig, BertForMaskedLM, GPT2Config,
                          GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast)

graft = sys.argv[1]
root = pathlib.Path(tempfile.mkdtemp())
failures = 0
ids = torch.tensor([[3, 7, 1, 12, 30, 5]])
words = {word: number for number, word in enumerate(["[UNK]", "[PAD]"] + [f"w{i}" for i in range(62)])}


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def save(name, model):
    folder = root / name
    model.eval().save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]").save_pretrained(folder)
    return folder


def adapt(name, kind, base, **options):
    """An adapter with random factors; gives its folder and the logits of the model with it."""
    model = get_peft_model(kind.from_pretrained(base), LoraConfig(r=4, lora_alpha=8, **options))
    torch.manual_seed(7)
    for key, value in model.named_parameters():
        if value.requires_grad:
            value.data = torch.randn_like(value) * 0.1
    folder = root / f"{name}-adapter"
    model.save_pretrained(folder)
    model.eval()
    with torch.no_grad():
        return folder, model(ids).logits


def merge(name, base, adapter, more="", output=""):
    config = root / f"{name}.conf"
    config.write_text(f"""graft {{
      model.checkpoint = "{base}"
      modifiers = [ {{ type = lora-merge, adapter-path = "{adapter}" }}{more} ]
      output {{ path = "{root}/{name}-out"{output} }}
    }}""")
    done = subprocess.run([graft, "apply", "-c", config], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return root / f"{name}-out"


def load(kind, folder):
    model, info = kind.from_pretrained(folder, output_loading_info=True)
    found = {key: value for key, value in info.items() if value and key != "error_msgs"}
    check(f"{folder.name}: every key finds its place {found or ''}", not found)
    with torch.no_grad():
        return model.eval(), model(ids).logits


def compare(name, kind, auto, tolerance=1e-5, more="", output="", **options):
    base = root / name.split("/")[0]
    label = name.replace("/", "-")
    adapter, expected = adapt(label, kind, base, **options)
    out = merge(label, base, adapter, more, output)
    model, logits = load(auto, out)
    difference = (logits.float() - expected.float()).abs().max().item()
    check(f"{label}: logits, {difference:.1e} apart at most", difference <= tolerance)
    tokens = AutoTokenizer.from_pretrained(out)("w1 w5 nothing")["input_ids"]
    check(f"{label}: tokens {tokens}", tokens == [3, 7, 0])
    return out, model, expected


torch.manual_seed(0)
save("bert", BertForMaskedLM(BertConfig(
    vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)))
save("gpt2", GPT2LMHeadModel(GPT2Config(vocab_size=64, n_positions=32, n_embd=32, n_layer=2, n_head=4)))
save("llama", LlamaForCausalLM(LlamaConfig(
    vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, tie_word_embeddings=True)))

compare("bert", BertForMaskedLM, AutoModelForMaskedLM, target_modules=["query", "value"])
compare("gpt2", GPT2LMHeadModel, AutoModelForCausalLM, target_modules=["c_attn"], fan_in_fan_out=True)
compare("llama", LlamaForCausalLM, AutoModelForCausalLM, target_modules=["q_proj", "v_proj"])
compare("llama/pytorch", LlamaForCausalLM, AutoModelForCausalLM, output=", format = pytorch", target_modules=["q_proj"])
compare("llama/shards", LlamaForCausalLM, AutoModelForCausalLM, output=", max-shard-size = 20kB", target_modules=["q_proj"])

out, model, _ = compare(
    "llama/bf16", LlamaForCausalLM, AutoModelForCausalLM, 0.1, more=", { type = casting, dtype = bf16 }", target_modules=["q_proj"])
check("llama-bf16: loaded as bfloat16", model.dtype == torch.bfloat16)
config = json.loads((out / "config.json").read_text())
check("llama-bf16: told by config.json", config.get("dtype", config.get("torch_dtype")) == "bfloat16")

# The head is trained and saved whole, and so is another tensor than the embedding.
out, model, _ = compare(
    "llama/head", LlamaForCausalLM, AutoModelForCausalLM, target_modules=["q_proj"], modules_to_save=["lm_head"])
check("llama-head: config.json tells no tie", json.loads((out / "config.json").read_text())["tie_word_embeddings"] is False)
check("llama-head: two tensors", not torch.equal(model.lm_head.weight, model.model.embed_tokens.weight))

sys.exit(1 if failures else 0)
