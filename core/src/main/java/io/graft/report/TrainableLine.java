package io.graft.report;

import io.graft.Totals;
import java.util.Locale;

/** How much of a model is trained, in one line that is PEFT's to the letter: people search their logs for it. */
final class TrainableLine {
    private TrainableLine() {}

    static String of(Totals totals) {
        // As in Counts: the formatter has not to look this locale up.
        return String.format(
                Locale.US,
                "trainable params: %,d || all params: %,d || trainable%%: %.4f",
                totals.trainable(),
                totals.parameters(),
                totals.parameters() == 0 ? 0.0 : 100.0 * totals.trainable() / totals.parameters());
    }
}
