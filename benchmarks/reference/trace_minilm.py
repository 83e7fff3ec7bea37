"""Traces MiniLM with a classifier of sentences, as io.graft.models.BertSentenceClassifier has it, without its weights.

    python trace_minilm.py CONFIG LABELS OUT

CONFIG is the folder of a config.json. Only Python can trace a program; Graft fills this one: every tensor of it is zero, so that the archive,
whose members are deflated, is small. The example stores them again, as PyTorch writes them.
"""
import pathlib
import sys
import tempfile
import zipfile

import torch
from torch import nn
from transformers import BertConfig, BertModel

config = BertConfig.from_pretrained(sys.argv[1])
labels, out = int(sys.argv[2]), sys.argv[3]


class SentenceClassifier(BertModel):
    def __init__(self):
        config._attn_implementation = "eager"
        super().__init__(config, add_pooling_layer=False)
        self.classifier = nn.Linear(config.hidden_size, labels)

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = super().forward(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        seen = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return self.classifier((hidden * seen).sum(1) / seen.sum(1).clamp(min=1e-9))


torch.manual_seed(0)
model = SentenceClassifier().eval()
ids = torch.randint(0, config.vocab_size, (4, 12))
mask = torch.ones_like(ids)
mask[1, 7:] = 0
types = torch.zeros_like(ids)
traced = torch.jit.trace(model, (ids, mask, types))
wide = torch.randint(0, config.vocab_size, (3, 20)), torch.ones(3, 20, dtype=torch.long), torch.zeros(3, 20, dtype=torch.long)
with torch.no_grad():
    assert torch.allclose(traced(*wide), model(*wide), atol=1e-5), "the trace holds sizes of its own"
    for parameter in traced.parameters():
        parameter.zero_()
with tempfile.TemporaryDirectory() as folder:
    stored = pathlib.Path(folder, pathlib.Path(out).name)
    traced.save(str(stored))
    with zipfile.ZipFile(stored) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as deflated:
        for member in archive.infolist():
            if member.filename.endswith(".debug_pkl"):
                continue
            deflated.writestr(zipfile.ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0)), archive.read(member), zipfile.ZIP_DEFLATED)
