package io.graft.examples.sentences;

import io.graft.examples.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All trainings in one table. */
record Comparison(List<Trained> all) {
    List<String> lines() {
        TextTable table =
                new TextTable("", "accuracy", "trained numbers", "ms a step", "s an epoch", "s in all", "adapter, kB");
        for (Trained each : all) {
            table.row(
                    each.course().name(),
                    text("%.1f %%", 100 * each.accuracy()),
                    text("%,d", each.course().trained()),
                    text("%.1f", 1e3 * each.course().secondsOfStep()),
                    text("%.3f", each.course().secondsOfEpoch()),
                    text("%.1f", each.course().seconds()),
                    each.adapterBytes().isEmpty()
                            ? "-"
                            : text("%.0f", each.adapterBytes().getAsLong() / 1e3));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.add(text(
                "an epoch of the head on features is %.0f times as fast as one with the frozen encoder (goal: 5)",
                named("frozen encoder").course().secondsOfEpoch()
                        / named("head on features").course().secondsOfEpoch()));
        for (String part : List.of("frozen encoder", "LoRA", "LoRA on TorchScript")) {
            lines.add(text(
                    "%s: a step takes %.2f of one of full fine-tuning%s",
                    part,
                    named(part).course().secondsOfStep()
                            / named("full fine-tuning").course().secondsOfStep(),
                    part.equals("frozen encoder") ? " (goal: 0.6)" : ""));
        }
        return lines;
    }

    private Trained named(String name) {
        return all.stream()
                .filter(each -> each.course().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
