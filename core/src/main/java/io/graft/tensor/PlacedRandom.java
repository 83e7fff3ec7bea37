package io.graft.tensor;

import java.util.function.LongToDoubleFunction;

/** Random numbers by their places: each is had without those before it. */
record PlacedRandom(long key) {
    /** The odd fraction of the golden ratio, which SplitMix64 steps by. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    static PlacedRandom of(long seed, String name) {
        long key = mix(seed + STEP);
        for (int i = 0; i < name.length(); i++) {
            key = mix(key ^ name.charAt(i)) + STEP;
        }
        return new PlacedRandom(key);
    }

    LongToDoubleFunction uniform(double bound) {
        return place -> bound * (2 * fraction(place) - 1);
    }

    /** Box and Muller's, with StrictMath: the same on every machine. */
    LongToDoubleFunction normal(double deviation) {
        return place -> deviation
                * StrictMath.sqrt(-2 * StrictMath.log(1 - fraction(2 * place)))
                * StrictMath.cos(2 * StrictMath.PI * fraction(2 * place + 1));
    }

    /** From 0 to below 1. */
    private double fraction(long place) {
        return (mix(key + place * STEP) >>> 11) * 0x1p-53;
    }

    /** The finisher of SplitMix64. */
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
