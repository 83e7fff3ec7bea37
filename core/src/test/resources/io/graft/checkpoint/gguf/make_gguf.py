"""Makes small.gguf and small-expected.safetensors by llama.cpp's description of GGUF, version 3; safetensors 0.8."""
import pathlib, struct, sys
import numpy
from safetensors.numpy import save_file

out = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(4)


def text(value):
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


pairs = [
    ("general.architecture", 8, text("llama")), ("general.alignment", 4, struct.pack("<I", 64)),
    ("llama.block_count", 10, struct.pack("<Q", 2)), ("llama.rope.scale", 6, struct.pack("<f", 0.5)),
    ("llama.causal", 7, struct.pack("<B", 1)), ("numbers.u8", 0, struct.pack("<B", 200)),
    ("numbers.i8", 1, struct.pack("<b", -3)), ("numbers.u16", 2, struct.pack("<H", 60000)),
    ("numbers.i16", 3, struct.pack("<h", -4)), ("numbers.i32", 5, struct.pack("<i", -5)),
    ("numbers.i64", 11, struct.pack("<q", -6)), ("numbers.f64", 12, struct.pack("<d", 0.25)),
    ("tokenizer.tokens", 9, struct.pack("<IQ", 8, 3) + text("a") + text("bc") + text("größer")),
    ("tokenizer.scores", 9, struct.pack("<IQ", 6, 2) + struct.pack("<ff", 1, 2)),
]
plain = {
    "token_embd.weight": (0, random.standard_normal((3, 4)).astype(numpy.float32)),
    "blk.0.half": (1, random.standard_normal((2, 2)).astype(numpy.float16)),
    "blk.0.i8": (24, numpy.array([1, -2], dtype=numpy.int8)), "blk.0.i16": (25, numpy.array([1, -2], dtype=numpy.int16)),
    "blk.0.i32": (26, numpy.array([1, -2], dtype=numpy.int32)), "blk.0.i64": (27, numpy.array([1, -2], dtype=numpy.int64)),
    "blk.0.f64": (28, numpy.array([0.5, -2], dtype=numpy.float64)),
}
tensors = [(name, kind, array.shape, array.tobytes()) for name, (kind, array) in plain.items()]
tensors += [("blk.0.bf16", 30, (2,), struct.pack("<HH", 0x3f80, 0xc000)), ("blk.0.q8", 8, (2, 64), bytes(2 * 2 * 34))]
header, data = b"", b""
for name, kind, shape, content in tensors:
    header += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", size) for size in reversed(shape))
    header += struct.pack("<IQ", kind, len(data))
    data += content + bytes(-len(content) % 64)
start = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
start += b"".join(text(key) + struct.pack("<I", kind) + value for key, kind, value in pairs) + header
(out / "small.gguf").write_bytes(start + bytes(-len(start) % 64) + data)
save_file({name: array for name, (kind, array) in plain.items()}, out / "small-expected.safetensors")
