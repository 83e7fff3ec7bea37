package io.graft.modifiers.lora.matrix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Vectors of length 1 that are orthogonal to each other, as near as 32 bits allow, by Gram and Schmidt's method. */
final class OrthogonalVectors {
    /** Of a vector's length; what is left of one that lies among the others is their rounding. */
    private static final double NOTHING = 1e-5;

    private final List<float[]> vectors = new ArrayList<>();

    /** Those that lie in the space of some vectors. */
    static OrthogonalVectors of(float[][] some) throws IOException {
        OrthogonalVectors all = new OrthogonalVectors();
        all.add(some);
        return all;
    }

    int size() {
        return vectors.size();
    }

    float[][] all() {
        return from(0);
    }

    float[][] from(int first) {
        return vectors.subList(first, vectors.size()).toArray(float[][]::new);
    }

    /** Adds what each vector has beyond all before it, if it has something. */
    void add(float[][] some) throws IOException {
        for (float[] vector : some) {
            add(vector);
        }
    }

    private void add(float[] vector) throws IOException {
        double whole = length(vector);
        double before = whole;
        float[] rest = vector;
        double length = before;
        do {
            before = length;
            rest = beyond(rest);
            length = length(rest);
            // what rounding leaves of the others is large beside a short rest
        } while (length < before / 2 && length > NOTHING * whole);
        if (length > NOTHING * whole) {
            float[] unit = new float[rest.length];
            for (int i = 0; i < unit.length; i++) {
                unit[i] = (float) (rest[i] / length);
            }
            vectors.add(unit);
        }
    }

    private float[] beyond(float[] vector) throws IOException {
        float[][] others = all();
        if (others.length == 0) {
            return vector;
        }
        float[] along = new float[others.length];
        for (int k = 0; k < along.length; k += 4) {
            dots(vector, others, k, along);
        }
        float[] within = ThinProducts.sums(others, new float[][] {along})[0];
        float[] rest = new float[vector.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = vector[i] - within[i];
        }
        return rest;
    }

    /** Four at a time, which do not wait for each other. */
    private static void dots(float[] vector, float[][] others, int first, float[] dots) {
        int last = others.length - 1;
        float[] one = others[first];
        float[] two = others[Math.min(first + 1, last)];
        float[] three = others[Math.min(first + 2, last)];
        float[] four = others[Math.min(first + 3, last)];
        float dot1 = 0;
        float dot2 = 0;
        float dot3 = 0;
        float dot4 = 0;
        for (int i = 0; i < vector.length; i++) {
            float value = vector[i];
            dot1 += value * one[i];
            dot2 += value * two[i];
            dot3 += value * three[i];
            dot4 += value * four[i];
        }
        float[] found = {dot1, dot2, dot3, dot4};
        System.arraycopy(found, 0, dots, first, Math.min(4, dots.length - first));
    }

    private static double length(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
