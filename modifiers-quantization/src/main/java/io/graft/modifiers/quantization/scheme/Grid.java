package io.graft.modifiers.quantization.scheme;

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

    /** The units that so many values make. */
    public long units(long values) {
        return values / unit + (values % unit == 0 ? 0 : 1);
    }
}
