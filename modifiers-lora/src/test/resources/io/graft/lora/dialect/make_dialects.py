"""Makes the adapters of this folder: make_dialects.py OUT, with PyTorch, PEFT 0.21, transformers and safetensors.

`llama` is a tiny Llama of transformers (grouped heads), `llama/peft` an adapter that PEFT saved for it, and `llama/merged.safetensors` what
PEFT's merge_and_unload made of both. The other folders hold the same adapter as other tools write it. Neither mlx-lm nor torchtune
could be installed, so that their files are made here from their sources' formulas:

* `llama/mlx`: factors transposed, `scale` = alpha / rank, DoRA's magnitude under `.m` (mlx_lm/tuner/lora.py, dora.py, utils.py);
* `llama/torchtune`: its own names, the outputs of query and key put from halves into neighbours (torchtune/models/convert_weights.py);
* `unet`: a tiny U-Net-like model with attention and a convolution and its text encoder's layer; `unet/kohya.safetensors` as sd-scripts
  write it (networks/lora.py: lora_down, lora_up, alpha, names without dots), `unet/diffusers` as save_lora_weights does (PEFT's ends under
  `unet.` and `text_encoder.`, settings in the metadata), `unet/old-*.safetensors` as diffusers did before PEFT; each with the base and the
  merged weights computed here in 32 bits.
"""
import json
import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

OUT = Path(sys.argv[1])
HEADS, KV_HEADS = 4, 2


def random(model, seed):
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape) * 0.3)
    return model


def llama(name, **options):
    config = LlamaConfig(
        vocab_size=11, hidden_size=16, intermediate_size=12, num_hidden_layers=2, num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS, max_position_embeddings=32, tie_word_embeddings=False)
    model = random(LlamaForCausalLM(config), 3)
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    base = {key: value.clone() for key, value in model.state_dict().items()}
    adapted = get_peft_model(model, LoraConfig(
        r=2, lora_alpha=6, lora_dropout=0.05,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], **options))
    torch.manual_seed(4)
    with torch.no_grad():
        for key, parameter in adapted.named_parameters():
            if "magnitude" in key:
                parameter.mul_(1 + 0.3 * torch.rand(parameter.shape))
            elif "lora_" in key:
                parameter.copy_(torch.randn(parameter.shape) * 0.3)
    adapted.save_pretrained(folder / "peft")
    (folder / "peft" / "README.md").unlink()
    merged = adapted.merge_and_unload()
    save_file(base, folder / "model.safetensors", metadata={"format": "pt"})
    config.architectures = ["LlamaForCausalLM"]
    config.save_pretrained(folder)
    save_file({key: value.clone() for key, value in merged.state_dict().items()}, folder / "merged.safetensors")
    factors = load_file(folder / "peft" / "adapter_model.safetensors")
    mlx(folder / "mlx", factors, bool(options))
    torchtune(folder / "torchtune", factors)


def plain(key):
    return key.removeprefix("base_model.model.")


def mlx(folder, factors, dora):
    folder.mkdir(exist_ok=True)
    tensors = {}
    for key, value in factors.items():
        key = plain(key).replace(".lora_A.weight", ".lora_a").replace(".lora_B.weight", ".lora_b")
        tensors[key.replace(".lora_magnitude_vector", ".m")] = value.T.contiguous() if value.dim() == 2 else value
    save_file(tensors, folder / "adapters.safetensors", metadata={"format": "mlx"})
    config = {
        "adapter_path": "adapters", "batch_size": 4, "fine_tune_type": "dora" if dora else "lora", "iters": 1000,
        "learning_rate": 1e-05, "lora_parameters": {
            "rank": 2, "dropout": 0.05, "scale": 3.0,
            "keys": ["mlp.down_proj", "mlp.gate_proj", "mlp.up_proj", "self_attn.k_proj", "self_attn.o_proj",
                     "self_attn.q_proj", "self_attn.v_proj"]},
        "model": "tiny/llama", "num_layers": 2, "seed": 0, "train": True}
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=4))


NAMES = {"self_attn.q_proj": "attn.q_proj", "self_attn.k_proj": "attn.k_proj", "self_attn.v_proj": "attn.v_proj",
         "self_attn.o_proj": "attn.output_proj", "mlp.gate_proj": "mlp.w1", "mlp.down_proj": "mlp.w2",
         "mlp.up_proj": "mlp.w3"}


