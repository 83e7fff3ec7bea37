package io.graft.djl.commit;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Plan;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.tree.BlockTensor;
import io.graft.djl.tree.BlockTree;
import io.graft.model.DraftTensor;
import io.graft.model.modules.ModuleTensor;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Compares a block with what a plan makes of it. */
final class Comparison {
    private final Plan plan;
    private final Block block;
    private final Wrapping wrapping;
    private final boolean restructured;
    private final PlannedModules modules;
    private final BlockTree tree;
    private final Map<String, DraftTensor> present;
    private final Map<String, DraftTensor> described = new TreeMap<>();

    /** Values that a new module has when it is made, by the names of its tensors. */
    private final Map<String, LazyTensor> made = new HashMap<>();

    private final List<InPlace.Values> values = new ArrayList<>();
    private final List<InPlace.Flag> flags = new ArrayList<>();
    private final Refusals refusals = new Refusals();

    /**
     * @param restructured whether the block has the modules that the plan brings
     */
    Comparison(Plan plan, Block block, Wrapping wrapping, boolean restructured) {
        this.plan = plan;
        this.block = block;
        this.wrapping = wrapping;
        this.restructured = restructured;
        this.modules = PlannedModules.of(plan);
        this.tree = BlockTree.of(block);
        this.present = tree.tensors();
        modules.edits().values().forEach(this::describe);
    }

    private void describe(PlannedModules.Edit edit) {
        edit.source().ifPresent(source -> {
            for (ModuleTensor tensor : source.tensors(edit.path())) {
                String name = edit.path() + "." + tensor.name();
                described.put(name, DraftTensor.initial(name, Set.of(), tensor.kind(), true, tensor.initial()));
                if (source instanceof BlockMaker) {
                    made.put(name, tensor.initial());
                }
            }
        });
    }

    BlockChanges changes() {
        Set<String> kept = new HashSet<>();
        Set<String> filled = new HashSet<>();
        IdentityHashMap<Parameter, DraftTensor> seen = new IdentityHashMap<>();
        for (DraftTensor tensor : plan.tensors()) {
            boolean brought = modules.bringing(tensor).isPresent();
            (brought ? filled : kept).add(brought ? tensor.name() : tensor.origin());
            if (brought && !restructured) {
                Optional.ofNullable(described.get(tensor.name()))
                        .ifPresentOrElse(before -> refusals.check(before, tensor), () -> refusals.added(tensor));
            } else if (tensor.origin().isEmpty() && !brought) {
                unknown(tensor);
            } else {
                compare(before(tensor).orElseThrow(() -> otherModel(tensor)), tensor, seen);
            }
        }
        present.values().stream()
                .filter(tensor -> tensor.owner().isEmpty() && !kept.contains(tensor.name()))
                .filter(tensor -> !(restructured ? filled.contains(tensor.name()) : modules.takeAway(tensor.name())))
                .forEach(tensor -> refusals.removed(tensor.name()));
        if (!restructured) {
            described.keySet().stream().filter(name -> !filled.contains(name)).forEach(refusals::removed);
            new Restructuring(modules, block).check(tree.blocks(), refusals);
        }
        PlannedStacks stacks = stacks();
        return new BlockChanges(values, flags, stacks, training(stacks), refusals.problems());
    }

    /** The block has no tensor for it and gets none with a module. */
    private void unknown(DraftTensor tensor) {
        if (tensor.owner().isEmpty()) {
            refusals.added(tensor);
        } else {
            refusals.scheduled(tensor);
        }
    }

    private void compare(DraftTensor before, DraftTensor tensor, IdentityHashMap<Parameter, DraftTensor> seen) {
        Parameter parameter = ((BlockTensor) before.base()).parameter();
        refusals.check(before, tensor);
        DraftTensor other = seen.putIfAbsent(parameter, tensor);
        if (other != null) {
            refusals.checkTie(other, tensor);
            return;
        }
        boolean hasValues =
                !tensor.base().equals(before.base()) && !tensor.base().equals(made.get(tensor.name()));
        // What a storage holds is made of the new values, and the parameter's own are given up.
        if (hasValues && tensor.storage().isEmpty()) {
            values.add(new InPlace.Values(parameter, tensor));
        }
        if (tensor.trainable() != before.trainable()) {
            flags.add(new InPlace.Flag(tensor.name(), parameter, tensor.trainable()));
        }
    }

    /** The block's own for a tensor of the plan. */
    private Optional<DraftTensor> before(DraftTensor tensor) {
        boolean brought = modules.bringing(tensor).isPresent();
        return brought && !restructured
                ? Optional.empty()
                : Optional.ofNullable(present.get(brought ? tensor.name() : tensor.origin()));
    }

    private PlannedStacks stacks() {
        PlannedStacks stacks = PlannedStacks.of(
                block,
                plan.tensors(),
                this::before,
                block instanceof ModifiedBlock modified ? modified.owned().values() : List.of());
        if (stacks.changed()) {
            stacks.check(refusals);
            if (wrapping == Wrapping.NEVER && !(block instanceof ModifiedBlock)) {
                stacks.tensors().values().forEach(refusals::unwrappable);
            }
        }
        return stacks;
    }

    private Optional<PlannedTraining> training(PlannedStacks stacks) {
        if (flags.isEmpty() && modules.isEmpty() && !stacks.changed()) {
            return Optional.empty();
        }
        // What goes with its module is not in the way of anything.
        PlannedTraining training =
                PlannedTraining.of(plan, path -> !restructured && modules.takeAway(path + "."), wrapping);
        training.check(block, tree.blocks(), wrapping, refusals);
        return Optional.of(training);
    }

    private IllegalArgumentException otherModel(DraftTensor tensor) {
        return new IllegalArgumentException(
                tensor.origin().isEmpty()
                        ? "a factory made another module than when it was planned: it has no `" + tensor.name()
                                + "` now"
                        : "the plan is for another model: this one has no tensor named `" + tensor.origin() + "`");
    }
}
