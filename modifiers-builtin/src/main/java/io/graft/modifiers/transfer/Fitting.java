package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.transfer.TransferLearningOptions.DtypeMismatch;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides for each entry of a checkpoint which tensor of the model it fills, or why it fills none. */
final class Fitting {
    private final TransferLearningOptions options;
    private final ModelDraft model;
    private final Scope scope;
    private final Alignments alignments;
    private final ModifierContext context;
    private final List<Skip> skips = new ArrayList<>();

    Fitting(
            TransferLearningOptions options,
            ModelDraft model,
            Scope scope,
            Alignments alignments,
            ModifierContext context) {
        this.options = options;
        this.model = model;
        this.scope = scope;
        this.alignments = alignments;
        this.context = context;
    }

    Fit fit(SourceCheckpoint source, List<Candidate> candidates) {
        Map<String, Map<String, List<Candidate>>> byFirstName = new HashMap<>();
        for (Candidate candidate : candidates) {
            Optional<DraftTensor> target =
                    model.tree().findTensor(candidate.name()).flatMap(model::find);
            Optional<Scope.Exclusion> exclusion = target.flatMap(tensor -> scope.exclusion(tensor.name()));
            if (target.isEmpty()) {
                skips.add(new Skip(candidate, SkipReason.NOT_IN_MODEL, notInModel(candidate)));
            } else if (exclusion.isPresent()) {
                skips.add(new Skip(
                        candidate, exclusion.get().reason(), exclusion.get().detail()));
            } else {
                byFirstName
                        .computeIfAbsent(scope.firstName(target.get().name()), unused -> new LinkedHashMap<>())
                        .computeIfAbsent(target.get().name(), unused -> new ArrayList<>())
                        .add(candidate);
            }
        }
        List<Load> loads = new ArrayList<>();
        for (DraftTensor target : scope.toFill()) {
            List<Load> fitting = new ArrayList<>();
            byFirstName.getOrDefault(target.name(), Map.of()).forEach((name, rivals) -> {
                DraftTensor tensor = model.find(name).orElseThrow();
                if (rivals.size() == 1) {
                    fit(rivals.get(0), tensor, source.tensor(rivals.get(0).entry()))
                            .ifPresent(fitting::add);
                } else {
                    reportCollision(tensor, rivals);
                }
            });
            new TiedLoads(model, scope, context).choose(fitting).ifPresent(loads::add);
        }
        return new Fit(loads, skips);
    }

    private static String notInModel(Candidate candidate) {
        return candidate.name().equals(candidate.entry().name()) ? "" : "as `" + candidate.name() + "`";
    }

    /** What the candidate gives the tensor; empty if that was reported, as an error or as skipped. */
    private Optional<Load> fit(Candidate candidate, DraftTensor target, LazyTensor value) {
        if (value.dtype() != target.dtype() && !isCastable(value, target)) {
            skips.add(new Skip(
                    candidate,
                    SkipReason.DTYPE_REFUSED,
                    value.dtype() + " in the checkpoint, " + target.dtype() + " in the model"));
        } else if (alignments.has(target.name())) {
            return alignments
                    .align(candidate.entry().name(), value, target)
                    .map(aligned -> new Load(candidate.entry(), target, aligned));
        } else if (value.shape().equals(target.shape())) {
            return Optional.of(new Load(candidate.entry(), target, value));
        } else if (options.allowScalarReshape() && isSingle(value.shape()) && isSingle(target.shape())) {
            return Optional.of(new Load(candidate.entry(), target, new ReshapedTensor(value, target.shape())));
        } else {
            skips.add(new Skip(
                    candidate,
                    SkipReason.SHAPE_MISMATCH,
                    value.shape() + " in the checkpoint, " + target.shape() + " in the model"));
        }
        return Optional.empty();
    }

    private boolean isCastable(LazyTensor value, DraftTensor target) {
        return options.dtypeMismatch() == DtypeMismatch.CAST
                && DTypeConversion.isSupported(value.dtype(), target.dtype());
    }

    private static boolean isSingle(Shape shape) {
        return shape.elementCount() == 1;
    }

    private void reportCollision(DraftTensor target, List<Candidate> rivals) {
        List<String> keys = rivals.stream().map(rival -> rival.entry().name()).toList();
        context.error(
                ProblemCode.NAME_COLLISION,
                options.rename().isEmpty() ? "checkpoint-path" : "rename",
                Quoting.names(keys) + " of the checkpoint would all fill `" + target.name() + "`",
                "give a `rename` rule that moves all but one of them elsewhere");
    }
}
