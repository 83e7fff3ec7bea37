"""Blocks of GGUF as llama.cpp packs them without an importance matrix, with numpy, for types that gguf-py only reads: scales, then codes.

Sums are of float32 and in the order of the elements, as a build of llama.cpp has them that neither contracts nor reorders. Codes that are
multiplied by zero are zero here, whatever llama.cpp leaves there. Made with numpy 2.4 and gguf 0.19.

    scales(type_name, values)           [blocks, elements] of float32 -> [blocks, numbers]: of a block, of its offsets, of groups, their offsets
    packed(type_name, values, scales)   -> [blocks, bytes]
    read(type_name, blocks)             the scales of packed blocks
    steps(type_name, scales)            [blocks, elements]: from one code to the next; of levels, the mean
"""
import numpy as np

F = np.float32
LEVELS = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], F)
#          bytes, elements, groups, offsets
TYPES = {
    "Q8_0": (34, 32, 0, False), "Q4_0": (18, 32, 0, False), "Q4_1": (20, 32, 0, True), "Q5_0": (22, 32, 0, False),
    "Q5_1": (24, 32, 0, True), "Q2_K": (84, 256, 16, True), "Q3_K": (110, 256, 16, False), "Q4_K": (144, 256, 8, True),
    "Q5_K": (176, 256, 8, True), "Q6_K": (210, 256, 16, False), "IQ4_NL": (18, 32, 0, False), "IQ4_XS": (136, 256, 8, False)}


def total(terms):
    """The sum along the last axis, one after the other."""
    sums = np.zeros(terms.shape[:-1], F)
    for i in range(terms.shape[-1]):
        sums = sums + terms[..., i]
    return sums


def half(values):
    return values.astype(np.float16).astype(F)


def inverse(scales):
    with np.errstate(all="ignore"):
        found = (F(1) / scales).astype(F)
        return np.where(np.isinf(found), F(0), found)


def extreme(values):
    """The first of the largest magnitude, with its sign."""
    return np.take_along_axis(values, np.abs(values).argmax(-1)[..., None], -1)[..., 0]


def with_offsets(x, largest, shortest, candidates, absolute):
    """Scale and least number of groups: of candidates for codes from 0 on, each over the range of the best before, the best by least squares."""
    size = x.shape[-1]
    usual = F(0) if absolute else np.sqrt(total(x * x) / F(size))[..., None]
    w = usual + np.abs(x)
    low, high = np.minimum(x.min(-1), F(0)), x.max(-1)
    sum_w, sum_x = total(w), total(w * x)

    def encode(more, least):
        steps = (F(more) + F(largest)) / (high - least)
        return np.clip(np.rint(steps[..., None] * (x - least[..., None])), 0, largest).astype(F)

    def error(codes, by, plus):
        difference = by[..., None] * codes + plus[..., None] - x
        return total(w * (np.abs(difference) if absolute else difference * difference))

    scale, least = F(1) / (F(largest) / (high - low)), low
    best = error(encode(0, low), scale, least)
    for candidate in range(candidates):
        codes = encode(F(shortest) + F(0.1) * F(candidate), least)
        of_codes, squares, products = total(w * codes), total(w * codes * codes), total(w * codes * x)
        determinant = sum_w * squares - of_codes * of_codes
        by = (sum_w * products - sum_x * of_codes) / determinant
        plus = (squares * sum_x - of_codes * products) / determinant
        by, plus = np.where(plus > 0, products / squares, by), np.where(plus > 0, F(0), plus)
        found = error(codes, by, plus)
        better = (determinant > 0) & (found < best)
        scale, least, best = np.where(better, by, scale), np.where(better, plus, least), np.where(better, found, best)
    return np.where(high == low, F(0), scale), np.where(high == low, low, least)


