package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.Shape;

/**
 * How the flattened values of a weight are cut into units, each of which is quantized for itself.
 *
 * @param unit values of a unit; the last one may be shorter
 * @param scales that a unit has
 * @param codes bytes that the codes of a unit need room for
 */
public record Grid(int unit, int scales, int codes) {
    /** A byte for each code. */
    public Grid(int unit, int scales) {
        this(unit, scales, unit);
    }

    /**
     * Groups of a row's values.
     *
     * @throws IllegalArgumentException if they do not divide the rows of a weight
     */
    static Grid ofGroups(Shape weight, int group, int scales) {
        long columns = weight.dimension(weight.rank() - 1);
        if (columns % group != 0) {
            throw new IllegalArgumentException(
                    "has rows of " + columns + " values, which groups of " + group + " do not divide");
        }
        return new Grid(group, scales);
    }

    /** The units that so many values make. */
    public long units(long values) {
        return values / unit + (values % unit == 0 ? 0 : 1);
    }
}
