#!/usr/bin/env python3
"""Reads GGUF files that Graft wrote with gguf-py, and compares their numbers with what Graft reads of them, bit for bit.

Made with gguf 0.19.0, numpy 2.4 and safetensors 0.8:

    graft convert model.gguf numbers.safetensors --dtype F32
    python check_gguf.py model.gguf numbers.safetensors

With a third file, the numbers before they were packed, Q8_0 and Q4_0 are packed by gguf-py too, and the bytes compared.
"""

import sys

import gguf
import numpy
from safetensors.numpy import load_file

PACKED_BY_BOTH = (gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0)


def numbers(tensor):
    """What gguf-py takes a tensor for, row by row, in 32 bits where it is no whole number."""
    shape = tuple(int(size) for size in reversed(tensor.shape))
    if tensor.tensor_type in (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16):
        return numpy.asarray(tensor.data).astype(numpy.float32).reshape(shape)
    if numpy.issubdtype(tensor.data.dtype, numpy.integer) and tensor.data.dtype != numpy.uint8:
        return numpy.asarray(tensor.data).reshape(shape)
    return gguf.quants.dequantize(numpy.asarray(tensor.data), tensor.tensor_type).astype(numpy.float32).reshape(shape)


def main(file, read, *before):
    reader = gguf.GGUFReader(file)
    for field in reader.fields.values():
        if not field.name.startswith("GGUF."):
            print(f"{field.name} = {field.contents()}")
    ours = load_file(read)
    plain = load_file(before[0]) if before else {}
    names = [tensor.name for tensor in reader.tensors]
    if sorted(names) != sorted(ours):
        sys.exit(f"gguf-py finds {names}, Graft {list(ours)}")
    wrong = 0
    for tensor in reader.tensors:
        theirs = numbers(tensor)
        same = theirs.shape == ours[tensor.name].shape and theirs.tobytes() == ours[tensor.name].tobytes()
        told = f"{tensor.name} {tensor.tensor_type.name} {list(theirs.shape)}: {'equal' if same else 'DIFFERENT'}"
        wrong += not same
        if tensor.name in plain and tensor.tensor_type in PACKED_BY_BOTH:
            packed = gguf.quants.quantize(plain[tensor.name].astype(numpy.float32), tensor.tensor_type)
            same = packed.tobytes() == numpy.asarray(tensor.data).tobytes()
            told += f"; bytes as gguf-py packs them: {'equal' if same else 'DIFFERENT'}"
            wrong += not same
        if tensor.name in plain:
            error = theirs.astype(numpy.float64) - plain[tensor.name]
            norm = numpy.linalg.norm(plain[tensor.name].astype(numpy.float64))
            told += f"; relative error {numpy.linalg.norm(error) / norm:.5f}"
        print(told)
    print(f"{len(names)} tensors, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