def of_ranges(x):
    """Scales of codes from -32 to 31, of nineteen ranges that they cover."""
    largest, w = extreme(x), x * x

    def sums(steps):
        codes = np.clip(np.rint(steps[..., None] * x), -32, 31).astype(F)
        return total(w * x * codes), total(w * codes * codes)

    products, squares = sums(F(-32) / largest)
    scale = products / squares
    best = scale * products
    for tenth in range(-9, 10):
        if tenth:
            products, squares = sums(-(F(32) + F(0.1) * F(tenth)) / largest)
            better = (squares > 0) & (products * products > best * squares)
            scale = np.where(better, products / squares, scale)
            best = np.where(better, scale * products, best)
    return np.where(np.abs(largest) < F(1e-15), F(0), scale)


def of_codes(x):
    """Scales of codes from -4 to 3, which are changed one after the other as long as that fits better."""
    largest, w = extreme(x), x * x
    codes = np.clip(np.rint((F(-4) / largest)[..., None] * x), -4, 3).astype(F)
    products, squares = total(w * x * codes), total(w * codes * codes)
    going = np.ones(products.shape, bool)
    for _ in range(5):
        changed = np.zeros_like(going)
        for i in range(x.shape[-1]):
            value, weight, code = x[..., i], w[..., i], codes[..., i]
            other, square = products - weight * value * code, squares - weight * code * code
            new = np.clip(np.rint(value * square / other), -4, 3).astype(F)
            by, of = other + weight * value * new, square + weight * new * new
            better = going & (other > 0) & (new != code) & (of > 0) & (by * by * squares > products * products * of)
            codes[..., i] = np.where(better, new, code)
            products, squares = np.where(better, by, products), np.where(better, of, squares)
            changed |= better
        going = changed
    return np.where((np.abs(largest) < F(1e-15)) | ~(squares > 0), F(0), products / squares)


def nearest(numbers):
    """The code of the nearest level, the larger one of two that are as near."""
    above = np.clip(np.searchsorted(LEVELS, numbers, side="right"), 1, 15)
    codes = np.where(numbers - LEVELS[above - 1] < LEVELS[above] - numbers, above - 1, above)
    return np.where(numbers <= LEVELS[0], 0, np.where(numbers >= LEVELS[15], 15, codes))


def of_levels(x):
    largest, w = extreme(x), x * x

    def sums(by):
        levels = LEVELS[nearest(by[..., None] * x)]
        return total(w * levels * x), total(w * levels * levels)

    products, squares = sums(F(1) / (-largest / LEVELS[0]))
    scale = np.where(squares > 0, products / squares, F(0))
    best = scale * products
    for more in range(-7, 8):
        products, squares = sums((F(more) + LEVELS[0]) / largest)
        better = (squares > 0) & (products * products > best * squares)
        scale = np.where(better, products / squares, scale)
        best = np.where(better, scale * products, best)
    return np.where(np.abs(largest) < F(1e-15), F(0), scale)


def in_codes(fitted, most):
    """Scales of scales, and the codes of these from 0 on."""
    largest = np.maximum(fitted.max(-1), F(0))
    codes = np.clip(np.rint((F(most) / largest)[:, None] * fitted), 0, most)
    return (largest / F(most))[:, None], np.where(largest[:, None] > 0, codes, 0).astype(F)


def symmetric(fitted, least, most, zero, of_zeros):
    largest = extreme(fitted)
    steps = F(least) / largest
    is_zero = (np.abs(largest) < zero)[:, None]
    codes = np.clip(np.rint(steps[:, None] * fitted), least, most)
    return np.concatenate([np.where(is_zero, F(0), (F(1) / steps)[:, None]), np.where(is_zero, of_zeros, codes)], 1).astype(F)


