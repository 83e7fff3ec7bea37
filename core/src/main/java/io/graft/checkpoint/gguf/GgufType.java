package io.graft.checkpoint.gguf;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a tensor's elements are stored.
 *
 * @param number in the file
 * @param name as llama.cpp spells it
 * @param dtype the plain type; null for a quantized one
 * @param blockElements elements that are packed together
 * @param blockBytes bytes that they take
 * @param code takes blocks apart; null for a plain type, and for one that is not read
 */
record GgufType(
        int number,
        String name,
        @Nullable DType dtype,
        int blockElements,
        int blockBytes,
        @Nullable BlockCode code) {
    private static final Map<Integer, GgufType> BY_NUMBER = new HashMap<>();
    private static final Map<String, GgufType> BY_NAME = new TreeMap<>();

    static {
        plain(0, DType.F32);
        plain(1, DType.F16);
        plain(24, DType.I8);
        plain(25, DType.I16);
        plain(26, DType.I32);
        plain(27, DType.I64);
        plain(28, DType.F64);
        plain(30, DType.BF16);
        quantized(2, "Q4_0", 32, 18, SmallBlocks::q4x0);
        quantized(3, "Q4_1", 32, 20, SmallBlocks::q4x1);
        quantized(6, "Q5_0", 32, 22, SmallBlocks::q5x0);
        quantized(7, "Q5_1", 32, 24, SmallBlocks::q5x1);
        quantized(8, "Q8_0", 32, 34, SmallBlocks::q8x0);
        quantized(9, "Q8_1", 32, 36, null);
        quantized(10, "Q2_K", 256, 84, SuperBlocks::q2);
        quantized(11, "Q3_K", 256, 110, SuperBlocks::q3);
        quantized(12, "Q4_K", 256, 144, SuperBlocks::q4);
        quantized(13, "Q5_K", 256, 176, SuperBlocks::q5);
        quantized(14, "Q6_K", 256, 210, SuperBlocks::q6);
        quantized(15, "Q8_K", 256, 292, SuperBlocks::q8);
        quantized(16, "IQ2_XXS", 256, 66, null);
        quantized(17, "IQ2_XS", 256, 74, null);
        quantized(18, "IQ3_XXS", 256, 98, null);
        quantized(19, "IQ1_S", 256, 50, null);
        quantized(20, "IQ4_NL", 32, 18, SmallBlocks::iq4);
        quantized(21, "IQ3_S", 256, 110, null);
        quantized(22, "IQ2_S", 256, 82, null);
        quantized(23, "IQ4_XS", 256, 136, SuperBlocks::iq4);
        quantized(29, "IQ1_M", 256, 56, null);
        quantized(34, "TQ1_0", 256, 54, SuperBlocks::ternary);
        quantized(35, "TQ2_0", 256, 66, SuperBlocks::ternaryOfTwoBits);
        quantized(39, "MXFP4", 32, 17, SmallBlocks::mxfp4);
        quantized(40, "NVFP4", 64, 36, SmallBlocks::nvfp4);
        quantized(41, "Q1_0", 128, 18, SmallBlocks::q1);
    }

    /** The type of a number in the file; null if it is unknown. */
    static @Nullable GgufType of(int number) {
        return BY_NUMBER.get(number);
    }

    /** The type of a name, which is that of a dtype or of blocks; null if there is none. */
    static @Nullable GgufType of(String name) {
        return BY_NAME.get(name);
    }

    /** That of a tensor that is written; empty if there is none. */
    static Optional<GgufType> find(OutputTensor tensor) {
        return Optional.ofNullable(of(tensor.blockType().orElse(tensor.dtype().name())));
    }

    /** That of a tensor that is written, which there must be. */
    static GgufType of(OutputTensor tensor) {
        return find(tensor).orElseThrow();
    }

    /** That of a tensor that lies in a file of this format. */
    static GgufType of(TensorEntry entry) {
        return Objects.requireNonNull(of(entry.blockType().orElse(entry.dtype().name())));
    }

    /** The shape of a tensor by its elements, not by the bytes of its blocks. */
    Shape elements(Shape stored) {
        if (!isQuantized()) {
            return stored;
        }
        List<Long> dimensions = new ArrayList<>(stored.dimensions());
        int last = dimensions.size() - 1;
        dimensions.set(last, dimensions.get(last) / blockBytes * blockElements);
        return new Shape(dimensions);
    }

    /** The names of types whose elements are packed together. */
    static Set<String> ofBlocks() {
        return BY_NAME.values().stream()
                .filter(GgufType::isQuantized)
                .map(GgufType::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean isQuantized() {
        return dtype == null;
    }

    private static void plain(int number, DType dtype) {
        put(new GgufType(number, dtype.name(), dtype, 1, dtype.bits() / 8, null));
    }

    private static void quantized(
            int number, String name, int blockElements, int blockBytes, @Nullable BlockCode code) {
        put(new GgufType(number, name, null, blockElements, blockBytes, code));
    }

    private static void put(GgufType type) {
        BY_NUMBER.put(type.number, type);
        BY_NAME.put(type.name, type);
    }
}
