"""Makes the files that core's tables of names are tested with: tiny models of transformers 5, as their families' files have them
(disk.safetensors) and as their state dicts have them (running.safetensors). Each pair is checked first: what lies on disk loads into the
model, or computes the same. Needs torch, transformers 5 and safetensors. Usage: make_name_tables.py DIR, which is
core/src/test/resources/io/graft/model/rules"""

import pathlib
import sys
import tempfile

import torch
import transformers as t
from safetensors.torch import load_file, save_file

out = pathlib.Path(sys.argv[1])
torch.manual_seed(7)
ids = torch.tensor([[1, 2, 3, 4]])


def tensors_of(state):
    """Each tensor under its first name."""
    seen, kept = set(), {}
    for name, tensor in state.items():
        key = (tensor.data_ptr(), tensor.shape, tensor.stride())
        if key not in seen:
            seen.add(key)
            kept[name] = tensor.detach().clone().contiguous()
    return kept


def randomised(model):
    """Norms begin as ones and biases as zeros, which would not tell one from another; few digits keep the files small and exact."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randint(-128, 128, parameter.shape) / 128)
    return model.eval()


def saved(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return load_file(folder + "/model.safetensors")


def requires_loading(model, disk):
    """from_pretrained gives the model from what lies on disk."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        save_file(disk, folder + "/model.safetensors", {"format": "pt"})
        again, info = type(model).from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"], info
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


def pair(table, disk, running, dtype=torch.bfloat16):
    folder = out / table
    folder.mkdir(parents=True, exist_ok=True)
    for name, state in (("disk", disk), ("running", running)):
        small = {k: v.to(dtype) if v.is_floating_point() else v for k, v in state.items()}
        save_file(small, str(folder / (name + ".safetensors")))
        print(table, name, len(small), (folder / (name + ".safetensors")).stat().st_size, "bytes")


tiny = dict(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12)
text = dict(tiny, num_key_value_heads=1, vocab_size=16)
image = dict(tiny, num_hidden_layers=1, image_size=4, patch_size=2)

# ViT: files keep the names of transformers 4.
vit = randomised(t.ViTForImageClassification(t.ViTConfig(**dict(image, num_hidden_layers=2), num_labels=2)))
requires_loading(vit, saved(vit))
pair("vit", saved(vit), tensors_of(vit.state_dict()))

# Gemma 3: published files have vision_tower.vision_model, which save_pretrained leaves out.
gemma = randomised(
    t.Gemma3ForConditionalGeneration(
        t.Gemma3Config(
            text_config=dict(text, num_hidden_layers=1, head_dim=4, sliding_window=4),
            vision_config=dict(image, num_channels=3, vision_use_head=False),
            mm_tokens_per_image=4,
        )
    )
)
disk = {n.replace("vision_tower.", "vision_tower.vision_model."): v for n, v in saved(gemma).items()}
requires_loading(gemma, disk)
pair("gemma-3", disk, tensors_of(gemma.state_dict()))

# Qwen2.5-VL
qwen = randomised(
    t.Qwen2_5_VLForConditionalGeneration(
        t.Qwen2_5_VLConfig(
            text_config=dict(text, num_hidden_layers=1, rope_scaling={"type": "mrope", "mrope_section": [1, 1, 0]}),
            vision_config=dict(
                depth=1,
                hidden_size=8,
                intermediate_size=12,
                num_heads=2,
                out_hidden_size=8,
                patch_size=2,
                fullatt_block_indexes=[0],
            ),
        )
    )
)
requires_loading(qwen, saved(qwen))
pair("qwen2.5-vl", saved(qwen), tensors_of(qwen.state_dict()))

# Experts
mixtral = randomised(t.MixtralForCausalLM(t.MixtralConfig(**dict(text, num_hidden_layers=1), num_local_experts=3)))
requires_loading(mixtral, saved(mixtral))
pair("mixtral", saved(mixtral), tensors_of(mixtral.state_dict()))
experts = randomised(
    t.Qwen3MoeForCausalLM(
        t.Qwen3MoeConfig(
            **dict(text, num_hidden_layers=1),
            head_dim=4,
            moe_intermediate_size=6,
            num_experts=3,
            num_experts_per_tok=1,
            decoder_sparse_step=1,
        )
    )
)
requires_loading(experts, saved(experts))
pair("qwen-moe", saved(experts), tensors_of(experts.state_dict()))

# BERT as it was published: gamma, beta and a buffer of positions.
bert = randomised(t.BertModel(t.BertConfig(**dict(tiny, num_hidden_layers=1), vocab_size=16, max_position_embeddings=4)))
disk = {
    n.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
    for n, v in saved(bert).items()
}
requires_loading(bert, disk)
pair("bert", dict(disk, **{"embeddings.position_ids": torch.arange(4).reshape(1, 4)}), tensors_of(bert.state_dict()))

