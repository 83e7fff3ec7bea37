"""Holds what the training examples have written against Python: PEFT, torch.jit.

    python check_examples.py sentence-classifier OUT MINILM
    python check_examples.py torchscript-fine-tuning OUT

OUT is the folder that the example was run with, MINILM a folder of transformers with all-MiniLM-L6-v2: config.json and the
model.safetensors that examples/onnx-to-safetensors makes. Needs torch, transformers, safetensors and peft.
"""
import pathlib
import sys

import torch
from safetensors.torch import load_file

failures = 0


def near(name, found, expected, tolerance):
    global failures
    difference = (found - expected).abs().max().item()
    failures += difference > tolerance
    print("same   " if difference <= tolerance else "DIFFERS", f"{name}: {difference:.1e} apart at most")


def sentence_classifier(out, minilm):
    from peft import PeftModel
    from transformers import BertModel

    base = BertModel.from_pretrained(minilm, add_pooling_layer=False).eval()
    inputs, outputs = load_file(out / "inputs.safetensors"), load_file(out / "outputs.safetensors")
    given = dict(input_ids=inputs["0"], attention_mask=inputs["1"], token_type_ids=inputs["2"])
    with torch.no_grad():
        before = base(**given).last_hidden_state
        for adapter in ("adapter", "adapter-of-program"):
            loaded = load_file(out / adapter / "adapter_model.safetensors")
            print(adapter, len(loaded), "tensors, such as", next(iter(loaded)))
        # PEFT reads weights of its own into the model that it gets.
        adapted = PeftModel.from_pretrained(base, out / "adapter").eval()
        after = adapted(**given).last_hidden_state
    near("the last hidden state with the adapter", outputs["0"], after, 1e-4)
    print("the adapter moves it by", f"{(after - before).abs().max().item():.1e}")


def torchscript_fine_tuning(out):
    program = torch.jit.load(out / "model" / "model.pt").eval()
    with torch.no_grad():
        found = program(load_file(out / "inputs.safetensors")["0"])
    near("what the program gives", load_file(out / "outputs.safetensors")["0"], found, 1e-5)


checks = {"sentence-classifier": sentence_classifier, "torchscript-fine-tuning": torchscript_fine_tuning}
checks[sys.argv[1]](pathlib.Path(sys.argv[2]), *sys.argv[3:])
sys.exit(failures > 0)
