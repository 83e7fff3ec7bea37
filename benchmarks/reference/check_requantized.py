#!/usr/bin/env python3
"""Merges adapters into quantized checkpoints with Graft, which stay quantized, and computes the same with numpy.

    python check_requantized.py GRAFT FIXTURES [NAME...]

GRAFT is the command of a distribution, FIXTURES a folder of quantized models, as modifiers-quantization/src/test/resources/fixtures/quantized,
or core's with gguf-q8_0, gguf-q4_0 and gguf-q4_k as NAMEs; new scales of Q4_K are searched for in another way than here, and only blocks that
keep theirs are compared.
Every stored tensor of the output is compared, byte for byte, and what the report says of the update, of its step and of what is lost.
Made with numpy 2.4, safetensors 0.8, gguf 0.19 and torch 2.13, whose 8-bit numbers are taken.

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

import gguf_blocks

graft, fixtures = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
root = pathlib.Path(tempfile.mkdtemp())
WEIGHT = "model.layers.0.self_attn.q_proj"
failures = 0
F = np.float32


def to(values, dtype):
    """Rounded to a dtype, as float32."""
    return torch.from_numpy(np.ascontiguousarray(values, F)).to(dtype).float().numpy()


def unpacked(words, bits, count):
    """Along the last axis, lowest bits first, without gaps."""
    words = words.numpy().astype(np.uint32)
    each = ((words[..., None] >> np.arange(32, dtype=np.uint32)) & 1).reshape(*words.shape[:-1], -1)[..., : count * bits]
    return (each.reshape(*words.shape[:-1], count, bits).astype(np.int64) << np.arange(bits)).sum(-1)


def packed(codes, bits):
    each = ((codes[..., None].astype(np.int64) >> np.arange(bits)) & 1).reshape(*codes.shape[:-1], -1)
    room = np.zeros((*each.shape[:-1], -(-each.shape[-1] // 32) * 32), np.uint32)
    room[..., : each.shape[-1]] = each
    words = (room.reshape(*room.shape[:-1], -1, 32) << np.arange(32, dtype=np.uint32)).sum(-1, dtype=np.uint32)
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
    # Columns in the order of their groups.
    order = np.argsort(parts["weight_g_idx"].numpy(), kind="stable") if "weight_g_idx" in parts else np.arange(columns)
    codes = codes[:, order]
    one = scale.numel() == 1
    unit = (1, rows * columns) if one else (rows * groups, columns // groups)
    before = Integers(
        codes.reshape(unit), scales.reshape(-1)[: unit[0]], zeros.reshape(-1)[: unit[0]], bits, scale.dtype, symmetric)

    def stored(after):
        out = dict(parts)
        written = after.codes.reshape(rows, columns).astype(np.int64)[:, np.argsort(order)]
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

    return before, unit, (rows, columns), stored, order


def torchao(parts):
    codes, scale = parts["_weight_qdata"], parts["_weight_scale"]
    scales = scale.float().numpy().reshape(-1)
    before = Integers(codes.numpy(), scales, np.zeros_like(scales), 8, scale.dtype, True)

    def stored(after):
        fresh = torch.from_numpy(after.scales.copy()).to(scale.dtype).reshape(scale.shape)
        return {**parts, "_weight_qdata": torch.from_numpy(after.codes.astype(np.int8)), "_weight_scale": fresh}

    return before, tuple(codes.shape), tuple(codes.shape), stored


E2M1 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], F)


class Micro:
    """MXFP4 and NVFP4: [units, values] of codes with a scale for each unit, which `fresh` makes of the largest magnitudes."""

    def __init__(self, codes, scales, fresh, dtype):
        self.codes, self.scales, self.fresh, self.dtype = codes, scales, fresh, dtype
        numbers = np.where(codes & 8, -E2M1[codes & 7], E2M1[codes & 7])
        self.held = to(numbers * scales[:, None], dtype)
        at = np.minimum(codes & 7, 6)
        self.steps = (E2M1[at + 1] - E2M1[at]) * scales[:, None]

    def put(self, values, keep):
        scales = np.where(keep, self.scales, self.fresh(np.abs(values).max(1))).astype(F)
        quotients = values / scales[:, None]
        away = np.abs(np.abs(quotients)[..., None].astype(np.float64) - E2M1)
        # Of two that are as near, the even one.
        nearest = np.where(away == away.min(-1, keepdims=True), np.arange(8) % 2, 2).argmin(-1)
        return Micro(nearest | np.where(np.signbit(quotients), 8, 0), scales, self.fresh, self.dtype)


def powers(largest):
    with np.errstate(divide="ignore"):
        return np.exp2(np.maximum(np.floor(np.log2(largest.astype(np.float64))) - 2, -127))


def four_bits(parts):
    """The name of the codes of MXFP4 and NVFP4."""
    nvidia = "weight_scale_2" in parts
    return "weight" if nvidia else "weight_packed" if "weight_packed" in parts and "weight_shape" not in parts else None


def micro(parts, dtype):
    name, scale = four_bits(parts), parts["weight_scale"]
    bytes_ = parts[name].numpy().astype(np.int64)
    rows, columns = bytes_.shape[0], 2 * bytes_.shape[1]
    whole = parts.get("weight_scale_2", parts.get("weight_global_scale"))
    codes = np.stack([bytes_ & 15, bytes_ >> 4], -1).reshape(-1, 32 if whole is None else 16)
    if whole is None:
        scales, fresh = np.exp2(scale.numpy().astype(np.float64) - 127).astype(F), powers
    else:
        whole = whole.float().numpy().reshape(())
        on, off = (np.multiply, np.divide) if "weight_scale_2" in parts else (np.divide, np.multiply)
        scales = on(scale.float().numpy(), whole)
        fresh = lambda largest: on(e4m3(off(largest / F(6), whole)), whole)
    before = Micro(codes, scales.reshape(-1), fresh, dtype)

    def stored(after):
        out, pairs = dict(parts), after.codes.reshape(rows, -1, 2)
        out[name] = torch.from_numpy((pairs[..., 0] | pairs[..., 1] << 4).astype(np.uint8))
        if whole is None:
            out["weight_scale"] = torch.from_numpy((np.log2(after.scales) + 127).astype(np.uint8).reshape(scale.shape))
        else:
            out["weight_scale"] = torch.from_numpy(off(after.scales, whole)).to(scale.dtype).reshape(scale.shape)
        return out

    return before, codes.shape, (rows, columns), stored


class Mlx:
    """[units, values] of codes from 0 on with a scale and a bias for each unit."""

    def __init__(self, codes, scales, biases, bits, dtype):
        self.codes, self.scales, self.biases, self.bits, self.dtype = codes, scales, biases, bits, dtype
        self.held = to(codes.astype(F) * scales[:, None] + biases[:, None], dtype)
        self.steps = np.broadcast_to(np.abs(scales)[:, None], codes.shape)

    def put(self, values, keep):
        most = F((1 << self.bits) - 1)
        low, high = values.min(1), values.max(1)
        is_low = np.abs(low) > np.abs(high)
        step = np.maximum((high - low) / most, F(1e-7))
        scale, edge = np.where(is_low, step, -step), np.where(is_low, low, high)
        zero = np.rint(edge / scale)
        with np.errstate(all="ignore"):
            scales = to(np.where(zero == 0, scale, edge / zero), self.dtype)
        scales = np.where(keep, self.scales, scales)
        biases = np.where(keep, self.biases, to(np.where(zero == 0, F(0), edge), self.dtype))
        codes = np.clip(np.rint((values - biases[:, None]) / scales[:, None]), 0, most).astype(np.int64)
        return Mlx(codes, scales, biases, self.bits, self.dtype)


def mlx(parts, bits):
    scales = parts["scales"]
    rows, groups = scales.shape
    columns = parts["weight"].shape[1] * 32 // bits
    codes = unpacked(parts["weight"].view(torch.int32), bits, columns).reshape(rows * groups, -1)
    flat = lambda part: part.float().numpy().reshape(-1)
    before = Mlx(codes, flat(scales), flat(parts["biases"]), bits, scales.dtype)

    def stored(after):
        out = dict(parts)
        out["weight"] = packed(after.codes.reshape(rows, columns), bits).view(torch.uint32)
        out["scales"] = torch.from_numpy(after.scales.copy()).to(scales.dtype).reshape(scales.shape)
        out["biases"] = torch.from_numpy(after.biases.copy()).to(scales.dtype).reshape(scales.shape)
        return out

    return before, codes.shape, (rows, columns), stored


ORDER = [0, 2, 4, 6, 1, 3, 5, 7]


class Bands:
    """GPTQ and AWQ: [inputs, outputs] of codes from 0 on, with a scale and a zero point for the rows of a group, column by column."""

    def __init__(self, codes, scales, zeros, bits, group, symmetric):
        self.codes, self.scales, self.zeros, self.bits, self.group, self.symmetric = codes, scales, zeros, bits, group, symmetric
        self.steps = scales[self.group].astype(F)
        self.held = to((codes - zeros[self.group]).astype(F) * self.steps, torch.float16)

    def put(self, values):
        most = F((1 << self.bits) - 1)
        scales, zeros = self.scales.copy(), self.zeros.copy()
        for group in range(len(scales)):
            band = values[self.group == group]
            added = np.square((band - self.held[self.group == group]).astype(np.float64)).sum()
            if added == 0 or added < np.square(self.steps[self.group == group].astype(np.float64)).sum():
                continue
            low, high = np.minimum(band.min(0), 0), np.maximum(band.max(0), 0)
            spread = F(2) * np.maximum(-low, high) if self.symmetric else high - low
            scale = to(spread / most, torch.float16)
            scales[group] = np.where(scale == 0, F(2.0**-10), scale)
            zeros[group] = F(1 << (self.bits - 1)) if self.symmetric else np.clip(np.rint((-low / scales[group]).astype(F)), 0, most)
        codes = np.clip(np.rint((values / scales[self.group]).astype(F) + zeros[self.group].astype(F)), 0, most)
        return Bands(codes.astype(np.int64), scales, zeros, self.bits, self.group, self.symmetric)


def banded(parts, config):
    bits, outputs = config["bits"], parts["scales"].shape[1]
    awq = config["quant_method"] == "awq"
    less = 0 if awq or config.get("checkpoint_format") == "gptq_v2" else 1

    def reordered(fields):
        return fields.reshape(fields.shape[0], -1, 8)[:, :, np.argsort(ORDER)].reshape(fields.shape[0], -1)

    if awq:
        codes = reordered(unpacked(parts["qweight"], 4, outputs))
        zeros = reordered(unpacked(parts["qzeros"], 4, outputs))
    else:
        inputs = parts["g_idx"].numel()
        codes = unpacked(parts["qweight"].T.contiguous(), bits, inputs).T
        zeros = (unpacked(parts["qzeros"], bits, outputs) + less) % (1 << bits)
    group = np.arange(codes.shape[0]) // -(-codes.shape[0] // zeros.shape[0]) if awq else parts["g_idx"].numpy()
    symmetric = bool((zeros == 1 << (bits - 1)).all())
    before = Bands(codes, parts["scales"].float().numpy(), zeros.astype(F), bits, group, symmetric)

    def stored(after):
        out = dict(parts)
        points = (after.zeros.astype(np.int64) - less) % (1 << bits)
        if awq:
            ordered = lambda fields: fields.reshape(fields.shape[0], -1, 8)[:, :, ORDER].reshape(fields.shape[0], -1)
            out["qweight"], out["qzeros"] = packed(ordered(after.codes), 4), packed(ordered(points), 4)
        else:
            out["qweight"], out["qzeros"] = packed(after.codes.T, bits).T.contiguous(), packed(points, bits)
        out["scales"] = torch.from_numpy(after.scales.astype(F)).to(torch.float16)
        return out

    return before, stored


def float8(values, kind):
    most = torch.finfo(kind).max
    return torch.from_numpy(np.clip(values, -most, most)).to(kind).float().numpy()


def e4m3(values):
    return float8(values, torch.float8_e4m3fn)


class Floats:
    """8-bit floats by unit: [units, values] with a scale for each value, of which some share one as `share` says by a number."""

    def __init__(self, numbers, scales, share, kind, dtype, of, multiplied=torch.float32):
        self.numbers, self.scales, self.share, self.kind, self.dtype, self.of = numbers, scales, share, kind, dtype, of
        self.multiplied = multiplied
        self.each = to(scales, multiplied)[share]
        self.held = to(numbers * self.each, dtype)
        info = torch.finfo(of)
        exponents = np.floor(np.log2(np.maximum(np.abs(numbers), info.smallest_normal)))
        self.steps = (2.0**exponents * info.eps).astype(F) * self.each

    def fresh(self, values):
        largest = np.zeros(self.scales.shape, F)
        np.maximum.at(largest, self.share.reshape(-1), np.abs(values).reshape(-1))
        if self.kind == "reference":
            scales = to(to(largest, self.dtype) / F(torch.finfo(self.of).max), self.dtype)
            return np.where(scales == 0, F({torch.float16: 2.0**-10, torch.bfloat16: 2.0**-7}.get(self.dtype, 2.0**-23)), scales)
        scales = largest / F(torch.finfo(self.of).max)
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
        return Floats(
            float8(rounded(rounded(values) / to(scales, self.multiplied)[self.share]), self.of),
            scales, self.share, self.kind, self.dtype, self.of, self.multiplied)


def scale_of(parts):
    return next(slot for slot in parts if "scale" in slot and "input" not in slot)


def floats(parts, config, dtype, multiplied=torch.float32):
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
    before = Floats(numbers, raw.reshape(-1), share, kind, dtype, parts["weight"].dtype, multiplied)

    def stored(after):
        out = dict(parts)
        out["weight"] = torch.from_numpy(after.numbers.copy()).to(after.of)
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


def adapter(folder, rows, columns, height, module=WEIGHT):
    a = np.array([[math.sin(i) * height for i in range(columns)]], F)
    b = np.array([[math.cos(i)] for i in range(rows)], F)
    folder.mkdir()
    key = f"base_model.model.{module}"
    save_file({f"{key}.lora_A.weight": torch.from_numpy(a), f"{key}.lora_B.weight": torch.from_numpy(b)}, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [module.split(".")[-1]]}))
    # A sum of products begins with zero, and is no negative one.
    return b * a + F(0)


def check(name, condition):
    global failures
    failures += not condition
    print("same   " if condition else "DIFFERS", name)


def same(left, right):
    return left.dtype == right.dtype and left.shape == right.shape and torch.equal(
        left.contiguous().view(torch.uint8) if left.element_size() else left, right.contiguous().view(torch.uint8))


def merge(model, lora, out, more=""):
    conf = root / "x.conf"
    conf.write_text(f"""graft {{ model.checkpoint = "{model}"
      modifiers = [ {{ type = lora-merge, adapter-path = "{lora}", requantize = true }} ]
      output {{ path = "{out}"{more} }} }}""")
    run = subprocess.run([graft, "apply", "-c", str(conf)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def safetensors(name, height):
    source = root / f"{name}-{height}"
    shutil.copytree(fixtures / name, source)
    everything = load_file(source / "model.safetensors")
    path = source / "config.json"
    config = json.loads(path.read_text()) if path.exists() else {}
    parts = {key[len(WEIGHT) + 1:]: value for key, value in everything.items() if key.startswith(WEIGHT + ".")}
    if "biases" in parts:
        rows, columns = parts["weight"].shape[0], parts["weight"].shape[1] * 32 // config["quantization"]["bits"]
    elif four_bits(parts):
        rows, columns = parts[four_bits(parts)].shape[0], 2 * parts[four_bits(parts)].shape[1]
    elif "_weight_qdata" in parts:
        rows, columns = parts["_weight_qdata"].shape
    elif "scales" in parts:
        rows = parts["scales"].shape[1]
        columns = parts["g_idx"].numel() if "g_idx" in parts else parts["qweight"].shape[0]
    else:
        rows, columns = parts["weight_shape"].tolist() if "weight_shape" in parts else parts["weight"].shape
    lora = root / f"{name}-{height}-lora"
    update = adapter(lora, rows, columns, height)
    out = root / f"{name}-{height}-out"
    said = merge(source, lora, out)
    quantization = config.get("quantization_config", {})
    if "_weight_qdata" in parts:
        before, unit, shape, stored = torchao(parts)
        values = before.held + update
        after = before.put(values, kept(unit, values - before.held, before.steps))
    elif "biases" in parts or four_bits(parts):
        dtype = getattr(torch, config.get("torch_dtype", config.get("dtype", "bfloat16")))
        before, unit, shape, stored = mlx(parts, config["quantization"]["bits"]) if "biases" in parts else micro(parts, dtype)
        values = before.held + update.reshape(unit)
        after = before.put(values, kept(unit, values - before.held, before.steps))
    elif parts.get("weight", torch.zeros(0)).dtype in (torch.float8_e4m3fn, torch.float8_e5m2):
        name_of = scale_of(parts)
        dtype = getattr(torch, config.get("torch_dtype", config.get("dtype", "bfloat16")))
        if quantization.get("quant_method") == "compressed-tensors" and parts[name_of].dtype in (torch.float32, torch.bfloat16, torch.float16):
            dtype = parts[name_of].dtype
        comfy = "comfy_quant" in parts or "scale_weight" in parts
        if comfy:
            dtype = torch.float16 if "scale_weight" in parts else torch.bfloat16
        # ComfyUI rounds the scale before it multiplies with it.
        before, bands, shape, stored = floats(parts, quantization, dtype, dtype if comfy else torch.float32)
        values = before.held + update
        after = by_bands(before, bands, values)
    elif "scales" in parts:
        before, stored = banded(parts, quantization)
        values = before.held + np.ascontiguousarray(update.T)
        after = before.put(values)
    else:
        before, unit, shape, stored, order = compressed(parts, quantization)
        values = before.held + update[:, order].reshape(unit)
        after = before.put(values, kept(unit, values - before.held, before.steps))
    theirs, ours = stored(after), load_file(out / "model.safetensors")
    for slot, tensor in theirs.items():
        check(f"{name}, update of {height}: {slot}", same(tensor, ours[f"{WEIGHT}.{slot}"]))
    check(f"{name}, update of {height}: everything else", all(
        same(tensor, ours[key]) for key, tensor in everything.items() if not key.startswith(WEIGHT + ".")) and ours.keys() == everything.keys())
    check(f"{name}, update of {height}: config.json", not path.exists() or (out / "config.json").read_bytes() == (source / "config.json").read_bytes())
    report(name, height, said, rms(values - before.held), rms(before.steps), rms(values - after.held) / rms(values))


def blocks(type_name, held_bytes, held, values):
    """Blocks of GGUF with other values: scales stay block by block; new ones are llama.cpp's."""
    size, elements = gguf_blocks.TYPES[type_name][:2]
    raw = held_bytes.reshape(-1, size)
    before, wanted = held.reshape(-1, elements), values.reshape(-1, elements).astype(F)
    scales = gguf_blocks.read(type_name, raw)
    steps = gguf_blocks.steps(type_name, scales)
    keep = kept(None, wanted - before, steps)
    out = gguf_blocks.packed(type_name, wanted, np.where(keep[:, None], scales, gguf_blocks.scales(type_name, wanted)))
    return (out if (wanted != before).any() else raw), keep, steps


