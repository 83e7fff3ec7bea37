"""PEFT's side of LoraBenchmark: training steps of layers 768 wide, and a traced program, of MiniLM's shape or another.

    python lora.py train THREADS LAYERS    reads `peft`, or `full`, from a line, one of them in a process, does a step, and answers: seconds, seconds of processors, loss
    python lora.py trace OUT [WIDTH LAYERS POSITIONS WORDS]    384, 6, 32 and 30522 if they are not given
"""
import sys
import time

import torch
from torch import nn
from transformers import BertConfig, BertModel
from transformers.models.bert.modeling_bert import BertEncoder

torch.manual_seed(0)


def config(width, layers, words=30522):
    made = BertConfig(vocab_size=words, hidden_size=width, num_hidden_layers=layers, num_attention_heads=12, intermediate_size=4 * width, hidden_act="relu",
                      hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    made._attn_implementation = "eager"
    return made


class Encoder(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.encoder = BertEncoder(config(768, layers))

    def forward(self, hidden):
        return self.encoder(hidden)[0]


class Classifier(BertModel):
    def __init__(self, width, layers, words):
        super().__init__(config(width, layers, words), add_pooling_layer=False)
        self.classifier = nn.Linear(width, 2)

    def forward(self, ids, mask, types):
        hidden = super().forward(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        return self.classifier(hidden.mean(1))


def step(model, optimizer):
    inputs = torch.randn(4, 128, 768)
    clock, processors = time.perf_counter(), time.process_time()
    loss = model(inputs).square().mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return time.perf_counter() - clock, time.process_time() - processors, loss.item()


def train(layers):
    import peft

    model = Encoder(layers).train()
    steps = {}
    for line in sys.stdin:
        name = line.strip()
        if name == "peft" and name not in steps:
            model = peft.get_peft_model(model, peft.LoraConfig(r=8, lora_alpha=8, target_modules=["query", "value"])).train()
        if name not in steps:
            steps[name] = torch.optim.Adam([parameter for parameter in model.parameters() if parameter.requires_grad], lr=1e-4)
        print(*step(model, steps[name]), flush=True)


def trace(out, width=384, layers=6, positions=32, words=30522):
    model = Classifier(width, layers, words).eval()
    ids = torch.randint(0, words, (4, positions))
    torch.jit.trace(model, (ids, torch.ones_like(ids), torch.zeros_like(ids))).save(out)


if __name__ == "__main__":
    if sys.argv[1] == "train":
        torch.set_num_threads(int(sys.argv[2]))
        train(int(sys.argv[3]))
    else:
        trace(sys.argv[2], *map(int, sys.argv[3:]))