def scales(name, values):
    x = values.astype(F)
    groups = TYPES[name][2]
    in_groups = x.reshape(len(x), groups, -1) if groups else x
    with np.errstate(all="ignore"):
        if name == "Q8_0":
            return (np.abs(x).max(1) / F(127))[:, None]
        if name in ("Q4_0", "Q5_0"):
            return (extreme(x) / F(-8 if name == "Q4_0" else -16))[:, None]
        if name in ("Q4_1", "Q5_1"):
            return np.stack([(x.max(1) - x.min(1)) / F(15 if name == "Q4_1" else 31), x.min(1)], 1)
        if name == "IQ4_NL":
            return of_levels(x)[:, None]
        if name == "IQ4_XS":
            fitted = of_levels(in_groups)
            of = extreme(fitted) / F(-32)
            return np.concatenate([of[:, None], np.clip(np.rint(inverse(of)[:, None] * fitted), -32, 31)], 1).astype(F)
        if name == "Q3_K":
            return symmetric(of_codes(in_groups), -32, 31, F(2.0**-149), -32)
        if name == "Q6_K":
            return symmetric(of_ranges(in_groups), -128, 127, F(1e-15), 0)
        search = {"Q2_K": (3, -0.5, 16, True), "Q4_K": (15, -1, 21, False), "Q5_K": (31, -0.5, 16, False)}[name]
        fitted, least = with_offsets(in_groups, *search)
        most = 15 if name == "Q2_K" else 63
        (of, codes), (of_offsets, offsets) = in_codes(fitted, most), in_codes(-least, most)
        return np.concatenate([of, of_offsets, codes, offsets], 1)


