#!/usr/bin/env python3
"""Merges adapters into quantized checkpoints with Graft, which stay quantized, and computes the same with numpy.

    python check_requantized.py GRAFT FIXTURES [NAME...]

GRAFT is the command of a distribution, FIXTURES a folder of quantized models, as modifiers-quantization/src/test/resources/fixtures/quantized.
Every stored tensor of the output is compared, byte for byte, and what the report says of the update, of its step and of what is lost.
Made with numpy 2.4, ml_dtypes 0.6, safetensors 0.8 and torch 2.13, whose 8-bit numbers are taken.

The rule: the scales of a unit (a group, a row, a band of blocks, a whole tensor with one scale) stay if the root mean square of what is
added to it is below that of its step, or zero; else they are made anew. Codes are the nearest. The step of integers is their scale, that of
8-bit numbers their spacing where the value is.
"""
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import load_file, save_file

graft, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
root = pathlib.Path(tempfile.mkdtemp())
WEIGHT = "model.layers.0.self_attn.q_proj"
failures = 0
F = np.float32


def to(values, dtype):
    """Rounded to a dtype, as float32."""
    return torch.from_numpy(np.ascontiguousarray(values, F)).to(dtype).float().numpy()


def unpacked(words, bits, count):
    """Along the last axis, lowest bits first."""
    words = words.numpy().astype(np.uint32)
    fields = [(words >> (i * bits)) & ((1 << bits) - 1) for i in range(32 // bits)]
    return np.stack(fields, -1).reshape(*words.shape[:-1], -1)[..., :count].astype(np.int64)


def packed(codes, bits):
    each = 32 // bits
    room = np.zeros((*codes.shape[:-1], -(-codes.shape[-1] // each) * each), np.uint32)
    room[..., : codes.shape[-1]] = codes
    fields = room.reshape(*codes.shape[:-1], -1, each)
    words = np.zeros(fields.shape[:-1], np.uint32)
    for i in range(each):
        words |= fields[..., i] << np.uint32(i * bits)
    return torch.from_numpy(words.view(np.int32).copy())


def rms(values):
    return math.sqrt(float(np.mean(np.square(values.astype(np.float64))))) if values.size else 0.0


def kept(units, update, step):
    """Which units keep their scales: update and step by unit, then value."""
    added = np.square(update.astype(np.float64)).sum(1)
    return (added == 0) | (added < np.square(step.astype(np.float64)).sum(1))


class Integers:
    """[units, values] of codes from -2^(b-1) on, with a scale and a zero point for each unit."""

    def __init__(self, codes, scales, zeros, bits, dtype, symmetric):
        self.codes, self.scales, self.zeros = codes.astype(F), scales.astype(F), zeros.astype(F)
        self.bits, self.dtype, self.symmetric = bits, dtype, symmetric
        self.held = to((self.codes - self.zeros[:, None]) * self.scales[:, None], dtype)
        self.steps = np.broadcast_to(self.scales[:, None], self.codes.shape)

    def fresh(self, values):
        least, every = F(-(1 << (self.bits - 1))), F((1 << self.bits) - 1)
        eps = F({torch.float16: 2.0**-10, torch.bfloat16: 2.0**-7, torch.float32: 2.0**-23}[self.dtype])
        if self.symmetric:
            scales = to(to(np.abs(values).max(1), self.dtype) / (every / F(2)), self.dtype)
            return np.where(scales == 0, eps, scales), np.zeros_like(scales)
        low, high = to(np.minimum(values.min(1), 0), self.dtype), to(np.maximum(values.max(1), 0), self.dtype)
        scales = to(to(high - low, self.dtype) / every, self.dtype)
        with np.errstate(all="ignore"):
            zeros = np.where(scales == 0, 0, to(least - to(low / scales, self.dtype), self.dtype))
        return np.where(scales == 0, eps, scales), np.rint(np.clip(zeros, least, -1 - least))

    def put(self, values, keep):
        scales, zeros = self.fresh(values)
        scales, zeros = np.where(keep, self.scales, scales).astype(F), np.where(keep, self.zeros, zeros).astype(F)
        least = F(-(1 << (self.bits - 1)))
        codes = np.rint(np.clip(values / scales[:, None] + zeros[:, None], least, -1 - least))
        return Integers(codes, scales, zeros, self.bits, self.dtype, self.symmetric)


def compressed(parts, config):
    weights = config["config_groups"]["group_0"]["weights"]
    bits, symmetric = weights["num_bits"], weights.get("symmetric", True)
    scale = parts["weight_scale"]
    is_packed = "weight_packed" in parts
    rows, columns = parts["weight_shape"].tolist() if is_packed else parts["weight"].shape
    least = 1 << (bits - 1)
    codes = unpacked(parts["weight_packed"], bits, columns) - least if is_packed else parts["weight"].numpy()
    groups = 1 if scale.numel() == 1 else scale.numel() // rows
    scales = np.broadcast_to(scale.float().numpy().reshape(-1, 1) if scale.numel() == 1 else scale.float().numpy().reshape(rows, groups), (rows, groups))
    if "weight_zero_point" not in parts or symmetric:
        zeros = np.zeros((rows, groups))
    elif is_packed:
        zeros = unpacked(parts["weight_zero_point"].T.contiguous(), bits, rows).T - least
    else:
        zeros = parts["weight_zero_point"].numpy().reshape(rows, groups)
    one = scale.numel() == 1
    unit = (1, rows * columns) if one else (rows * groups, columns // groups)
    before = Integers(
        codes.reshape(unit), scales.reshape(-1)[: unit[0]], zeros.reshape(-1)[: unit[0]], bits, scale.dtype, symmetric)

    def stored(after):
        out = dict(parts)
        written = after.codes.reshape(rows, columns).astype(np.int64)
        if is_packed:
            out["weight_packed"] = packed(written + least, bits)
        else:
            out["weight"] = torch.from_numpy(written.astype(np.int8))
        out["weight_scale"] = torch.from_numpy(after.scales.copy()).to(scale.dtype).reshape(scale.shape)
        if "weight_zero_point" in parts and not symmetric:
            points = after.zeros.reshape(rows, groups).astype(np.int64)
            out["weight_zero_point"] = (
                packed((points + least).T, bits).T.contiguous() if is_packed
                else torch.from_numpy(points.astype(np.int8)).reshape(parts["weight_zero_point"].shape))
        return out

    return before, unit, (rows, columns), stored


def e4m3(values):
    return torch.from_numpy(np.clip(values, -448, 448)).to(torch.float8_e4m3fn).float().numpy()


class Floats:
    """E4M3 by unit: [units, values] with a scale for each value, of which some share one as `share` says by a number."""

    def __init__(self, numbers, scales, share, kind, dtype):
        self.numbers, self.scales, self.share, self.kind, self.dtype = numbers, scales, share, kind, dtype
        self.each = scales[share]
        self.held = to(numbers * self.each, dtype)
        exponents = np.floor(np.log2(np.maximum(np.abs(numbers), 2.0**-6)))
        self.steps = (2.0 ** (exponents - 3)).astype(F) * self.each

    def fresh(self, values):
        largest = np.zeros(self.scales.shape, F)
        np.maximum.at(largest, self.share.reshape(-1), np.abs(values).reshape(-1))
        if self.kind == "reference":
            scales = to(to(largest, self.dtype) / F(448), self.dtype)
            return np.where(scales == 0, F({torch.float16: 2.0**-10, torch.bfloat16: 2.0**-7}.get(self.dtype, 2.0**-23)), scales)
        scales = largest / F(448)
        if self.kind == "power":
            with np.errstate(divide="ignore"):
                scales = np.where(scales == 0, 0, np.exp2(np.ceil(np.log2(scales.astype(np.float64))))).astype(F)
        else:
            scales = to(scales, self.kind)
        return np.where(scales == 0, F(1), scales)

    def put(self, values, keep):
        stays = np.zeros(self.scales.shape, bool)
        stays[self.share[keep].reshape(-1)] = True
        scales = np.where(stays, self.scales, self.fresh(values)).astype(F)
        rounded = (lambda x: to(x, self.dtype)) if self.kind == "reference" else (lambda x: x)
        return Floats(e4m3(rounded(rounded(values) / scales[self.share])), scales, self.share, self.kind, self.dtype)


def scale_of(parts):
    return next(slot for slot in parts if "scale" in slot and "input" not in slot)


def floats(parts, config, dtype):
    name = scale_of(parts)
    scale, numbers = parts[name], parts["weight"].float().numpy()
    rows, columns = numbers.shape
    powers = scale.dtype in (torch.uint8, torch.float8_e8m0fnu)
    raw = np.exp2(scale.view(torch.uint8).numpy().astype(np.float64) - 127).astype(F) if powers else scale.float().numpy()
    block = config.get("weight_block_size")
    for group in config.get("config_groups", {}).values():
        block = block or group["weights"].get("block_structure")
        if scale.dtype == torch.uint8:
            block = [1, 32]
    if scale.numel() == 1:
        share, bands = np.zeros((rows, columns), int), [range(rows)]
    elif scale.numel() == rows and not block:
        share = np.repeat(np.arange(rows)[:, None], columns, 1)
        bands = [range(row, row + 1) for row in range(rows)]
    else:
        across = -(-columns // block[1])
        share = (np.arange(rows) // block[0])[:, None] * across + (np.arange(columns) // block[1])[None]
        bands = [range(row, min(rows, row + block[0])) for row in range(0, rows, block[0])]
    by_rows = scale.numel() in (1, rows) and not block
    kind = "power" if powers else "reference" if by_rows and scale.dtype == dtype else scale.dtype
    before = Floats(numbers, raw.reshape(-1), share, kind, dtype)

    def stored(after):
        out = dict(parts)
        out["weight"] = torch.from_numpy(after.numbers.copy()).to(torch.float8_e4m3fn)
        if powers:
            exponents = (np.log2(after.scales) + 127).astype(np.uint8)
            out[name] = torch.from_numpy(exponents).view(scale.dtype).reshape(scale.shape)
        else:
            out[name] = torch.from_numpy(after.scales.copy()).to(scale.dtype).reshape(scale.shape)
        return out

    return before, bands, (rows, columns), stored


def by_bands(before, bands, values):
    """Keeps scales band by band, which are of different sizes at the edge."""
    update = values - before.held
    keep = np.zeros(values.shape[0], bool)
    for band in bands:
        added = np.square(update[band].astype(np.float64)).sum()
        keep[band] = added == 0 or added < np.square(before.steps[band].astype(np.float64)).sum()
    return before.put(values, keep)


def adapter(folder, rows, columns, height):
    a = np.array([[math.sin(i) * height for i in range(columns)]], F)
    b = np.array([[math.cos(i)] for i in range(rows)], F)
    folder.mkdir()
    key = f"base_model.model.{WEIGHT}"
    save_file({f"{key}.lora_A.weight": torch.from_numpy(a), f"{key}.lora_B.weight": torch.from_numpy(b)}, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["q_proj"]}))
    return b * a


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def same(left, right):
    return left.dtype == right.dtype and left.shape == right.shape and torch.equal(
        left.contiguous().view(torch.uint8) if left.element_size() else left, right.contiguous().view(torch.uint8))


def merge(model, lora, out):
    conf = root / "x.conf"
    conf.write_text(f"""graft {{ model.checkpoint = "{model}"
      modifiers = [ {{ type = lora-merge, adapter-path = "{lora}", requantize = true }} ]
      output.path = "{out}" }}""")
    run = subprocess.run([graft, "apply", "-c", str(conf)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def safetensors(name, height):
    source = root / f"{name}-{height}"
    shutil.copytree(fixtures / name, source)
    everything = load_file(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text())
    parts = {key[len(WEIGHT) + 1:]: value for key, value in everything.items() if key.startswith(WEIGHT + ".")}
    rows, columns = (parts["weight_shape"].tolist() if "weight_shape" in parts else parts["weight"].shape)
    lora = root / f"{name}-{height}-lora"
    update = adapter(lora, rows, columns, height)
    out = root / f"{name}-{height}-out"
    said = merge(source, lora, out)
    quantization = config["quantization_config"]
    if parts.get("weight", torch.zeros(0)).dtype == torch.float8_e4m3fn:
        name_of = scale_of(parts)
        dtype = getattr(torch, config.get("torch_dtype", config.get("dtype", "bfloat16")))
        if quantization["quant_method"] == "compressed-tensors" and parts[name_of].dtype in (torch.float32, torch.bfloat16, torch.float16):
            dtype = parts[name_of].dtype
        before, bands, shape, stored = floats(parts, quantization, dtype)
        values = before.held + update
        after = by_bands(before, bands, values)
    else:
        before, unit, shape, stored = compressed(parts, quantization)
        values = before.held + update.reshape(unit)
        after = before.put(values, kept(unit, values - before.held, before.steps))
    theirs, ours = stored(after), load_file(out / "model.safetensors")
    for slot, tensor in theirs.items():
        check(f"{name}, update of {height}: {slot}", same(tensor, ours[f"{WEIGHT}.{slot}"]))
    check(f"{name}, update of {height}: everything else", all(
        same(tensor, ours[key]) for key, tensor in everything.items() if not key.startswith(WEIGHT + ".")) and ours.keys() == everything.keys())
    check(f"{name}, update of {height}: config.json", (out / "config.json").read_bytes() == (source / "config.json").read_bytes())
    report(name, height, said, rms(values - before.held), rms(before.steps), rms(values - after.held) / rms(values))


def report(name, height, said, size, step, lost):
    found = re.search(r"update ([\d.e-]+), step ([\d.e-]+) \(root mean squares\), error ([\d.e-]+)", said)
    numbers = [float(number) for number in found.groups()]
    check(f"{name}, update of {height}: update {size:.3g}, step {step:.3g}, error {lost:.3g}", all(
        abs(number - meant) <= 6e-3 * meant for number, meant in zip(numbers, (size, step, lost))))


FIXTURES = [
        "ct-int8-w8a8", "ct-int8-w8a8-asym", "ct-naive-int8", "ct-pack-int4-channel-f16", "ct-pack-int4-group-asym", "ct-pack-int4-group-sym",
        "ct-pack-int8-channel", "ct-pack-int8-group-asym", "fp8-block-128-f32", "fp8-block-32-bf16", "fp8-block-32-ue8m0", "fp8-ct-block-bf16",
        "fp8-ct-channel-bf16", "fp8-ct-naive-channel", "fp8-ct-tensor-static", "fp8-fbgemm-row", "fp8-modelopt", "mxfp8-ct", "mxfp8-hf"]
for fixture in sys.argv[3:] or FIXTURES:
    for size in (0.002, 0.05, 1.0):
        safetensors(fixture, size)
sys.exit(failures)
