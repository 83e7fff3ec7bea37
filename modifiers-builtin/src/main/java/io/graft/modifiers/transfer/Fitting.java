package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SkipReason;
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
    /** A buffer of PyTorch's batch norm, which DJL's has not. */
    private static final String COUNTER = ".num_batches_tracked";

    private final TransferLearningOptions options;
    private final ModelDraft model;
    private final Scope scope;
    private final Alignments alignments;
    private final ModifierContext context;
    private final ModelNames names;
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
        this.names = new ModelNames(model);
    }

    Fit fit(List<Candidate> candidates) {
        Map<String, Map<String, List<Candidate>>> byFirstName = new HashMap<>();
        for (Candidate candidate : candidates) {
            Optional<DraftTensor> target = names.find(candidate.name());
            Optional<Scope.Exclusion> exclusion = target.flatMap(tensor -> scope.exclusion(tensor.name()));
            if (target.isEmpty()) {
                skips.add(notInModel(candidate));
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
                    fit(rivals.get(0), tensor).ifPresent(fitting::add);
                } else {
                    reportCollision(tensor, rivals);
                }
            });
            new TiedLoads(model, scope, context).choose(fitting).ifPresent(loads::add);
        }
        return new Fit(loads, skips);
    }

    private Skip notInModel(Candidate candidate) {
        String name = candidate.name();
        String detail = name.equals(candidate.key()) ? "" : "as `" + name + "`";
        if (name.endsWith(COUNTER) && names.has(name.substring(0, name.length() - COUNTER.length()), "running_mean")) {
            return new Skip(candidate, SkipReason.NOT_IN_MODEL, "the model's layer does not count batches", true);
        }
        return new Skip(candidate, SkipReason.NOT_IN_MODEL, detail);
    }

    /** What the candidate gives the tensor; empty if that was reported, as an error or as skipped. */
    private Optional<Load> fit(Candidate candidate, DraftTensor target) {
        LazyTensor value = candidate.value();
        if (value.dtype() != target.dtype() && !isCastable(value, target)) {
            skips.add(new Skip(
                    candidate,
                    SkipReason.DTYPE_REFUSED,
                    value.dtype() + " in the checkpoint, " + target.dtype() + " in the model"));
        } else if (alignments.has(target.name())) {
            return alignments
                    .align(candidate.key(), value, target)
                    .map(aligned -> new Load(candidate.key(), target, aligned));
        } else if (value.shape().equals(target.shape())) {
            return Optional.of(new Load(candidate.key(), target, value));
        } else if (options.allowScalarReshape() && isSingle(value.shape()) && isSingle(target.shape())) {
            return Optional.of(new Load(candidate.key(), target, new ReshapedTensor(value, target.shape())));
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
        List<String> keys = rivals.stream().map(Candidate::key).toList();
        context.error(
                ProblemCode.NAME_COLLISION,
                options.rename().isEmpty() ? "checkpoint-path" : "rename",
                Quoting.names(keys) + " of the checkpoint would all fill `" + target.name() + "`",
                "give a `rename` rule that moves all but one of them elsewhere");
    }
}