def gguf_file(name, height):
    import gguf

    source = fixtures / name / "model.gguf"
    reader = gguf.GGUFReader(source)
    tensor = next(each for each in reader.tensors if each.name == "blk.0.attn_q.weight")
    columns, rows = (int(size) for size in tensor.shape)
    held = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(rows, columns)
    lora = root / f"{name}-{height}-lora"
    update = adapter(lora, rows, columns, height, "blk.0.attn_q")
    out = root / f"{name}-{height}-out"
    said = merge(source, lora, out, ", format = gguf")
    values = held + update
    theirs, keep, steps = blocks(tensor.tensor_type.name, np.asarray(tensor.data), held, values)
    written = gguf.GGUFReader(out / "model.gguf")
    ours = next(each for each in written.tensors if each.name == tensor.name)
    mine = np.asarray(ours.data).reshape(theirs.shape)
    check(f"{name}, update of {height}: {len(keep)} blocks, {keep.sum()} with their scales", np.array_equal(theirs, mine))
    start, length = int(tensor.data_offset), tensor.n_bytes
    old, new = source.read_bytes(), (out / "model.gguf").read_bytes()
    check(f"{name}, update of {height}: every other byte of the file", old[:start] + old[start + length:] == new[:start] + new[start + length:])
    after = gguf.quants.dequantize(ours.data, ours.tensor_type).reshape(rows, columns)
    report(name, height, said, rms(update), rms(steps), rms(values - after) / rms(values))


