package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.util.Locale;

/** What was resized, for people. */
final class ResizeText {
    private ResizeText() {}

    /** @param kept what is said of an update that lost nothing */
    static void print(PrintWriter out, ResizedAdapter resized, String kept) {
        int width = resized.updates().stream()
                .mapToInt(update -> Printable.of(update.module()).length())
                .max()
                .orElse(0);
        for (ResizedUpdate update : resized.updates()) {
            String name = Printable.of(update.module());
            out.println(name + " ".repeat(width - name.length()) + "  "
                    + (update.from() == update.to()
                            ? "rank " + update.from() + ", " + kept
                            : String.format(
                                    Locale.ROOT,
                                    "rank %d -> %d, lost %.4f of it",
                                    update.from(),
                                    update.to(),
                                    update.lost())));
        }
        OutputsText.print(out, resized.outputs());
    }
}
