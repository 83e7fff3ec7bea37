package io.graft.examples.program;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import io.graft.NamedTensor;
import io.graft.tensor.Shape;
import java.util.Random;

/**
 * Noisy signals of four kinds: sines, squares, saws, triangles.
 *
 * @param count how many
 * @param values of all, [count, 1, 64]
 * @param labels of which kind each is
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Signals(int count, float[] values, long... labels) {
    private static final int LENGTH = 64;
    private static final int KINDS = 4;
    private static final double NOISE = 0.5;

    /** As many of each kind, of three periods to six. */
    static Signals draw(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * LENGTH];
        long[] labels = new long[count];
        for (int signal = 0; signal < count; signal++) {
            labels[signal] = signal % KINDS;
            double periods = 3 + 3 * random.nextDouble();
            double phase = random.nextDouble();
            for (int i = 0; i < LENGTH; i++) {
                double turn = (phase + periods * i / (LENGTH - 1)) % 1;
                values[signal * LENGTH + i] =
                        (float) (value((int) labels[signal], turn) + NOISE * random.nextGaussian());
            }
        }
        return new Signals(count, values, labels);
    }

    private static double value(int kind, double turn) {
        return switch (kind) {
            case 0 -> Math.sin(2 * Math.PI * turn);
            case 1 -> turn < 0.5 ? 1 : -1;
            case 2 -> 2 * turn - 1;
            default -> 4 * Math.abs(turn - 0.5) - 1;
        };
    }

    NamedTensor input() {
        return NamedTensor.of("0", Shape.of(count, 1, LENGTH), values);
    }

    /** As DJL trains on them. */
    ArrayDataset dataset(NDManager manager, int batchSize, boolean shuffled) {
        return new ArrayDataset.Builder()
                .setData(manager.create(values, new ai.djl.ndarray.types.Shape(count, 1, LENGTH)))
                .optLabels(manager.create(labels))
                .setSampling(batchSize, shuffled)
                .build();
    }
}
