package io.graft.training;

import ai.djl.engine.Engine;

/**
 * Random numbers that follow from where a training is, so that one which goes on draws what one which never stopped would: of each
 * forward of a step, and of the order of the data of an epoch.
 */
final class StepSeeds {
    private static final long OF_EPOCHS = 0x5851f42d4c957f2dL;

    private final Engine engine;
    private final long seed;

    StepSeeds(Engine engine, long seed) {
        this.engine = engine;
        this.seed = seed;
    }

    long seed() {
        return seed;
    }

    /**
     * Before a forward.
     *
     * @param step how many are completed before the step that it belongs to
     * @param forward of the step, from 0
     */
    void forForward(long step, long forward) {
        engine.setRandomSeed(drawn(drawn(seed, step), forward));
    }

    /** Before the data of an epoch are put in their order. */
    void forEpoch(long epoch) {
        engine.setRandomSeed(drawn(drawn(seed, OF_EPOCHS), epoch));
    }

    /** Steele, Lea and Flood, <em>Fast splittable pseudorandom number generators</em>, 2014. */
    private static int drawn(long from, long index) {
        long mixed = from + (index + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (int) ((mixed ^ (mixed >>> 31)) >>> 32);
    }
}
