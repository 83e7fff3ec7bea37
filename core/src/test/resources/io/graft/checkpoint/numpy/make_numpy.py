"""Makes arrays.npz, single.npy and arrays-expected.safetensors; NumPy 2.4, safetensors 0.8. The others are for refusals."""
import pathlib, sys
import numpy
from safetensors.numpy import save_file

out = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(2)
arrays = {
    "encoder/weight": random.standard_normal((3, 4)).astype(numpy.float32),
    "scalar": numpy.array(7, dtype=numpy.int64),
    "empty": numpy.zeros((0, 3), dtype=numpy.float64),
    **{name: numpy.array([[1, 0, 2]]).astype(name) for name in (
        "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float64",
        "complex64")},
}
numpy.savez(out / "arrays.npz", **arrays)
save_file(arrays, out / "arrays-expected.safetensors")
numpy.save(out / "single.npy", arrays["encoder/weight"])
numpy.savez_compressed(out / "compressed.npz", a=arrays["encoder/weight"])
numpy.save(out / "fortran.npy", numpy.asfortranarray(arrays["encoder/weight"]))
numpy.save(out / "big-endian.npy", arrays["encoder/weight"].astype(">f4"))
numpy.save(out / "objects.npy", numpy.array([{"a": 1}], dtype=object), allow_pickle=True)
numpy.save(out / "structured.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
numpy.savez(out / "text-among.npz", names=numpy.array(["left", "right"]), weight=numpy.ones(1, numpy.float32))
