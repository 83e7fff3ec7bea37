package com.example.loha;

import io.graft.model.DraftTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.util.SplittableRandom;

/** The factors that training starts from: random but for the last, which is zero, so that nothing is changed yet. */
final class Factors {
    private Factors() {}

    static Loha of(DraftTensor weight, LohaOptions options) {
        long out = weight.shape().dimension(0);
        long in = weight.shape().elementCount() / Math.max(1, out);
        Shape left = Shape.of(out, options.rank());
        Shape right = Shape.of(options.rank(), in);
        long seed = options.seed() * 31 + weight.name().hashCode();
        return new Loha(
                random(left, seed, 0.1),
                random(right, seed + 1, 1),
                random(left, seed + 2, 1),
                LazyTensors.generate("zeros", DType.F32, right, element -> 0),
                options.alpha() / options.rank());
    }

    /** Equally distributed numbers from {@code -bound} to {@code bound}; each depends on its place and the seed only. */
    private static LazyTensor random(Shape shape, long seed, double bound) {
        return LazyTensors.generate(
                "random",
                DType.F32,
                shape,
                element -> bound * (2 * new SplittableRandom(seed * 0x9E3779B97F4A7C15L + element).nextDouble() - 1));
    }
}
