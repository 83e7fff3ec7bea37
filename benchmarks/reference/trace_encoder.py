"""Traces an encoder of texts as BERT has it, with random weights: python trace_encoder.py LAYERS WIDTH OUT

It takes ids and a mask of their shape, and gives the hidden states. The table of words is small, for the encoder is what is timed.
"""
import sys

import torch
from transformers import BertConfig, BertModel

layers, width, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


class Encoder(BertModel):
    def forward(self, input_ids, attention_mask):
        return super().forward(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


torch.manual_seed(0)
config = BertConfig(
    vocab_size=1000,
    hidden_size=width,
    num_hidden_layers=layers,
    num_attention_heads=width // 64,
    intermediate_size=4 * width,
    attn_implementation="eager",
)
model = Encoder(config, add_pooling_layer=False).eval()
ids = torch.randint(0, config.vocab_size, (4, 12))
mask = torch.ones_like(ids)
traced = torch.jit.trace(model, (ids, mask))
wide = torch.randint(0, config.vocab_size, (3, 20)), torch.ones(3, 20, dtype=torch.long)
with torch.no_grad():
    assert torch.allclose(traced(*wide), model(*wide), atol=1e-4), "the trace holds sizes of its own"
traced.save(out)
