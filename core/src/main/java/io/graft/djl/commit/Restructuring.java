package io.graft.djl.commit;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import io.graft.djl.commit.PlannedModules.Edit;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.Probe;
import io.graft.djl.swap.Children;
import io.graft.djl.swap.Places;
import io.graft.djl.swap.StillBlocks;
import io.graft.djl.swap.SwapJournal;
import io.graft.djl.tree.BlockTree;
import io.graft.extension.Thrown;
import io.graft.model.tree.DottedPath;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts the modules of a plan into a block, and takes others away. All of it can be undone until the commit is final. */
final class Restructuring {
    private final PlannedModules modules;
    private final Block root;
    private final SwapJournal swaps = new SwapJournal();
    private final List<NDManager> managers = new ArrayList<>();

    Restructuring(PlannedModules modules, Block block) {
        this.modules = modules;
        this.root = ModifiedBlock.unwrapped(block);
    }

    /**
     * What a block cannot do.
     *
     * @param blocks all of it, by their paths
     */
    void check(Map<String, Block> blocks, Refusals refusals) {
        if (modules.isEmpty()) {
            return;
        }
        modules.nested().forEach(refusals::nested);
        Map<String, Integer> sizes = new HashMap<>();
        for (Edit edit : modules.edits().values()) {
            if (edit.kind() == PlannedModules.Kind.REPLACE) {
                checkReplaced(edit, blocks, refusals);
            } else {
                checkLast(edit, blocks, sizes, refusals);
            }
            edit.source()
                    .filter(source -> maker(edit, blocks.get(edit.path())).isEmpty())
                    .ifPresent(source -> refusals.unmade(edit.path(), source.description()));
        }
    }

    private void checkReplaced(Edit edit, Map<String, Block> blocks, Refusals refusals) {
        Block old = existing(blocks, edit.path());
        List<String> others = others(edit.path(), old, blocks);
        if (!others.isEmpty()) {
            refusals.shared(edit.path(), others);
            return;
        }
        maker(edit, old)
                .flatMap(maker -> Places.of(root, List.of(old)).refusal(old, maker.type()))
                .ifPresent(reason -> refusals.unreachable(edit.path(), reason));
    }

    /** A list runs what comes after the others, and does without the last one. */
    private void checkLast(Edit edit, Map<String, Block> blocks, Map<String, Integer> sizes, Refusals refusals) {
        String parentPath = DottedPath.parent(edit.path());
        Block parent = existing(blocks, parentPath);
        if (Children.of(parent).isEmpty() || !others(parentPath, parent, blocks).isEmpty()) {
            refusals.notInList(edit, StillBlocks.type(parent).getSimpleName());
            return;
        }
        int size = sizes.getOrDefault(parentPath, parent.getChildren().size());
        boolean adds = edit.kind() == PlannedModules.Kind.ADD;
        String place = (parentPath.isEmpty() ? "" : parentPath + ".") + (adds ? size : size - 1);
        if (!place.equals(edit.path())) {
            refusals.notLast(edit, place);
        }
        sizes.put(parentPath, size + (adds ? 1 : -1));
    }

    private static List<String> others(String path, Block block, Map<String, Block> blocks) {
        return blocks.entrySet().stream()
                .filter(entry -> entry.getValue() == block && !entry.getKey().equals(path))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Block existing(Map<String, Block> blocks, String path) {
        return Optional.ofNullable(blocks.get(path))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the plan is for another model: this one has no module `" + path + "`"));
    }

    /** How the module of an edit is made. */
    private record Maker(Class<? extends Block> type, Making making) {}

    private interface Making {
        Block make(NDManager manager);
    }

    private static Optional<Maker> maker(Edit edit, @Nullable Block old) {
        return edit.source()
                .flatMap(source -> source instanceof BlockMaker maker
                        ? Optional.of(new Maker(maker.blockType(), manager -> maker.make(manager, edit.path())))
                        : Optional.of(source)
                                .filter(told -> LinearMaker.isMeant(told, Optional.ofNullable(old)))
                                .flatMap(told -> LinearMaker.of(told, edit.path()))
                                .map(linear -> new Maker(Linear.class, linear::make)));
    }

    /**
     * Does it.
     *
     * @throws IllegalArgumentException if the model runs no more; it is not undone then
     */
    void carryOut() {
        if (modules.isEmpty()) {
            return;
        }
        NDManager scope = manager();
        Optional<Probe.Inputs> inputs = new Probe(root, scope).inputs();
        for (Edit edit : modules.edits().values()) {
            carryOut(edit, BlockTree.of(root).blocks());
        }
        inputs.ifPresent(tried -> runs(new Probe(root, scope), tried));
    }

    private void carryOut(Edit edit, Map<String, Block> blocks) {
        Block old = blocks.get(edit.path());
        switch (edit.kind()) {
            case REPLACE -> Places.of(root, List.of(old)).exchange(old, made(edit, old), swaps);
            case ADD ->
                Children.of(blocks.get(DottedPath.parent(edit.path())))
                        .orElseThrow()
                        .append(made(edit, null), swaps);
            case REMOVE ->
                Children.of(blocks.get(DottedPath.parent(edit.path())))
                        .orElseThrow()
                        .removeLast(swaps);
        }
    }

    private Block made(Edit edit, @Nullable Block old) {
        return maker(edit, old).orElseThrow().making().make(manager());
    }

    /** What is made lives as long as the model, wherever its own arrays live. */
    private NDManager manager() {
        NDManager manager = root.getParameters().values().stream()
                .filter(Parameter::isInitialized)
                .findFirst()
                .map(parameter -> parameter.getArray().getManager())
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "a block without parameters has nowhere to keep those of a module: put it into a model that has some"))
                .newSubManager();
        managers.add(manager);
        return manager;
    }

    private void runs(Probe probe, Probe.Inputs inputs) {
        try {
            probe.run(inputs);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError failure) {
            throw new IllegalArgumentException(
                    "the model does not run with "
                            + FirstFew.names(List.copyOf(modules.edits().keySet())) + " changed: "
                            + Thrown.sentence(Thrown.root(failure)),
                    failure);
        }
    }

    void undo() {
        swaps.undo();
        managers.forEach(NDManager::close);
        managers.clear();
    }
}
