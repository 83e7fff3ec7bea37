package io.graft.lora.dialect;

import io.graft.checkpoint.Sha256;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What tells a weight from another one of its shape: the first 64 bits of the SHA-256 of its shape and of some of its values, 1024 at
 * most, so that it takes the same for a weight of any size. The values are numbers of 32 bits, so that a dtype which holds all of them
 * makes no difference; the same numbers rounded to fewer bits have digests of their own, by which a model that was saved so is known again.
 *
 * @param exact of the values
 * @param f16 of the values rounded to F16
 * @param bf16 of the values rounded to BF16
 */
public record WeightDigest(String exact, String f16, String bf16) {
    /** Values are taken in so many pieces, spread evenly from the first to the last. */
    private static final int PIECES = 8;

    private static final int PIECE = 128;
    private static final int HEX_DIGITS = 16;
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{16}) ([0-9a-f]{16}) ([0-9a-f]{16})");

    /** Whether a tensor has values that a digest can be of. */
    public static boolean isPossible(LazyTensor weight) {
        return weight.dtype().isFloatingPoint() && DTypeConversion.isSupported(weight.dtype(), DType.F32);
    }

    /**
     * The digest of a weight of floating-point numbers, of which some are read.
     *
     * @throws IOException if they cannot be read
     */
    public static WeightDigest of(LazyTensor weight) throws IOException {
        ByteBuffer values = some(CastTensor.to(DType.F32, weight));
        return new WeightDigest(
                digest(weight.shape(), values),
                digest(weight.shape(), rounded(values, DType.F16)),
                digest(weight.shape(), rounded(values, DType.BF16)));
    }

    private static ByteBuffer some(LazyTensor weight) throws IOException {
        long count = weight.shape().elementCount();
        TensorData data = weight.materialize();
        if (count <= PIECES * PIECE) {
            return data.window(0, Math.toIntExact(count * Float.BYTES));
        }
        ByteBuffer some = ByteBuffer.allocate(PIECES * PIECE * Float.BYTES);
        for (int piece = 0; piece < PIECES; piece++) {
            long first = (count - PIECE) * piece / (PIECES - 1);
            some.put(data.window(first * Float.BYTES, PIECE * Float.BYTES));
        }
        return some.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer rounded(ByteBuffer values, DType dtype) throws IOException {
        TensorData rounded = new DTypeConversion(TensorData.of(values), DType.F32, dtype);
        return new DTypeConversion(rounded, dtype, DType.F32).window(0, values.remaining());
    }

    private static String digest(Shape shape, ByteBuffer values) {
        MessageDigest sha256 = Sha256.digest();
        sha256.update(shape.toString().getBytes(StandardCharsets.UTF_8));
        sha256.update(values.duplicate());
        return Sha256.of(sha256).hex().substring(0, HEX_DIGITS);
    }

    /** Reads what {@link #toString} gives; empty if it is none. */
    static Optional<WeightDigest> parse(String text) {
        return Optional.of(TEXT.matcher(text))
                .filter(found -> found.matches())
                .map(found -> new WeightDigest(found.group(1), found.group(2), found.group(3)));
    }

    /** Whether the two are of the same weight, or of one and of the same rounded to F16 or BF16. */
    public boolean isOfSame(WeightDigest other) {
        return exact.equals(other.exact) || isRounded(other) || other.isRounded(this);
    }

    private boolean isRounded(WeightDigest wider) {
        return exact.equals(wider.f16) || exact.equals(wider.bf16);
    }

    @Override
    public String toString() {
        return exact + " " + f16 + " " + bf16;
    }
}
