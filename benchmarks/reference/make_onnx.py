"""Makes the ONNX files that format-onnx is tested with, and the state dict of their model, by both of PyTorch's exporters.
Needs torch, onnx, onnxscript and safetensors. Usage: make_onnx.py DIR"""

import sys

import onnx
import torch
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(7)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(11, 6)
        self.query = torch.nn.Linear(6, 5)
        self.up = torch.nn.Linear(5, 7, bias=False)
        self.norm = torch.nn.LayerNorm(7)
        self.conv = torch.nn.Conv1d(3, 2, 2)
        self.register_buffer("scale", torch.tensor([0.5, 2.0]))

    def forward(self, ids):
        x = self.norm(self.up(torch.relu(self.query(self.embed(ids)))))
        return self.conv(x) * self.scale.reshape(1, 2, 1)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Block()
        self.head = torch.nn.Linear(6, 4)

    def forward(self, ids):
        return self.head(self.encoder(ids).reshape(-1, 6))


model = Model().eval()
ids = torch.arange(6).reshape(2, 3)
save_file({k: v.contiguous() for k, v in model.state_dict().items()}, out + "/linear.safetensors")
torch.onnx.export(model, (ids,), out + "/linear.onnx", input_names=["ids"], dynamo=False, opset_version=14)
onnx.save_model(
    onnx.load(out + "/linear.onnx"),
    out + "/external.onnx",
    save_as_external_data=True,
    location="external.bin",
    size_threshold=0,
)
torch.onnx.export(model, (ids,), out + "/torch-export.onnx", input_names=["ids"], dynamo=True, external_data=False)
exported = onnx.load(out + "/torch-export.onnx")
del exported.graph.value_info[:]
for node in exported.graph.node:
    for entry in [entry for entry in node.metadata_props if entry.key != "namespace"]:
        node.metadata_props.remove(entry)
onnx.save(exported, out + "/torch-export.onnx")