def neighbours(value, heads):
    parts = value.reshape(heads, 2, -1, value.numel() // value.shape[0])
    return parts.transpose(1, 2).reshape(value.shape).contiguous()


def torchtune(folder, factors):
    folder.mkdir(exist_ok=True)
    tensors = {}
    for key, value in factors.items():
        if "lora_A" not in key and "q_proj" in key:
            value = neighbours(value, HEADS)
        if "lora_A" not in key and "k_proj" in key:
            value = neighbours(value, KV_HEADS)
        key = plain(key).removeprefix("model.")
        for theirs, ours in NAMES.items():
            key = key.replace(theirs, ours)
        key = key.replace("lora_A", "lora_a").replace("lora_B", "lora_b").replace("lora_magnitude_vector", "magnitude")
        tensors[key] = value
    torch.save(tensors, folder / "adapter_model.pt")
    (folder / "adapter_config.json").write_text(json.dumps({
        "r": 2, "lora_alpha": 6, "peft_type": "LORA", "base_model_name_or_path": "tiny/llama",
        "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "down_proj", "up_proj"]}))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_q = nn.Linear(4, 4, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(4, 4)])


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down_blocks = nn.ModuleList([nn.Module()])
        self.down_blocks[0].attn1 = Attention()
        self.down_blocks[0].conv_in = nn.Conv2d(2, 3, 3)


def pipelines():
    folder = OUT / "unet"
    (folder / "diffusers").mkdir(parents=True, exist_ok=True)
    base = {key: value.clone() for key, value in random(Unet(), 5).state_dict().items()}
    save_file(base, folder / "model.safetensors")
    torch.manual_seed(6)
    shapes = {"down_blocks.0.attn1.to_q": ((2, 4), (4, 2)), "down_blocks.0.attn1.to_out.0": ((4, 4), (4, 4)),
              "down_blocks.0.conv_in": ((2, 2, 3, 3), (3, 2, 1, 1))}
    alphas = {"down_blocks.0.attn1.to_q": 1.0, "down_blocks.0.attn1.to_out.0": 4.0, "down_blocks.0.conv_in": 1.0}
    factors = {module: (torch.randn(a) * 0.3, torch.randn(b) * 0.3) for module, (a, b) in shapes.items()}
    text = (torch.randn(2, 4) * 0.3, torch.randn(4, 2) * 0.3)
    merged = dict(base)
    kohya, peft, noted = {}, {}, {}
    for module, (a, b) in factors.items():
        flat = "lora_unet_" + module.replace(".", "_")
        kohya[flat + ".lora_down.weight"], kohya[flat + ".lora_up.weight"] = a, b
        kohya[flat + ".alpha"] = torch.tensor(alphas[module])
        peft[f"unet.{module}.lora_A.weight"], peft[f"unet.{module}.lora_B.weight"] = a, b
        update = (b.flatten(1) @ a.flatten(1)).reshape(base[module + ".weight"].shape)
        merged[module + ".weight"] = base[module + ".weight"] + alphas[module] / a.shape[0] * update
    layer = "text_model.encoder.layers.0.self_attn.q_proj"
    flat = "lora_te_" + layer.replace(".", "_")
    kohya[flat + ".lora_down.weight"], kohya[flat + ".lora_up.weight"] = text
    kohya[flat + ".alpha"] = torch.tensor(2.0)
    peft[f"text_encoder.{layer}.lora_A.weight"], peft[f"text_encoder.{layer}.lora_B.weight"] = text
    save_file(kohya, folder / "kohya.safetensors", metadata={
        "ss_network_module": "networks.lora", "ss_network_dim": "Dynamic", "ss_network_alpha": "Dynamic",
        "ss_base_model_version": "sd_v1"})
    for key, value in {
            "peft_type": "LORA", "r": 2, "lora_alpha": 1, "lora_dropout": 0.0, "bias": "none", "use_rslora": False,
            "target_modules": list(shapes), "rank_pattern": {"down_blocks.0.attn1.to_out.0": 4},
            "alpha_pattern": {"down_blocks.0.attn1.to_out.0": 4}}.items():
        noted["unet." + key] = value
    for key, value in {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["q_proj"]}.items():
        noted["text_encoder." + key] = value
    save_file(peft, folder / "diffusers" / "pytorch_lora_weights.safetensors", metadata={
        "format": "pt", "lora_adapter_metadata": json.dumps(noted, indent=2, sort_keys=True)})
    save_file(merged, folder / "merged.safetensors")
    a, b = factors["down_blocks.0.attn1.to_q"]
    c, d = factors["down_blocks.0.attn1.to_out.0"]
    save_file({
        "unet.down_blocks.0.attn1.processor.to_q_lora.down.weight": a,
        "unet.down_blocks.0.attn1.processor.to_q_lora.up.weight": b,
        "unet.down_blocks.0.attn1.processor.to_out_lora.down.weight": c,
        "unet.down_blocks.0.attn1.processor.to_out_lora.up.weight": d,
    }, folder / "old-processor.safetensors")
    save_file({
        "unet.down_blocks.0.attn1.to_q.lora.down.weight": a,
        "unet.down_blocks.0.attn1.to_q.lora.up.weight": b,
        "unet.down_blocks.0.attn1.to_q.alpha": torch.tensor(1.0),
        f"text_encoder.{layer}.lora_linear_layer.down.weight": text[0],
        f"text_encoder.{layer}.lora_linear_layer.up.weight": text[1],
    }, folder / "old-layers.safetensors")


llama("llama")
llama("llama-dora", use_dora=True)
# What differs is the magnitudes alone.
for file in ("config.json", "generation_config.json"):
    (OUT / "llama-dora" / file).unlink(missing_ok=True)
shutil.copy(OUT / "llama" / "config.json", OUT / "llama-dora" / "config.json")
pipelines()
