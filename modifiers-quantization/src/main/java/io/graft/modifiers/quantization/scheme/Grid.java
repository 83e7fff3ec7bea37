package io.graft.modifiers.quantization.scheme;

/**
 * How the flattened values of a weight are cut into units, each of which is quantized for itself.
 *
 * @param unit values of a unit; the last one may be shorter
 * @param scales that a unit has
 */
public record Grid(int unit, int scales) {
    /** The units that so many values make. */
    public long units(long values) {
        return values / unit + (values % unit == 0 ? 0 : 1);
    }
}
