package io.graft.modifiers.renaming;

import io.graft.ModifierContext;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import io.graft.model.Trainability;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.RuledTensors;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What rules left, as edits of the draft. */
final class Restructuring {
    private final RuledTensors ruled;
    private final ModelDraft model;
    private final ModifierContext context;
    private final Map<String, String> newNames = new LinkedHashMap<>();
    private final List<RuledTensor> made;
    /** Names of tensors that others are made of. */
    private final Set<String> taken = new LinkedHashSet<>();

    Restructuring(RuledTensors ruled, ModelDraft model, ModifierContext context) {
        this.ruled = ruled;
        this.model = model;
        this.context = context;
        this.made = ruled.tensors().stream().filter(RuledTensor::isMoved).toList();
        made.forEach(tensor -> taken.addAll(tensor.keys()));
        ruled.tensors().stream()
                .filter(tensor -> !tensor.isMoved() && !tensor.name().equals(tensor.key()))
                .forEach(tensor -> newNames.put(tensor.key(), tensor.name()));
    }

    boolean isEmpty() {
        return newNames.isEmpty() && made.isEmpty() && ruled.leftOut().isEmpty();
    }

    /** Reports tensors that cannot be taken apart. */
    void check() {
        for (String name : taken) {
            DraftTensor tensor = model.find(name).orElseThrow();
            if (!tensor.parametrizations().isEmpty() && !tensor.cameStored()) {
                context.error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rename",
                        "`" + name + "` is parametrized, and a rule moves its elements",
                        "fold what is on it, or take it off, first");
            }
        }
    }

    /**
     * Edits the draft.
     *
     * @throws IllegalArgumentException if two tensors would have one name
     */
    void run() {
        List<Training> trainings =
                made.stream().map(tensor -> Training.of(tensor, model)).toList();
        List<String> folded = taken.stream()
                .filter(name -> model.find(name).orElseThrow().cameStored())
                .toList();
        if (!folded.isEmpty()) {
            context.warn("stored as codes before, and plain now: " + FirstFew.names(folded));
        }
        if (!ruled.leftOut().isEmpty()) {
            context.warn("removed, because the running model has none of the name: "
                    + FirstFew.names(ruled.leftOut().keySet()));
        }
        ruled.leftOut().keySet().forEach(model::remove);
        taken.forEach(model::remove);
        model.rename(newNames);
        for (int each = 0; each < made.size(); each++) {
            RuledTensor tensor = made.get(each);
            Training training = trainings.get(each);
            model.add(tensor.name(), training.kind(), tensor.value());
            model.cast(tensor.name(), training.like().dtype());
            if (training.kind() == TensorKind.PARAMETER) {
                model.train(tensor.name(), training.when());
            }
            if (training.isMixed()) {
                context.warn("`" + tensor.name() + "` is made of tensors that are trained at different times, and is "
                        + "trained always: " + FirstFew.names(tensor.keys()));
            }
        }
    }

    /**
     * What a tensor keeps of those that it is made of.
     *
     * @param like the first of them
     * @param isMixed whether they differ in when they are trained
     */
    private record Training(DraftTensor like, TensorKind kind, Trainability when, boolean isMixed) {
        static Training of(RuledTensor tensor, ModelDraft model) {
            List<DraftTensor> parts = tensor.keys().stream()
                    .map(key -> model.find(key).orElseThrow())
                    .toList();
            DraftTensor first = parts.get(0);
            boolean isMixed =
                    parts.stream().map(DraftTensor::trainability).distinct().count() > 1;
            TensorKind kind = parts.stream().allMatch(part -> part.kind() == TensorKind.BUFFER)
                    ? TensorKind.BUFFER
                    : TensorKind.PARAMETER;
            return new Training(first, kind, isMixed ? Trainability.always() : first.trainability(), isMixed);
        }
    }
}
