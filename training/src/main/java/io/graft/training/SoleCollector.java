package io.graft.training;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Gradients are collected by one at a time in a process, since DJL's engine can do no more; a second one is told so. */
final class SoleCollector implements GradientCollector {
    private static final AtomicBoolean COLLECTING = new AtomicBoolean();

    private final GradientCollector collector;

    private SoleCollector(GradientCollector collector) {
        this.collector = collector;
    }

    /**
     * @throws IllegalStateException if gradients are collected already
     */
    static GradientCollector open(Supplier<GradientCollector> engine) {
        // Before the engine is asked, which fails with its gradients switched on in this thread.
        if (!COLLECTING.compareAndSet(false, true)) {
            throw busy(null);
        }
        try {
            return new SoleCollector(engine.get());
        } catch (IllegalStateException elsewhere) {
            COLLECTING.set(false);
            throw busy(elsewhere);
        } catch (Throwable failure) {
            COLLECTING.set(false);
            throw failure;
        }
    }

    private static IllegalStateException busy(IllegalStateException cause) {
        return new IllegalStateException(
                "gradients are collected in this process already, and DJL's engine does that for one trainer at a time: close the other"
                        + " collector first, or train in two processes",
                cause);
    }

    @Override
    public void backward(NDArray target) {
        collector.backward(target);
    }

    @Override
    public void zeroGradients() {
        collector.zeroGradients();
    }

    @Override
    public void close() {
        try {
            collector.close();
        } finally {
            COLLECTING.set(false);
        }
    }
}