# GPT-2 as it was published, without a prefix and with the causal mask; and as linear layers.
gpt2 = randomised(t.GPT2LMHeadModel(t.GPT2Config(n_embd=8, n_layer=1, n_head=2, vocab_size=16, n_positions=4)))
disk = {n.removeprefix("transformer."): v for n, v in saved(gpt2).items()}
requires_loading(gpt2, disk)
mask = torch.tril(torch.ones(4, 4)).reshape(1, 1, 4, 4).to(torch.uint8)
pair("gpt-2", dict(disk, **{"h.0.attn.bias": mask}), tensors_of(gpt2.state_dict()))
conv = gpt2.transformer.h[0].mlp.c_fc
x = torch.randn(3, 8)
assert torch.allclose(conv(x), torch.nn.functional.linear(x, conv.weight.T, conv.bias), atol=1e-5)
of_convs = tuple(c + ".weight" for c in ("c_attn", "c_proj", "c_fc"))
linear = {n: v.T.contiguous() if n.endswith(of_convs) else v for n, v in tensors_of(gpt2.state_dict()).items()}
pair("gpt-2-linear", tensors_of(gpt2.state_dict()), linear)

# Llama: Meta's names, and its order of the rows of queries and keys, which are rotated in pairs that lie beside each other.
llama = randomised(t.LlamaForCausalLM(t.LlamaConfig(**text)))
HEADS, KEY_VALUE_HEADS, HEAD = 2, 1, 4


def metas(weight, heads):
    return weight.view(heads, 2, HEAD // 2, 8).transpose(1, 2).reshape(weight.shape)


def rotated(rows, position):
    """Meta's rotation of [heads * HEAD] rows at a position, as complex numbers."""
    pairs = torch.view_as_complex(rows.reshape(-1, HEAD // 2, 2))
    angles = position / 10000 ** (torch.arange(0, HEAD, 2) / HEAD)
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).reshape(-1, HEAD)


names = {
    "self_attn.q_proj": "attention.wq",
    "self_attn.k_proj": "attention.wk",
    "self_attn.v_proj": "attention.wv",
    "self_attn.o_proj": "attention.wo",
    "mlp.gate_proj": "feed_forward.w1",
    "mlp.down_proj": "feed_forward.w2",
    "mlp.up_proj": "feed_forward.w3",
    "input_layernorm": "attention_norm",
    "post_attention_layernorm": "ffn_norm",
    "embed_tokens": "tok_embeddings",
    "lm_head": "output",
}
disk = {}
for name, value in llama.state_dict().items():
    if name.endswith("q_proj.weight"):
        value = metas(value, HEADS)
    if name.endswith("k_proj.weight"):
        value = metas(value, KEY_VALUE_HEADS)
    for theirs, metas_name in names.items():
        name = name.replace(theirs, metas_name)
    disk[name.removeprefix("model.")] = value.contiguous().clone()
x, y = torch.randn(2, 8)
attention = llama.model.layers[0].self_attn
position = torch.tensor([[3, 1]])
cos, sin = llama.model.rotary_emb(x, position)
q = attention.q_proj(torch.stack([x, y])).view(1, 2, HEADS, HEAD).transpose(1, 2)
k = attention.k_proj(torch.stack([x, y])).view(1, 2, KEY_VALUE_HEADS, HEAD).transpose(1, 2)
q, k = t.models.llama.modeling_llama.apply_rotary_pos_emb(q, k, cos, sin)
theirs = q[0, :, 0] @ k[0, 0, 1]
own = rotated(disk["layers.0.attention.wq.weight"] @ x, 3) @ rotated(disk["layers.0.attention.wk.weight"] @ y, 1)[0]
assert torch.allclose(theirs, own, atol=1e-4), (theirs, own)
pair("llama-meta", dict(disk, **{"rope.freqs": torch.ones(HEAD // 2)}), tensors_of(llama.state_dict()))

# Llama with fused layers is what Phi-3 is.
phi = t.Phi3ForCausalLM(t.Phi3Config(**text, pad_token_id=0)).eval()
fused = {}
for name, value in tensors_of(llama.state_dict()).items():
    if "q_proj" in name:
        both = [llama.state_dict()[name.replace("q_proj", other)] for other in ("k_proj", "v_proj")]
        fused[name.replace("q_proj", "qkv_proj")] = torch.cat([value, *both])
    elif "gate_proj" in name:
        up = llama.state_dict()[name.replace("gate_proj", "up_proj")]
        fused[name.replace("gate_proj", "gate_up_proj")] = torch.cat([value, up])
    elif not any(part in name for part in ("k_proj", "v_proj", "up_proj")):
        fused[name] = value
phi.load_state_dict(fused)
phi.config.rms_norm_eps = llama.config.rms_norm_eps
for module in phi.modules():
    if hasattr(module, "variance_epsilon"):
        module.variance_epsilon = llama.config.rms_norm_eps
assert torch.allclose(phi(ids).logits, llama(ids).logits, atol=1e-3)
pair("llama-fused", tensors_of(llama.state_dict()), fused)
