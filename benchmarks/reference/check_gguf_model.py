#!/usr/bin/env python3
"""Compares a GGUF file of a model with the one that Graft made it from, as gguf-py reads both.

Made with gguf 0.19.0 and numpy 2.4:

    python check_gguf_model.py --make llama-f16.gguf
    graft convert llama-f16.gguf llama-q8_0.gguf --dtype Q8_0
    python check_gguf_model.py llama-f16.gguf llama-q8_0.gguf

Every pair must be there, of the same type and bytes, but for `general.file_type`, `general.quantization_version` and `split.*`. Tensors must have
the bytes that gguf-py packs of the numbers before; of types that it does not pack, the relative error is told.
"""

import sys

import gguf
import numpy

CORRECTED = ("general.file_type", "general.quantization_version")
KINDS = gguf.GGMLQuantizationType


def make(file):
    """A small Llama as llama.cpp's converter writes one in F16: with a tokenizer, a router, and an alignment of its own."""
    random = numpy.random.default_rng(17)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_custom_alignment(64)
    writer.add_block_count(1)
    writer.add_context_length(4096)
    writer.add_embedding_length(256)
    writer.add_rope_freq_base(500000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"\u2581t{i}" for i in range(512)])
    writer.add_token_scores([float(-i) for i in range(512)])
    writer.add_token_types([1] * 512)
    writer.add_array("tokenizer.ggml.merges", ["a b", "c d"])
    writer.add_chat_template("{{ messages }}")
    writer.add_bool("tokenizer.ggml.add_bos_token", True)
    writer.add_float64("custom.double", 0.1)
    for name, shape in {
        "token_embd.weight": (512, 256),
        "blk.0.attn_q.weight": (256, 256),
        "blk.0.ffn_gate_inp.weight": (8, 256),
        "blk.0.ffn_down_exps.weight": (8, 256, 512),
        "output.weight": (512, 256),
    }.items():
        wide = numpy.float32 if "inp" in name else numpy.float16
        writer.add_tensor(name, random.standard_normal(shape).astype(wide))
    for name in ("blk.0.attn_norm.weight", "output_norm.weight"):
        writer.add_tensor(name, random.standard_normal(256).astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def numbers(tensor):
    """What a tensor stands for, in 32 bits."""
    shape = tuple(int(size) for size in reversed(tensor.shape))
    return gguf.quants.dequantize(numpy.asarray(tensor.data), tensor.tensor_type).astype(numpy.float32).reshape(shape)


def pairs(reader):
    """The pairs of a file, each with the bytes of its type and value, in their order."""
    return {
        field.name: b"".join(numpy.asarray(part).tobytes() for part in field.parts[2:])
        for field in reader.fields.values()
        if not field.name.startswith("GGUF.") and not field.name.startswith("split.")
    }


def packed(values, kind):
    """The bytes of numbers in a type; None if gguf-py does not pack it."""
    try:
        return gguf.quants.quantize(values, kind).tobytes()
    except NotImplementedError:
        return None


def main(before, after):
    old, new = gguf.GGUFReader(before), gguf.GGUFReader(after)
    said, again = pairs(old), pairs(new)
    wrong = 0
    for name in {**said, **again}:
        if name not in CORRECTED and said.get(name) != again.get(name):
            print(f"{name}: DIFFERENT")
            wrong += 1
    kept = [name for name in said if name not in CORRECTED]
    if kept != [name for name in again if name not in CORRECTED]:
        print("pairs in another order")
        wrong += 1
    print(f"{len(kept)} pairs")
    for name in CORRECTED:
        was, now = (reader.get_field(name) for reader in (old, new))
        print(f"{name}: {was and was.contents()} -> {now and now.contents()}")
    found = {tensor.name: tensor for tensor in old.tensors}
    if list(found) != [tensor.name for tensor in new.tensors]:
        sys.exit(f"tensors are {[tensor.name for tensor in new.tensors]}, and were {list(found)}")
    for tensor in new.tensors:
        source = found[tensor.name]
        told = f"{tensor.name} {source.tensor_type.name} -> {tensor.tensor_type.name}: "
        if source.tensor_type == tensor.tensor_type:
            expected = numpy.asarray(source.data).tobytes()
        else:
            expected = packed(numbers(source), tensor.tensor_type)
        if expected is None:
            plain = numbers(source).astype(numpy.float64)
            error = numpy.linalg.norm(numbers(tensor) - plain) / numpy.linalg.norm(plain)
            told += f"relative error {error:.5f}"
        else:
            same = expected == numpy.asarray(tensor.data).tobytes()
            told += "equal" if same else "DIFFERENT"
            wrong += not same
        print(told)
    print(f"{wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        make(sys.argv[2])
    else:
        main(*sys.argv[1:])
