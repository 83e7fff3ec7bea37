package io.graft.modifiers.lora.placing;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How names of the adapter become names of the model: as they are, or with the beginning that all of them share left out, or
 * with one added, where the checkpoint was saved from another level of the model than the adapter.
 */
public final class NameMapping {
    /**
     * A tensor that the model has to have for an adapter.
     *
     * @param names what it may be called, as the adapter calls it, the likeliest first
     * @param fits which shapes it may have
     */
    public record Wanted(List<String> names, Predicate<Shape> fits) {}

    private final ModelDraft model;
    private final Renaming renaming;
    private final String dropped;
    private final String added;

    private NameMapping(ModelDraft model, Renaming renaming, String dropped, String added) {
        this.model = model;
        this.renaming = renaming;
        this.dropped = dropped;
        this.added = added;
    }

    /** The one by which everything that is wanted is found, or the one that an option gives. */
    public static NameMapping of(
            List<Wanted> wanted, String prefix, Renaming renaming, ModelDraft model, Findings findings) {
        NameMapping plain = new NameMapping(model, renaming, "", "");
        if (prefix.equals("none") || wanted.isEmpty()) {
            return plain;
        }
        if (!prefix.equals("auto")) {
            boolean starts = wanted.stream()
                    .flatMap(tensor -> tensor.names().stream())
                    .map(renaming::of)
                    .anyMatch(name -> name.startsWith(prefix));
            return starts ? new NameMapping(model, renaming, prefix, "") : new NameMapping(model, renaming, "", prefix);
        }
        return wanted.stream().anyMatch(plain::fits) ? plain : search(wanted, plain, findings);
    }

    private static NameMapping search(List<Wanted> wanted, NameMapping plain, Findings findings) {
        Collection<NameMapping> others = plain.others(wanted.get(0));
        List<NameMapping> found = others.stream()
                .filter(other -> wanted.stream().allMatch(other::fits))
                .toList();
        if (found.isEmpty()) {
            // Those with the names and other shapes: they tell best what is wrong.
            return others.stream()
                    .filter(other -> wanted.stream()
                            .allMatch(tensor -> other.find(tensor.names()).isPresent()))
                    .findFirst()
                    .orElse(plain);
        }
        NameMapping first = found.get(0);
        if (found.size() > 1) {
            findings.error(
                    ProblemCode.AMBIGUOUS_PREFIX,
                    "the adapter fits the model in " + found.size() + " ways: "
                            + found.stream().map(NameMapping::description).collect(Collectors.joining("; ")),
                    "say which one is meant: prefix = "
                            + found.stream()
                                    .map(other -> "\"" + other.dropped + other.added + "\"")
                                    .collect(Collectors.joining(" or ")));
        } else {
            findings.warn(
                    first.added.isEmpty()
                            ? "the names of the adapter begin with `" + first.dropped
                                    + "`, which those of the model lack; it is left out"
                            : "the names of the model begin with `" + first.added
                                    + "`, which those of the adapter lack; it is added");
        }
        return first;
    }

    /** Every beginning of a name, and every beginning of a name of the model that ends as it does. */
    private Collection<NameMapping> others(Wanted wanted) {
        List<NameMapping> others = new ArrayList<>();
        for (String name : wanted.names().stream().map(renaming::of).toList()) {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                others.add(new NameMapping(model, renaming, name.substring(0, dot + 1), ""));
            }
            model.tensors().stream()
                    .filter(tensor -> tensor.name().endsWith("." + name))
                    .map(tensor -> tensor.name().substring(0, tensor.name().length() - name.length()))
                    .forEach(beginning -> others.add(new NameMapping(model, renaming, "", beginning)));
        }
        return others.stream()
                .collect(Collectors.toMap(
                        NameMapping::description, other -> other, (one, same) -> one, LinkedHashMap::new))
                .values();
    }

    /** Whether everything is found under the names that other rules give, with some beginning left out or added. */
    boolean wouldFind(List<Wanted> wanted, Renaming others) {
        NameMapping plain = new NameMapping(model, others, "", "");
        return wanted.stream().allMatch(plain::fits)
                || plain.others(wanted.get(0)).stream()
                        .anyMatch(other -> wanted.stream().allMatch(other::fits));
    }

    private String description() {
        return added.isEmpty() ? "`" + dropped + "` left out" : "`" + added + "` added";
    }

    /** The model's own tensor of a name; empty if it has none. */
    public Optional<DraftTensor> find(String name) {
        return renaming.of(name).startsWith(dropped)
                ? model.tree().findTensor(nameInModel(name)).flatMap(model::find)
                : Optional.empty();
    }

    /** The first tensor that the model has of several names. */
    public Optional<DraftTensor> find(List<String> names) {
        return names.stream().flatMap(name -> find(name).stream()).findFirst();
    }

    /** The nearest names that the model has, as a question; empty if none is near. */
    public String nearest(String name) {
        return Suggestions.didYouMean(model.tree().nearest(nameInModel(name)));
    }

    /** What the name is or would be in the model. */
    public String nameInModel(String name) {
        String renamed = renaming.of(name);
        return added + (renamed.startsWith(dropped) ? renamed.substring(dropped.length()) : renamed);
    }

    private boolean fits(Wanted wanted) {
        return wanted.names().stream()
                .flatMap(name -> find(name).stream())
                .anyMatch(tensor -> wanted.fits().test(tensor.shape()));
    }
}
