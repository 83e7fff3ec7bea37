package io.graft.checkpoint.gguf;

import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Blocks of GGUF that numbers are packed into: some elements of a row each, with their scales. The bytes are those of llama.cpp without
 * an importance matrix, but for codes that are multiplied by zero, which are zero here.
 */
public enum BlockType {
    /** 32 integers of 8 bits and a scale: {@code d * q}. */
    Q8_0(32, 0, false, SmallPacking::scaleQ8x0, SmallPacking::q8x0),
    /** 32 integers of 4 bits and a scale: {@code d * (q - 8)}. */
    Q4_0(32, 0, false, SmallPacking::scaleQ4x0, SmallPacking::q4x0),
    /** 32 integers of 4 bits, a scale and an offset: {@code d * q + m}. */
    Q4_1(32, 0, true, SmallPacking::scaleQ4x1, SmallPacking::q4x1),
    /** 32 integers of 5 bits and a scale: {@code d * (q - 16)}. */
    Q5_0(32, 0, false, SmallPacking::scaleQ5x0, SmallPacking::q5x0),
    /** 32 integers of 5 bits, a scale and an offset: {@code d * q + m}. */
    Q5_1(32, 0, true, SmallPacking::scaleQ5x1, SmallPacking::q5x1),
    /** 256 integers of 2 bits in sixteen groups with a scale and an offset of 4 bits each: {@code d * s * q - e * m}. */
    Q2_K(256, 16, true, SuperPacking::scaleQ2, SuperPacking::q2),
    /** 256 integers of 3 bits in sixteen groups with a scale of 6 bits each: {@code d * s * (q - 4)}. */
    Q3_K(256, 16, false, SymmetricPacking::scaleQ3, SymmetricPacking::q3),
    /** 256 integers of 4 bits in eight groups with a scale and an offset of 6 bits each: {@code d * s * q - e * m}. */
    Q4_K(256, 8, true, SuperPacking::scaleQ4, SuperPacking::q4),
    /** 256 integers of 5 bits in eight groups with a scale and an offset of 6 bits each: {@code d * s * q - e * m}. */
    Q5_K(256, 8, true, SuperPacking::scaleQ5, SuperPacking::q5),
    /** 256 integers of 6 bits in sixteen groups with a scale of 8 bits each: {@code d * s * (q - 32)}. */
    Q6_K(256, 16, false, SymmetricPacking::scaleQ6, SymmetricPacking::q6),
    /** 32 codes of 4 bits of sixteen levels, and a scale: {@code d * level(q)}. */
    IQ4_NL(32, 0, false, LevelPacking::scaleNl, LevelPacking::nl),
    /** 256 codes of 4 bits of sixteen levels in eight groups with a scale of 6 bits each: {@code d * s * level(q)}. */
    IQ4_XS(256, 8, false, LevelPacking::scaleXs, LevelPacking::xs);

    private final int elements;
    private final int groups;
    private final boolean hasOffsets;
    private final BlockScaling scaling;
    private final BlockPacking packing;

    BlockType(int elements, int groups, boolean hasOffsets, BlockScaling scaling, BlockPacking packing) {
        this.elements = elements;
        this.groups = groups;
        this.hasOffsets = hasOffsets;
        this.scaling = scaling;
        this.packing = packing;
    }

    /** How many elements of a row a block holds. */
    public int elements() {
        return elements;
    }

    /** How many groups of elements have scales of their own, which are codes themselves; 0 if there is one for the block. */
    public int groups() {
        return groups;
    }

    /** Whether an offset goes with each scale. */
    public boolean hasOffsets() {
        return hasOffsets;
    }

    /**
     * How many numbers its scales are: one, and one more with an offset; where groups have scales, the scale of scales, that of offsets,
     * the scales of the groups, and their offsets.
     */
    public int scales() {
        return (1 + groups) * (hasOffsets ? 2 : 1);
    }

    /** How many bytes it takes. */
    public int bytes() {
        return Objects.requireNonNull(GgufType.of(name())).blockBytes();
    }

    /**
     * The shape of the bytes: the last dimension counts those of a row.
     *
     * @throws IllegalArgumentException if rows are no whole number of blocks
     */
    public Shape packed(Shape shape) {
        int last = shape.rank() - 1;
        if (last < 0 || shape.dimension(last) % elements != 0) {
            throw new IllegalArgumentException(
                    (last < 0 ? "a single number" : "rows of " + shape.dimension(last) + " elements")
                            + " cannot be packed as " + name() + ", in blocks of " + elements);
        }
        List<Long> dimensions = new ArrayList<>(shape.dimensions());
        dimensions.set(last, shape.dimension(last) / elements * bytes());
        return new Shape(dimensions);
    }

    /**
     * Finds the scales of a block.
     *
     * @param at where its elements begin; they are finite
     * @param place where the scales go
     * @return whether they are numbers of 16 bits, as files hold them
     */
    public boolean scale(float[] from, int at, float[] scales, int place) {
        return scaling.scale(from, at, scales, place);
    }

    /**
     * Packs the elements of a block with given scales; what these cannot hold gets the outermost code.
     *
     * @param at where the elements begin; they are finite
     * @param place where the scales begin
     * @param out where the bytes go
     */
    public void pack(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        packing.encode(from, at, scales, place, to, out);
    }

    /**
     * What a block stands for, in 32 bits.
     *
     * @param at where its bytes begin
     * @param out where the elements go
     */
    public void unpack(byte[] from, int at, float[] to, int out) {
        Objects.requireNonNull(Objects.requireNonNull(GgufType.of(name())).code())
                .decode(from, at, to, out);
    }
}