def spread(name, found):
    """What a reader finds by element: step and offset, which is subtracted."""
    _, size, groups, offsets = TYPES[name]
    read = half(found[:, : 2 if offsets else 1])
    if not groups:
        return np.repeat(read[:, :1], size, 1), -np.repeat(read[:, 1:2] if offsets else 0 * read, size, 1)
    first = 2 if offsets else 1
    by = read[:, :1] * found[:, first : first + groups]
    minus = read[:, 1:2] * found[:, first + groups :] if offsets else 0 * by
    return np.repeat(by, size // groups, 1), np.repeat(minus, size // groups, 1)


def steps(name, found):
    return np.abs(spread(name, found)[0]) * F(16 if name.startswith("IQ4") else 1)


def codes_of(name, x, found):
    size, groups = TYPES[name][1:3]
    with np.errstate(all="ignore"):
        if not groups:
            by = inverse(found[:, :1])
            if name == "Q8_0":
                product = np.clip(x * by, -128, 127).astype(np.float64)
                return (np.sign(product) * np.floor(np.abs(product) + 0.5)).astype(np.int64)
            if name == "IQ4_NL":
                return nearest(x * by)
            plus = {"Q4_0": 8.5, "Q5_0": 16.5}.get(name, 0.5)
            least = found[:, 1:2] if name.endswith("_1") else F(0)
            return np.clip(np.trunc((x - least) * by + F(plus)), 0, 15 if name.startswith("Q4") else 31).astype(np.int64)
        if name == "IQ4_XS":
            return nearest(np.repeat(inverse(found[:, :1] * found[:, 1:]), 32, 1) * x)
        by, minus = spread(name, found)
        if name in ("Q3_K", "Q6_K"):
            middle = 4 if name == "Q3_K" else 32
            return np.where(by == 0, 0, middle + np.clip(np.rint(x / by), -middle, middle - 1)).astype(np.int64)
        most = {"Q2_K": 3, "Q4_K": 15, "Q5_K": 31}[name]
        return np.where(by == 0, 0, np.clip(np.rint((x + minus) / by), 0, most)).astype(np.int64)


def bits(codes, count, bits_each):
    """Fields of codes side by side: [blocks, n, count] -> [blocks, n], the first in the lowest bits."""
    return sum((codes[..., i] & ((1 << bits_each) - 1)) << (i * bits_each) for i in range(count))


def halves(codes, together):
    """Low nibbles of the first half of so many codes, high ones of the second."""
    pairs = codes.reshape(len(codes), -1, 2, together // 2) & 15
    return (pairs[:, :, 0] | pairs[:, :, 1] << 4).reshape(len(codes), -1)


def quarters(codes):
    """Two bits of each quarter of 128 codes."""
    return bits(codes.reshape(len(codes), 2, 4, 32).swapaxes(2, 3), 4, 2).reshape(len(codes), -1)


def wide(codes, shift):
    """A bit of each of eight parts."""
    return bits((codes >> shift).reshape(len(codes), 8, 32).swapaxes(1, 2), 8, 1)


def packed(name, values, found):
    x = values.astype(F)
    codes = codes_of(name, x, found)
    groups, offsets = TYPES[name][2:]
    head = half_bytes(found[:, :1])
    whole = found.astype(np.int64) if groups else None
    if name == "Q8_0":
        parts = [head, codes & 255]
    elif name in ("Q4_0", "IQ4_NL"):
        parts = [head, halves(codes, 32)]
    elif name == "Q4_1":
        parts = [head, half_bytes(found[:, 1:2]), halves(codes, 32)]
    elif name in ("Q5_0", "Q5_1"):
        fifth = bits((codes >> 4).reshape(len(x), 4, 8), 8, 1)
        parts = [head] + ([half_bytes(found[:, 1:2])] if offsets else []) + [fifth, halves(codes, 32)]
    elif name == "Q2_K":
        parts = [whole[:, 2:18] | whole[:, 18:] << 4, quarters(codes), head, half_bytes(found[:, 1:2])]
    elif name in ("Q4_K", "Q5_K"):
        s, m = whole[:, 2:10], whole[:, 10:]
        parts = [head, half_bytes(found[:, 1:2]), s[:, :4] | s[:, 4:] >> 4 << 6, m[:, :4] | m[:, 4:] >> 4 << 6,
                 (s[:, 4:] & 15) | (m[:, 4:] & 15) << 4] + ([wide(codes, 4)] if name == "Q5_K" else []) + [halves(codes, 64)]
    elif name == "Q3_K":
        s = whole[:, 1:] + 32
        high = bits((s >> 4).reshape(len(x), 4, 4).swapaxes(1, 2), 4, 2)
        parts = [wide(codes, 2), quarters(codes), (s[:, :8] & 15) | (s[:, 8:] & 15) << 4, high, head]
    elif name == "Q6_K":
        parts = [halves(codes, 128), quarters(codes >> 4), whole[:, 1:] & 255, head]
    else:
        s = whole[:, 1:] + 32
        high = bits((s >> 4).reshape(len(x), 2, 4), 4, 2)
        parts = [head, high, halves(s, 2), halves(codes, 32)]
    return np.concatenate([part.astype(np.uint8) for part in parts], 1)


def half_bytes(numbers):
    with np.errstate(all="ignore"):
        return np.ascontiguousarray(numbers.astype("<f2")).view(np.uint8).reshape(len(numbers), -1)


def half_at(blocks, at):
    return np.ascontiguousarray(blocks[:, at : at + 2]).view("<f2").astype(F)


def read(name, blocks):
    groups, offsets = TYPES[name][2:]
    if not groups:
        return np.concatenate([half_at(blocks, 0)] + ([half_at(blocks, 2)] if offsets else []), 1)
    b = blocks.astype(np.int64)
    if name == "Q2_K":
        return np.concatenate([half_at(blocks, 80), half_at(blocks, 82), b[:, :16] & 15, b[:, :16] >> 4], 1).astype(F)
    if name in ("Q4_K", "Q5_K"):
        first, second, last = b[:, 4:8], b[:, 8:12], b[:, 12:16]
        return np.concatenate([
            half_at(blocks, 0), half_at(blocks, 2), first & 63, (last & 15) | first >> 6 << 4, second & 63, last >> 4 | second >> 6 << 4], 1).astype(F)
    if name == "Q3_K":
        low = np.concatenate([b[:, 96:104] & 15, b[:, 96:104] >> 4], 1)
        high = np.concatenate([b[:, 104:108] >> (2 * i) & 3 for i in range(4)], 1)
        return np.concatenate([half_at(blocks, 108), (low | high << 4) - 32], 1).astype(F)
    if name == "Q6_K":
        return np.concatenate([half_at(blocks, 208), blocks[:, 192:208].view(np.int8)], 1).astype(F)
    low = np.stack([b[:, 4:8] & 15, b[:, 4:8] >> 4], 2).reshape(len(b), 8)
    high = np.stack([(b[:, 2 + i // 4] >> (2 * (i % 4))) & 3 for i in range(8)], 1)
    return np.concatenate([half_at(blocks, 0), (low | high << 4) - 32], 1).astype(F)


def quantize(name, values):
    return packed(name, values, scales(name, values))
