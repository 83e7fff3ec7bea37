package io.graft.cli.option;

import io.graft.cli.output.CommandException;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which tensors of a checkpoint a command is about. */
public final class KeysOption {
    @Option(
            names = "--keys",
            paramLabel = "SELECTOR",
            description =
                    "Only these tensors: a dotted path, with * for one segment and ** for any number, or re:REGEX."
                            + " Repeatable.")
    private List<String> keys = new ArrayList<>();

    /** Whether a part is asked for. */
    public boolean isGiven() {
        return !keys.isEmpty();
    }

    /** What is given. */
    public List<Selector> selectors() {
        return keys.stream().map(KeysOption::selector).toList();
    }

    /**
     * The names that are asked for.
     *
     * @param names of every tensor
     * @param holder what has them: {@code x.pt}
     * @throws CommandException if one of the selectors is malformed, or selects nothing
     */
    public Set<String> select(Collection<String> names, String holder) {
        ModuleTree tree = ModuleTree.ofNames(names);
        Set<String> selected = new LinkedHashSet<>();
        for (Selector key : selectors()) {
            List<String> matches = key.select(tree).tensors();
            if (matches.isEmpty()) {
                throw new CommandException(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "--keys: `" + key + "` selects none of the " + names.size() + " tensors of " + holder,
                        Suggestions.didYouMean(key.nearest(tree)));
            }
            selected.addAll(matches);
        }
        return selected;
    }

    private static Selector selector(String key) {
        try {
            return Selector.parse(key);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, "--keys: " + malformed.getMessage(), "");
        }
    }
}