def report(name, height, said, size, step, lost):
    found = re.search(r"update ([\d.e-]+), step ([\d.e-]+) \(root mean squares\), error ([\d.e-]+)", said)
    numbers = [float(number) for number in found.groups()]
    check(f"{name}, update of {height}: update {size:.3g}, step {step:.3g}, error {lost:.3g}", all(
        abs(number - meant) <= 6e-3 * meant for number, meant in zip(numbers, (size, step, lost))))


FIXTURES = [
        "ct-int8-w8a8", "ct-int8-w8a8-asym", "ct-naive-int8", "ct-pack-int4-actorder", "ct-pack-int4-channel-f16", "ct-pack-int4-group-asym", "ct-pack-int4-group-sym",
        "ct-pack-int8-channel", "ct-pack-int8-group-asym", "fp8-block-128-f32", "fp8-block-32-bf16", "fp8-block-32-e5m2", "fp8-block-32-ue8m0", "fp8-ct-block-bf16",
        "fp8-ct-channel-bf16", "fp8-ct-naive-channel", "fp8-ct-tensor-static", "fp8-e5m2-row", "fp8-e5m2-tensor", "fp8-fbgemm-row", "fp8-modelopt", "mxfp8-ct", "mxfp8-hf",
        "awq-gemm", "gptq-v1-2bit", "gptq-v1-3bit", "gptq-v1-4bit-actorder", "gptq-v1-4bit-asym", "gptq-v1-4bit-sym", "gptq-v1-8bit-channel", "gptq-v2-4bit-asym", "ct-mxfp4", "ct-nvfp4", "nvfp4-modelopt", "mlx-affine-4bit",
        "torchao-int8", "fp8-comfy-quant", "fp8-scale-weight-old"]
for fixture in sys.argv[3:] or FIXTURES:
    # The scale of a weight in NVFP4 allows no larger values.
    for size in (0.002, 0.05) if "nvfp4" in fixture else (0.002, 0.05, 1.0):
        (gguf_file if fixture.startswith("gguf-") else safetensors)(fixture, size)
sys.exit(failures)
