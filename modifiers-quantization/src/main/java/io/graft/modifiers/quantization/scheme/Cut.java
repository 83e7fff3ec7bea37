package io.graft.modifiers.quantization.scheme;

/** Cuts values to the outermost numbers of codes. */
final class Cut {
    private Cut() {}

    /** Where scales are the largest magnitudes of their units. */
    static void toScales(Piece piece) {
        float[] values = piece.values();
        for (int i = 0; i < piece.count(); i++) {
            float largest = piece.scales()[i / piece.unit()];
            values[i] = Math.max(-largest, Math.min(largest, values[i]));
        }
    }
}
