package io.graft.torchscript;

import io.graft.Plan;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a plan changes in an archive; a tensor with several names once, but for its flags.
 */
public final class ScriptChanges {
    private final ScriptArchive archive;
    private final Plan plan;
    private final Ties ties;
    private final List<DraftTensor> values = new ArrayList<>();
    private final List<DraftTensor> retyped = new ArrayList<>();
    private final List<DraftTensor> flags = new ArrayList<>();
    private final List<DraftTensor> parametrized = new ArrayList<>();
    private final List<DraftTensor> weights;
    private final StandingModules standing;
    private final ScriptRefusals refusals = new ScriptRefusals();

    /** One of the tensors that the plan stores as codes, by the dtype that they stay numbers of. */
    private final Map<DType, DraftTensor> quantized = new EnumMap<>(DType.class);

    private boolean weighted;

    private ScriptChanges(ScriptArchive archive, ModelDraft draft, Plan plan) {
        this.archive = archive;
        this.plan = plan;
        this.ties = Ties.of(plan.tensors());
        Map<String, DraftTensor> present = new HashMap<>();
        draft.tensors().forEach(tensor -> present.put(tensor.name(), tensor));
        plan.tensors().stream()
                .filter(tensor -> tensor.storage().isPresent() && !tensor.cameStored())
                .forEach(tensor -> quantized.putIfAbsent(tensor.dtype(), tensor));
        Set<String> kept = new HashSet<>();
        for (DraftTensor tensor : plan.tensors()) {
            kept.add(tensor.origin());
            if (tensor.origin().isEmpty()) {
                if (tensor.owner().isEmpty()) {
                    refusals.added(tensor);
                }
            } else if (present.containsKey(tensor.origin())) {
                compare(present.get(tensor.origin()), tensor);
            } else {
                throw new IllegalArgumentException(
                        "the plan is for another model: this one has no tensor named `" + tensor.origin() + "`");
            }
        }
        present.values().stream()
                .filter(tensor ->
                        !kept.contains(tensor.name()) && tensor.owner().isEmpty())
                .map(DraftTensor::name)
                .sorted()
                .forEach(refusals::removed);
        try {
            this.standing = StandingModules.of(archive, present.values(), plan.tensors());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        // The program is made anew with the weights of all adapters, if it is.
        this.weights =
                weighted && !isRecoded() ? archive.weights(new ModelDraft(List.of(), plan.tensors())) : List.of();
    }

    /**
     * Compares an archive with what a plan makes of it.
     *
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, Plan plan) {
        return of(archive, archive.draft(), plan);
    }

    /**
     * Compares a program that is open, and so may have other values than its archive, with what a plan makes of it.
     *
     * @param present how it is
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static ScriptChanges of(ScriptArchive archive, ModelDraft present, Plan plan) {
        return new ScriptChanges(archive, present, plan);
    }

    /** Tensors that get other values. */
    public List<DraftTensor> values() {
        return values;
    }

    /** Tensors that get another dtype or shape. */
    public List<DraftTensor> retyped() {
        return retyped;
    }

    /** Tensors whose trainability changes. */
    public List<DraftTensor> flags() {
        return flags;
    }

    /** Tensors on which other parametrizations stand than before. */
    public List<DraftTensor> parametrized() {
        return parametrized;
    }

    /** The tensors that hold weights of adapters, where these change. */
    public List<DraftTensor> weights() {
        return weights;
    }

    /** Modules that begin to stand still in training, being frozen, or that move again. */
    public List<String> turned() {
        return standing.turned();
    }

    /** The modules that stand still then. */
    StandingModules standing() {
        return standing;
    }

    /** Whether the archive stays as it is. */
    public boolean isEmpty() {
        return values.isEmpty() && retyped.isEmpty() && flags.isEmpty() && weights.isEmpty() && !isRecoded();
    }

    /** Whether the program has other code than before. */
    public boolean isRecoded() {
        return !parametrized.isEmpty() || !turned().isEmpty();
    }

    /** What an archive cannot do, and warnings. Whether code can be edited is known when it is, so that this makes the edits. */
    public List<Problem> problems() {
        List<Problem> found = refusals.problems();
        if (!isRecoded() || found.stream().anyMatch(Problem::isError)) {
            return found;
        }
        List<Problem> ofCode = new CodeTrial(archive, plan.tensors(), ties, standing).problems(parametrized);
        return Stream.concat(ofCode.stream(), found.stream()).toList();
    }

    /** The tensors whose parametrizations code cannot be edited for, each under the name that counts, with why. */
    Map<DraftTensor, String> uneditable() {
        return parametrized.isEmpty()
                ? Map.of()
                : new CodeTrial(archive, plan.tensors(), ties, standing).uneditable(parametrized);
    }

    private void compare(DraftTensor before, DraftTensor tensor) {
        if (!tensor.name().equals(before.name())) {
            refusals.renamed(tensor);
        }
        if (!tensor.tie().equals(before.tie())) {
            refusals.parted(tensor);
        }
        boolean typed = tensor.dtype() == before.dtype() && tensor.shape().equals(before.shape());
        boolean flagged = tensor.trainable() != before.trainable();
        boolean kept = tensor.storage().isPresent() || tensor.base().equals(before.base());
        boolean recoded = isRecoded(before, tensor, typed);
        if (typed && !flagged && kept && !recoded && !isWeighted(before, tensor)) {
            return;
        }
        if (archive.isFrozen() || archive.isLite()) {
            closed(tensor.name());
        } else {
            if (flagged) {
                flags.add(tensor);
            }
            if (recoded) {
                parametrized.add(tensor);
                checkForms(tensor);
            } else {
                weighted |= isWeighted(before, tensor);
            }
            if (ties.counts(tensor) && tensor.storage().isEmpty()) {
                value(before, tensor, typed);
            }
        }
    }

    /** Whether the program has to compute in another way. */
    private static boolean isRecoded(DraftTensor before, DraftTensor tensor, boolean typed) {
        List<Applied> old = before.parametrizations();
        List<Applied> now = tensor.parametrizations();
        boolean same = old.size() == now.size();
        for (int i = 0; same && i < now.size(); i++) {
            same = old.get(i).adapter().equals(now.get(i).adapter())
                    && old.get(i).parametrization().equals(now.get(i).parametrization());
        }
        return !same || (!typed && !now.isEmpty());
    }

    private static boolean isWeighted(DraftTensor before, DraftTensor tensor) {
        return IntStream.range(0, tensor.parametrizations().size())
                .anyMatch(i -> tensor.parametrizations().get(i).weight()
                        != before.parametrizations().get(i).weight());
    }

    private void checkForms(DraftTensor tensor) {
        CodeTrial.limit(tensor).ifPresent(refusals::code);
    }

    private void closed(String name) {
        if (archive.isFrozen()) {
            refusals.frozen(name);
        } else {
            refusals.lite(name);
        }
    }

    private void value(DraftTensor before, DraftTensor tensor, boolean typed) {
        if (before.storage().isPresent()) {
            retyped.add(tensor);
            return;
        }
        if (typed) {
            if (!tensor.base().equals(before.base())) {
                values.add(tensor);
            }
            return;
        }
        if (!archive.storages()
                .isAlone(archive.find(tensor.origin()).orElseThrow().value())) {
            refusals.shared(tensor);
        }
        if (TorchTypes.scriptStorageOf(tensor.dtype()).isEmpty()) {
            refusals.unholdable(tensor);
        }
        if (tensor.dtype() != before.dtype() && quantized.containsKey(before.dtype())) {
            refusals.castBeside(before, tensor, quantized.get(before.dtype()));
        } else {
            refusals.retyped(before, tensor);
        }
        retyped.add(tensor);
    }
}
