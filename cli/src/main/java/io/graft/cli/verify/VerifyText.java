package io.graft.cli.verify;

import io.graft.djl.forward.OutputComparison.Difference;
import io.graft.djl.forward.OutputComparison.Percentiles;
import io.graft.djl.forward.OutputComparison.Worst;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is told of one output. */
record VerifyText(Difference output) {
    /** The line that says how far it is from what was expected. */
    String finding() {
        return output.actual().equals(output.expected())
                ? format(
                        "largest difference %.3e (relative %.3e), %,d of %,d elements differ",
                        output.maxAbsolute(),
                        output.maxRelative(),
                        output.differing(),
                        output.expected().elementCount())
                : "shape " + output.actual() + ", expected " + output.expected();
    }

    /** Lines that say where, and how the differences are spread; none if there is no difference. */
    List<String> details() {
        List<String> lines = new ArrayList<>();
        if (output.worst().isPresent()) {
            Worst worst = output.worst().get();
            lines.add(format("largest at %s: %.9g, expected %.9g", worst.place(), worst.actual(), worst.expected()));
            Percentiles spread = output.percentiles().orElseThrow();
            lines.add(format(
                    "at most %.3e in 50 %%, %.3e in 90 %%, %.3e in 99 %%, %.3e in 99.9 %% of the elements",
                    spread.p50(), spread.p90(), spread.p99(), spread.p999()));
        }
        return lines;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
