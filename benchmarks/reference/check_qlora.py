"""Has Graft train adapters on a quantized classifier, and loads them with PEFT on the quantized base that Graft has written.

    python check_qlora.py GRAFT BITSANDBYTES [SCHEME ...]

The schemes are all, or those that are named. GRAFT is the command of a distribution, BITSANDBYTES a folder with the package's sources, whose PyTorch backend needs no native library.
Needs torch, transformers, accelerate, safetensors and peft, and benchmarks/target/classes; makes its model itself. Adapters are trained with DJL,
on a native block and on a program; PEFT's logits are held against those of DJL, with the base that bitsandbytes restores, and with one
that was restored before.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification

graft = sys.argv[1]
sys.path.insert(0, sys.argv[2])
from peft import PeftModel  # noqa: E402

root = pathlib.Path(tempfile.mkdtemp())
failures = 0
ids = (torch.arange(48) * 7 + 3).remainder(64).view(4, 12)
inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def logits(model):
    model.eval()
    with torch.no_grad():
        return model(**inputs).logits.float()


torch.manual_seed(3)
model = BertForSequenceClassification(BertConfig(
    hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, vocab_size=64, num_labels=3,
    max_position_embeddings=32, attn_implementation="eager")).eval()
base = root / "base"
model.save_pretrained(base)
order = ("input_ids", "attention_mask", "token_type_ids")


class Traced(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bert, self.classifier = model.bert, model.classifier

    def forward(self, input_ids, attention_mask, token_type_ids):
        pooled = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).pooler_output
        return self.classifier(pooled)


torch.jit.trace(Traced().eval(), tuple(inputs[name] for name in order)).save(str(root / "traced.pt"))
libraries = pathlib.Path(graft).resolve().parents[1] / "lib" / "*"
classes = pathlib.Path(__file__).resolve().parents[1] / "target" / "classes"

SCHEMES = {
    "nf4": ("scheme = nf4, exclude-modules = [pooler.dense]", 1e-5),
    "nf4, double quantization": ("scheme = nf4, double-quantization = true", 1e-5),
    "fp4, blocks of 32": ("scheme = fp4, block-size = 32", 1e-5),
    "int8": ("scheme = int8, kernel = none", 5e-2),
}
ADAPTERS = {
    "LoRA": "r = 4, lora_alpha = 8, target-modules = [query, value, dense]",
    "LoRA and the head": "r = 4, target-modules = [query, value], modules-to-save = [classifier], task-type = SEQ_CLS",
    "rsLoRA, patterns": "r = 4, use-rslora = true, target-modules = [query, dense], rank-pattern { query = 2 }",
    "DoRA": "r = 4, lora_alpha = 8, target-modules = [query, value], use-dora = true",
    "rows of the embedding": "r = 4, target-modules = [query], trainable-token-indices = { word_embeddings = [3, 10] }",
}

for scheme in sys.argv[3:] or SCHEMES:
    quantization, tolerance = SCHEMES[scheme]
    quantized, plain = root / "quantized", root / "plain"
    for folder in (quantized, plain):
        shutil.rmtree(folder, ignore_errors=True)
    config = root / "quantize.conf"
    config.write_text(f'graft {{ model.checkpoint = "{base}"\nmodifiers = [ {{ type = quantization, {quantization} }} ]\n'
                      f'output.path = "{quantized}" }}')
    run(graft, "apply", "-c", config)
    run(graft, "convert", quantized, plain, "--dtype", "f32")
    for adapter, lora in ADAPTERS.items():
        for kind in ("block", root / "traced.pt"):
            name = f"{scheme}, {adapter}, {'block' if kind == 'block' else 'traced'}"
            folder = root / "adapter"
            shutil.rmtree(folder, ignore_errors=True)
            run("java", "-cp", f"{classes}:{libraries}", "io.graft.benchmarks.quantization.QuantizedAdapter",
                base, kind, folder, quantization, lora)
            found = torch.tensor([float(line) for line in (folder / "outputs.txt").read_text().split()]).view(4, 3)
            for what, path, bound in (("bitsandbytes", quantized, tolerance), ("restored", plain, 1e-5)):
                if (scheme, adapter, what) == ("int8", "DoRA", "bitsandbytes"):
                    # PEFT takes the norm of the weight before bitsandbytes has its scales, and fails.
                    continue
                loaded = BertForSequenceClassification.from_pretrained(path)
                before = logits(loaded)
                peft = PeftModel.from_pretrained(loaded, folder)
                kinds = {type(layer).__name__ for layer in peft.modules() if "bnb" in type(layer).__module__ and hasattr(layer, "lora_A")}
                apart = (logits(peft) - found).abs().max().item()
                check(f"{name}: on what is {what} ({', '.join(sorted(kinds)) or 'float32'}), logits {apart:.1e} apart at most",
                      apart <= bound and (found - before).abs().max() > 1e-2)

shutil.rmtree(root)
sys.exit(failures > 0)
