package io.graft.checkpoint.gguf;

import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Blocks of GGUF that numbers are packed into: some elements of a row each, with their scales. */
public enum BlockType {
    /** 32 integers of 8 bits and a scale: {@code d * q}. The bytes are those of llama.cpp. */
    Q8_0(32, 1, SmallPacking::scaleQ8x0, SmallPacking::q8x0),
    /** 32 integers of 4 bits and a scale: {@code d * (q - 8)}. The bytes are those of llama.cpp. */
    Q4_0(32, 1, SmallPacking::scaleQ4x0, SmallPacking::q4x0),
    /**
     * 256 integers of 4 bits in eight groups with a scale and an offset of 6 bits each: {@code d * s * q - e * m}. Scale and offset of a
     * group are those of 21 candidates with the least error, each element weighted by its magnitude and that of the group; llama.cpp
     * searches in the same way, but not with the same result to the bit.
     */
    Q4_K(256, 18, SuperPacking::scaleQ4, SuperPacking::q4);

    private final int elements;
    private final int scales;
    private final BlockScaling scaling;
    private final BlockPacking packing;

    BlockType(int elements, int scales, BlockScaling scaling, BlockPacking packing) {
        this.elements = elements;
        this.scales = scales;
        this.scaling = scaling;
        this.packing = packing;
    }

    /** How many elements of a row a block holds. */
    public int elements() {
        return elements;
    }

    /**
     * How many numbers its scales are: one; of {@link #Q4_K} the scale of scales, that of offsets, the scales of the groups, and their
     * offsets.
     */
    public int scales() {
        return scales;
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
