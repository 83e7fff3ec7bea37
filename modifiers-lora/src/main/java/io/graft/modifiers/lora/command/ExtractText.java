package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.extract.ExtractedAdapter;
import io.graft.modifiers.lora.extract.ExtractedUpdate;
import io.graft.modifiers.lora.extract.LeftTensor;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.util.Locale;

/** What was extracted, for people. */
final class ExtractText {
    private ExtractText() {}

    static void print(PrintWriter out, ExtractedAdapter extracted) {
        int width = extracted.updates().stream()
                .mapToInt(update -> Printable.of(update.module()).length())
                .max()
                .orElse(0);
        for (ExtractedUpdate update : extracted.updates()) {
            String name = Printable.of(update.module());
            out.println(name
                    + " ".repeat(width - name.length())
                    + String.format(Locale.ROOT, "  rank %d, lost %.4f of it", update.rank(), update.lost()));
        }
        out.println(Counts.of(extracted.updates().size(), "update")
                + String.format(Locale.ROOT, ", lost %.4f of all", extracted.lost()));
        extracted.whole().forEach(name -> out.println(Printable.of(name) + "  whole"));
        if (!extracted.left().isEmpty()) {
            out.println("not in the adapter:");
        }
        for (LeftTensor tensor : extracted.left()) {
            out.println("  `" + Printable.of(tensor.name()) + "` " + tensor.reason());
        }
        OutputsText.print(out, extracted.outputs());
    }
}
