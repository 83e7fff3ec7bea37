package io.graft.examples;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.graft.training.ModelTrainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The course of one training.
 *
 * @param name what was trained
 * @param losses the mean loss of each epoch
 * @param trained how many numbers were trained
 * @param secondsOfStep of forward, backward and optimizer for one batch, the median
 * @param secondsOfEpoch as the median step tells, and so without what else ran on the machine
 * @param seconds of all of it
 */
public record Course(
        String name, List<Double> losses, long trained, double secondsOfStep, double secondsOfEpoch, double seconds) {
    public Course {
        losses = List.copyOf(losses);
    }

    /** Trains, with a loop as DJL's own. */
    public static Course run(Example example, String name, ModelTrainer trainer, Dataset data, int epochs)
            throws IOException, TranslateException {
        List<Double> losses = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        long begin = System.nanoTime();
        for (int epoch = 0; epoch < epochs; epoch++) {
            double sum = 0;
            long rows = 0;
            for (Batch batch : trainer.iterateDataset(data)) {
                try (batch) {
                    long before = System.nanoTime();
                    sum += step(trainer, batch) * batch.getSize();
                    rows += batch.getSize();
                    steps.add(System.nanoTime() - before);
                }
            }
            trainer.notifyListeners(listener -> listener.onEpoch(trainer));
            losses.add(sum / rows);
            example.tell(String.format(
                    Locale.ROOT, "%s: epoch %d of %d, loss %.4f", name, epoch + 1, epochs, losses.get(epoch)));
        }
        double seconds = seconds(System.nanoTime() - begin);
        double median = seconds(median(steps));
        return new Course(name, losses, trained(trainer), median, median * steps.size() / epochs, seconds);
    }

    private static float step(ModelTrainer trainer, Batch batch) {
        float lost;
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDArray loss =
                    trainer.getLoss().evaluate(batch.getLabels(), trainer.forward(batch.getData(), batch.getLabels()));
            collector.backward(loss);
            lost = loss.getFloat();
        }
        trainer.step();
        return lost;
    }

    private static long trained(ModelTrainer trainer) {
        return trainer.modified().parameters().values().stream()
                .distinct()
                .filter(Parameter::requiresGradient)
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    private static long median(List<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    /** The loss after the last epoch. */
    public double lastLoss() {
        return losses.get(losses.size() - 1);
    }
}
