package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.extract.ExtractedAdapter;
import io.graft.modifiers.lora.extract.ExtractedUpdate;
import io.graft.modifiers.lora.extract.LeftTensor;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was extracted, for people. */
final class ExtractText {
    private static final int SHORT_LIST = 6;

    private ExtractText() {}

    /** @param verbose whether all that is not in the adapter is listed */
    static void print(PrintWriter out, ExtractedAdapter extracted, boolean verbose) {
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
        Map<String, List<LeftTensor>> byReason = extracted.left().stream()
                .collect(Collectors.groupingBy(LeftTensor::reason, LinkedHashMap::new, Collectors.toList()));
        byReason.forEach((reason, tensors) -> ShortList.of(tensors, SHORT_LIST, verbose)
                .print(out, "  ", tensor -> "`" + Printable.of(tensor.name()) + "` " + reason));
        OutputsText.print(out, extracted.outputs());
    }
}
