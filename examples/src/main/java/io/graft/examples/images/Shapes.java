package io.graft.examples.images;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import io.graft.NamedTensor;
import io.graft.tensor.Shape;
import java.util.Random;

/**
 * Images of shapes in three colors, each shape somewhere, of any size and color, before noise.
 *
 * @param count how many images
 * @param size of each, in both directions
 * @param pixels of all, [count, 3, size, size], about 0
 * @param labels which shape each shows
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Shapes(int count, int size, float[] pixels, long... labels) {
    private static final int CHANNELS = 3;

    /** What an image may show. */
    private enum Kind {
        DISK,
        RING,
        CROSS,
        ROWS,
        COLUMNS;

        /** Whether a point belongs to the shape, by its distance from the middle in units of the radius. */
        boolean has(double x, double y) {
            double far = Math.hypot(x, y);
            boolean within = Math.max(Math.abs(x), Math.abs(y)) < 1;
            return switch (this) {
                case DISK -> far < 1;
                case RING -> far < 1 && far > 0.6;
                case CROSS -> within && Math.min(Math.abs(x), Math.abs(y)) < 0.25;
                case ROWS -> within && isOdd(4 * y);
                case COLUMNS -> within && isOdd(4 * x);
            };
        }
    }

    private static boolean isOdd(double number) {
        return Math.floorMod((int) Math.floor(number), 2) == 1;
    }

    /** As many of each shape, one after the other. */
    static Shapes draw(int count, int size, long seed) {
        Random random = new Random(seed);
        float[] pixels = new float[count * CHANNELS * size * size];
        long[] labels = new long[count];
        for (int image = 0; image < count; image++) {
            labels[image] = image % Kind.values().length;
            draw(Kind.values()[(int) labels[image]], random, size, pixels, image * CHANNELS * size * size);
        }
        return new Shapes(count, size, pixels, labels);
    }

    private static void draw(Kind kind, Random random, int size, float[] pixels, int at) {
        double radius = size * (0.3 + 0.1 * random.nextDouble());
        double middleX = radius + (size - 2 * radius) * random.nextDouble();
        double middleY = radius + (size - 2 * radius) * random.nextDouble();
        for (int channel = 0; channel < CHANNELS; channel++) {
            double inside = 0.8 + 0.2 * random.nextDouble();
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    boolean shown = kind.has((x - middleX) / radius, (y - middleY) / radius);
                    pixels[at + (channel * size + y) * size + x] =
                            (float) ((shown ? inside : -inside) + 0.1 * random.nextGaussian());
                }
            }
        }
    }

    NamedTensor input() {
        return NamedTensor.of("x", Shape.of(count, CHANNELS, size, size), pixels);
    }

    NamedTensor labelTensor() {
        return NamedTensor.of("labels", Shape.of(count), labels);
    }

    /** As DJL trains on them. */
    ArrayDataset dataset(NDManager manager, int batchSize, boolean shuffled) {
        return new ArrayDataset.Builder()
                .setData(manager.create(pixels, new ai.djl.ndarray.types.Shape(count, CHANNELS, size, size)))
                .optLabels(manager.create(labels))
                .setSampling(batchSize, shuffled)
                .build();
    }
}
