#!/usr/bin/env python3
"""Makes numbers.safetensors and packed.gguf: the same numbers plain, and in blocks as gguf-py packs them, in a file as it writes it.

Types that gguf-py only reads are packed by gguf_blocks.py of the benchmarks, which has llama.cpp's searches.

Made with gguf 0.19.0, numpy 2.4 and safetensors 0.8: python make_packed.py
"""

import pathlib
import sys

import gguf
import numpy
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[7] / "benchmarks" / "reference"))

import gguf_blocks


def numbers():
    rng = numpy.random.default_rng(20261130)
    rows = rng.standard_normal((16, 512)).astype(numpy.float32)
    rows[1] *= 1e-3
    rows[2] *= 300
    rows[3] = 0
    rows[4, 32:64] = 0
    # ties of the rounding: halves of the largest over 127, and over 8
    rows[5, :32] = (numpy.arange(32) - 15.5) * 4
    rows[5, 0] = 127
    rows[6, :32] = numpy.arange(32) / 2 - 8
    # two of one magnitude: the first one counts
    rows[7, :4] = [8, -8, 3.5, 0.25]
    rows[7, 32:36] = [-8, 8, 3.5, 0.25]
    # scales that are subnormal in 16 bits, and that become zero
    rows[8] *= 1e-5
    rows[9] *= 1e-9
    rows[10] *= 1e-30
    rows[11] = numpy.abs(rows[11])
    rows[12] = -numpy.abs(rows[12]) - 4
    rows[13] = 0.7
    rows[14, :] = -0.0
    return rows


def main():
    values = numbers()
    save_file({"numbers": values}, str(HERE / "numbers.safetensors"))
    writer = gguf.GGUFWriter(str(HERE / "packed.gguf"), "tensors")
    writer.add_name("a name")
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_tensor("plain.weight", values)
    writer.add_tensor("half.weight", values.astype(numpy.float16))
    brain = gguf.quants.quantize(values, gguf.GGMLQuantizationType.BF16)
    writer.add_tensor("brain.weight", brain, raw_dtype=gguf.GGMLQuantizationType.BF16)
    writer.add_tensor("steps", numpy.arange(3, dtype=numpy.int64))
    for name, (size, elements, _, _) in gguf_blocks.TYPES.items():
        kind = gguf.GGMLQuantizationType[name]
        packed = gguf_blocks.quantize(name, values.reshape(-1, elements)).reshape(len(values), -1)
        if name in ("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"):
            assert (packed == gguf.quants.quantize(values, kind)).all(), name
        writer.add_tensor(name.lower() + ".weight", packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
