package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Decides what happens to the prefix of a checkpoint's keys. */
final class PrefixStep {
    private static final String KEY = "prefix";

    private final String option;
    private final ModelDraft model;
    private final ModifierContext context;

    PrefixStep(String option, ModelDraft model, ModifierContext context) {
        this.option = option;
        this.model = model;
        this.context = context;
    }

    /** The one prefix to use; empty after an error. */
    Optional<Prefix> decide(SourceCheckpoint source, SourceTensors tensors, Rules rules) {
        return switch (option) {
            case "auto" -> search(tensors, rules);
            case "none" -> Optional.of(new Prefix.None());
            default -> given(option.endsWith(".") ? option : option + ".", source.uri(), tensors);
        };
    }

    private Optional<Prefix> search(SourceTensors tensors, Rules rules) {
        PrefixSearch.Best best = new PrefixSearch(model, rules).search(tensors);
        if (best.prefixes().size() > 1) {
            context.error(
                    ProblemCode.AMBIGUOUS_PREFIX,
                    KEY,
                    "the checkpoint's keys fit " + best.score().met() + " of "
                            + model.tensors().size()
                            + " tensors of the model in " + best.prefixes().size() + " ways: "
                            + list(best.prefixes(), "; ", Prefix::description),
                    "say which one is meant: prefix = " + list(best.prefixes(), " or ", Prefix::option));
            return Optional.empty();
        }
        Prefix prefix = best.prefixes().get(0);
        Collection<String> names = tensors.keys().keySet();
        long keys =
                names.stream().filter(name -> prefix.apply(name).isPresent()).count();
        if (prefix instanceof Prefix.Strip strip) {
            context.warn("prefix `" + strip.text() + "` stripped from " + keys + " of " + names.size()
                    + " keys of the checkpoint");
        } else if (prefix instanceof Prefix.Add add) {
            context.warn("prefix `" + add.text() + "` added to the " + keys + " keys of the checkpoint");
        }
        return Optional.of(prefix);
    }

    private Optional<Prefix> given(String prefix, String uri, SourceTensors tensors) {
        List<String> keys = List.copyOf(tensors.keys().keySet());
        List<String> names = model.tensors().stream().map(DraftTensor::name).toList();
        if (keys.stream().anyMatch(key -> key.startsWith(prefix))) {
            return Optional.of(new Prefix.Strip(prefix));
        }
        if (names.stream().anyMatch(name -> name.startsWith(prefix))) {
            return Optional.of(new Prefix.Add(prefix));
        }
        context.error(
                ProblemCode.UNMATCHED_RULE,
                KEY,
                "neither a key of `" + uri + "` nor a name of the model starts with `" + prefix + "`",
                "the checkpoint has " + FirstFew.names(keys) + "; the model has " + FirstFew.names(names));
        return Optional.empty();
    }

    private static String list(List<Prefix> prefixes, String separator, Function<Prefix, String> text) {
        return prefixes.stream().map(text).collect(Collectors.joining(separator));
    }
}
