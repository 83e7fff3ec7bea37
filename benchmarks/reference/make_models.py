"""Makes the tiny models that the module `models` is tested with: for each a config.json and a model.safetensors as transformers saves
them, inputs, and the outputs that the model gives in evaluation. Weights are random and larger than those of a new model, so that
every formula shows in the outputs.

torchvision is not needed: ResNet is written here after its documented definition, with the width of the first stage as an argument.

Usage: make_models.py OUT [FAMILY ...]      (needs torch, transformers, safetensors)
"""
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn


def randomize(model, scale=0.15):
    for name, value in model.state_dict().items():
        if not value.is_floating_point():
            continue
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif "norm" in name.lower() and name.endswith("weight") or ".bn" in name and name.endswith("weight"):
            value.uniform_(0.5, 1.5)
        else:
            value.normal_(0, scale)
    return model.eval()


def written(out, model, inputs, outputs):
    save_file({k: v.contiguous() for k, v in inputs.items()}, out / "inputs.safetensors")
    save_file({k: v.detach().contiguous() for k, v in outputs.items()}, out / "outputs.safetensors")


def transformer(out, model, **inputs):
    randomize(model)
    model.save_pretrained(out)
    with torch.no_grad():
        result = model(**inputs)
    written(out, model, inputs, {k: v for k, v in result.items()})


def tokens(padding=0, types=False, lengths=(11, 7)):
    width = max(lengths)
    ids = torch.randint(3, 60, (len(lengths), width))
    mask = torch.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, length:] = padding
        mask[row, :length] = 1
    inputs = {"input_ids": ids, "attention_mask": mask}
    if types:
        inputs["token_type_ids"] = torch.randint(0, 2, ids.shape)
    return inputs


BERT = dict(vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, max_position_embeddings=20)


def bert(out):
    from transformers import BertConfig, BertModel
    transformer(out, BertModel(BertConfig(**BERT)), **tokens(types=True))


def bert_tanh(out):
    from transformers import BertConfig, BertModel
    config = BertConfig(**BERT, hidden_act="gelu_new", layer_norm_eps=1e-3)
    transformer(out, BertModel(config, add_pooling_layer=False), input_ids=tokens()["input_ids"])


def roberta(out):
    from transformers import RobertaConfig, RobertaModel
    transformer(out, RobertaModel(RobertaConfig(**BERT, type_vocab_size=1, layer_norm_eps=1e-5)), **tokens(padding=1))


DISTILBERT = dict(vocab_size=60, dim=24, n_layers=2, n_heads=3, hidden_dim=40, max_position_embeddings=20)


def distilbert(out):
    from transformers import DistilBertConfig, DistilBertModel
    transformer(out, DistilBertModel(DistilBertConfig(**DISTILBERT)), **tokens())


def bert_classifier(out):
    from transformers import BertConfig, BertForSequenceClassification
    transformer(out, BertForSequenceClassification(BertConfig(**BERT, num_labels=4)), **tokens(types=True))


def roberta_classifier(out):
    from transformers import RobertaConfig, RobertaForSequenceClassification
    config = RobertaConfig(**BERT, type_vocab_size=1, layer_norm_eps=1e-5, num_labels=4)
    transformer(out, RobertaForSequenceClassification(config), **tokens(padding=1))


def distilbert_classifier(out):
    from transformers import DistilBertConfig, DistilBertForSequenceClassification
    transformer(out, DistilBertForSequenceClassification(DistilBertConfig(**DISTILBERT, num_labels=4)), **tokens())


def sentences(folder):
    """What sentence-transformers makes of the hidden states of the model `bert`, one vector for a text, by its Pooling."""
    from transformers import BertModel
    model = BertModel.from_pretrained(folder.parent / "bert").eval()
    inputs = load_file(folder.parent / "bert" / "inputs.safetensors")
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
    seen = inputs["attention_mask"].unsqueeze(-1).expand(hidden.size()).float()
    mean = (hidden * seen).sum(1) / seen.sum(1).clamp(min=1e-9)
    for name, value in {"mean": mean, "cls": hidden[:, 0]}.items():
        save_file({"sentence_embedding": value.contiguous()}, folder / f"{name}.safetensors")


def vit(out):
    from transformers import ViTConfig, ViTModel
    config = ViTConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=16, patch_size=4)
    transformer(out, ViTModel(config), pixel_values=torch.randn(2, 3, 16, 16))


class BasicBlock(nn.Module):
    """He et al. 2016, figure 5 left, with torchvision's names."""
    expansion = 1

    def __init__(self, inputs, width, stride, downsample):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = downsample

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """He et al. 2016, figure 5 right, with the stride on the 3x3 convolution, as torchvision has it."""
    expansion = 4

    def __init__(self, inputs, width, stride, downsample):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.downsample = downsample

    def forward(self, x):
        y = self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))
        return self.relu(self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, block, counts, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for stage, count in enumerate(counts):
            units = []
            for unit in range(count):
                wide, stride = width * 2 ** stage, 2 if stage > 0 and unit == 0 else 1
                outputs = wide * block.expansion
                downsample = None
                if stride != 1 or inputs != outputs:
                    downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
                units.append(block(inputs, wide, stride, downsample))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*units))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def resnet(out, block, counts, width):
    model = randomize(ResNet(block, counts, width, 5), 0.3)
    images = torch.randn(2, 3, 40, 40)
    save_file(dict(model.state_dict()), out / "model.safetensors", metadata={"format": "pt"})
    with torch.no_grad():
        written(out, model, {"0": images}, {"0": model(images)})


def resnet18(out):
    """Beside the model, the names and shapes that transformers has for one of its size."""
    resnet(out, BasicBlock, (2, 2, 2, 2), 4)
    config = transformers.ResNetConfig(
        embedding_size=4, hidden_sizes=[4, 8, 16, 32], depths=[2, 2, 2, 2], layer_type="basic", num_labels=5)
    names = transformers.ResNetForImageClassification(config).state_dict()
    zeros = {name: torch.zeros(value.shape, dtype=torch.float16 if value.is_floating_point() else value.dtype)
             for name, value in names.items()}
    save_file(zeros, out / "transformers.safetensors", metadata={"format": "pt"})


FAMILIES = {
    "bert": bert,
    "bert-tanh": bert_tanh,
    "bert-classifier": bert_classifier,
    "roberta-classifier": roberta_classifier,
    "distilbert-classifier": distilbert_classifier,
    "sentences": sentences,
    "roberta": roberta,
    "distilbert": distilbert,
    "vit": vit,
    "resnet18": resnet18,
    "resnet50": lambda out: resnet(out, Bottleneck, (3, 4, 6, 3), 2),
}

if __name__ == "__main__":
    for family in sys.argv[2:] or FAMILIES:
        folder = pathlib.Path(sys.argv[1]) / family
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(30)
        FAMILIES[family](folder)
