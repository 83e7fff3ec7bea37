package io.graft.cli.map;

import io.graft.Skipped;
import io.graft.cli.output.ShortName;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import java.io.PrintWriter;
import java.util.List;

/** A proposal for people: HOCON, and what is to be known of it as comments. */
final class SuggestText {
    private static final int SHORT_LIST = 10;

    private final PrintWriter out;
    private final boolean verbose;

    SuggestText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    void print(Proposal proposal) {
        out.println("# fills " + proposal.filled() + " of " + Counts.of(proposal.tensors(), "tensor") + " of "
                + Printable.of(proposal.to()));
        if (proposal.rules().rules().isEmpty() && proposal.rules().prefix().equals("none")) {
            out.println("# the names are the same");
        }
        out.println(proposal.hocon());
        print(
                "not filled",
                proposal.missing().stream()
                        .map(name -> ShortName.of(name, verbose))
                        .toList());
        print("not used", proposal.unused().stream().map(this::words).toList());
    }

    private String words(Skipped skipped) {
        return ShortName.of(skipped.key(), verbose) + " (" + skipped.reason().id()
                + (skipped.detail().isEmpty() ? "" : ": " + skipped.detail()) + ")";
    }

    private void print(String head, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.println("# " + head + ": " + Counts.of(lines.size(), "tensor"));
        ShortList.of(lines, SHORT_LIST, verbose).print(out, "#   ", Printable::of);
    }
}
