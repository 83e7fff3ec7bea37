package io.graft.model.rules;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.problem.FirstFew;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What rules left of a model's state dict, as edits of its draft. */
public final class Restructuring {
    private final RuledTensors ruled;
    private final ModelDraft model;
    private final Map<String, String> newNames = new LinkedHashMap<>();
    private final List<RuledTensor> made;
    /** Names of tensors that others are made of. */
    private final Set<String> taken = new LinkedHashSet<>();

    /** Names of tensors that stay, maybe under another one. */
    private final Set<String> kept = new LinkedHashSet<>();

    /**
     * @param ruled the tensors of the draft after the rules
     */
    public Restructuring(RuledTensors ruled, ModelDraft model) {
        this.ruled = ruled;
        this.model = model;
        this.made = ruled.tensors().stream().filter(RuledTensor::isMoved).toList();
        made.forEach(tensor -> taken.addAll(tensor.keys()));
        ruled.tensors().stream().filter(tensor -> !tensor.isMoved()).forEach(tensor -> {
            kept.add(tensor.key());
            if (!tensor.name().equals(tensor.key())) {
                newNames.put(tensor.key(), tensor.name());
            }
        });
    }

    /** Whether nothing is to be done. */
    public boolean isEmpty() {
        return newNames.isEmpty() && made.isEmpty() && ruled.leftOut().isEmpty();
    }

    /** Names of tensors that others are to be made of, and that cannot be taken apart because something stands on them. */
    public List<String> inseparable() {
        return taken.stream()
                .filter(name -> {
                    DraftTensor tensor = model.find(name).orElseThrow();
                    return !tensor.parametrizations().isEmpty() && !tensor.cameStored();
                })
                .toList();
    }

    /**
     * Edits the draft.
     *
     * @return what a person should know of it, a sentence each
     * @throws IllegalArgumentException if two tensors would have one name
     */
    public List<String> run() {
        List<String> told = new ArrayList<>();
        List<Training> trainings =
                made.stream().map(tensor -> Training.of(tensor, model)).toList();
        List<String> folded = taken.stream()
                .filter(name -> model.find(name).orElseThrow().cameStored())
                .toList();
        if (!folded.isEmpty()) {
            told.add("stored as codes before, and plain now: " + FirstFew.names(folded));
        }
        ruled.leftOut().keySet().forEach(model::remove);
        taken.stream().filter(name -> !kept.contains(name)).forEach(model::remove);
        model.rename(newNames);
        for (int each = 0; each < made.size(); each++) {
            RuledTensor tensor = made.get(each);
            Training training = trainings.get(each);
            model.add(tensor.name(), training.kind(), tensor.value());
            model.cast(tensor.name(), training.dtype());
            if (training.kind() == TensorKind.PARAMETER) {
                model.train(tensor.name(), training.when());
            }
            if (training.isMixed()) {
                told.add("`" + tensor.name() + "` is made of tensors that are trained at different times, and is "
                        + "trained always: " + FirstFew.names(tensor.keys()));
            }
        }
        return told;
    }

    /**
     * What a tensor keeps of those that it is made of.
     *
     * @param dtype that of the first of them
     * @param isMixed whether they differ in when they are trained
     */
    private record Training(DType dtype, TensorKind kind, Trainability when, boolean isMixed) {
        static Training of(RuledTensor tensor, ModelDraft model) {
            List<DraftTensor> parts = tensor.keys().stream()
                    .map(key -> model.find(key).orElseThrow())
                    .toList();
            if (parts.isEmpty()) {
                DType own = tensor.value().dtype();
                return new Training(
                        own,
                        own.isFloatingPoint() ? TensorKind.PARAMETER : TensorKind.BUFFER,
                        Trainability.always(),
                        false);
            }
            DraftTensor first = parts.get(0);
            boolean isMixed =
                    parts.stream().map(DraftTensor::trainability).distinct().count() > 1;
            TensorKind kind = parts.stream().allMatch(part -> part.kind() == TensorKind.BUFFER)
                    ? TensorKind.BUFFER
                    : TensorKind.PARAMETER;
            return new Training(first.dtype(), kind, isMixed ? Trainability.always() : first.trainability(), isMixed);
        }
    }
}
