package io.graft.apply;

import io.graft.GraftException;
import io.graft.OpenedModel;
import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.ConfigCursor;
import io.graft.djl.BlockModel;
import io.graft.djl.BlockModelException;
import io.graft.djl.BlockSource;
import io.graft.model.ModuleTree;
import io.graft.model.Selector;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Opens the model that a run is for. */
final class ModelOpener {
    private final ClassLoader loader;

    /**
     * @param loader where block factories are looked for
     */
    ModelOpener(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Opens the model that the configuration names.
     *
     * @throws GraftException if it cannot be opened
     */
    OpenedModel open(Configuration configuration) {
        ModelSection section = configuration.file().model().orElseThrow();
        if (section instanceof ModelSection.CheckpointModel checkpoint) {
            return open(checkpoint, configuration);
        }
        BlockModel block = openBlock(configuration);
        return new OpenedModel(block.target(), List.of(), block::close);
    }

    /**
     * Opens the checkpoint that the configuration names.
     *
     * @throws GraftException if it cannot be opened, or the model is none
     */
    OpenedModel openCheckpoint(Configuration configuration) {
        ModelSection section = configuration.file().model().orElseThrow();
        if (section instanceof ModelSection.CheckpointModel checkpoint) {
            return open(checkpoint, configuration);
        }
        throw configuration.failure(
                section.cursor()
                        .error(
                                ProblemCode.UNSUPPORTED_CHANGE,
                                "a block is made anew by each process, with values of its own, and so cannot be written in parts",
                                "write it in one run, or modify a checkpoint"),
                null);
    }

    /**
     * Makes the block that the configuration names.
     *
     * @throws GraftException if it cannot be made, or the model is none
     */
    BlockModel openBlock(Configuration configuration) {
        ModelSection section = configuration.file().model().orElseThrow();
        if (!(section instanceof ModelSection.NativeBlock block)) {
            throw configuration.failure(
                    section.cursor()
                            .at("checkpoint")
                            .error(
                                    ProblemCode.MALFORMED_VALUE,
                                    "a checkpoint alone cannot be run: it has tensors and no forward",
                                    "name the model as `block-factory`, and load the checkpoint with a modifier"),
                    null);
        }
        BlockSource source =
                new BlockSource(block.factory(), configuration.folder(), block.arguments(), block.inputShapes());
        try {
            return BlockModel.open(source, loader);
        } catch (BlockModelException unusable) {
            throw configuration.failure(problem(unusable, section.cursor()), unusable);
        }
    }

    private static OpenedModel open(ModelSection.CheckpointModel section, Configuration configuration) {
        ConfigCursor at = section.cursor().at("checkpoint");
        try {
            SourceCheckpoint source = configuration.checkpoints().open(section.checkpoint());
            List<Problem> warnings = source.checkpoint().warnings().stream()
                    .map(warning ->
                            at.warning(ProblemCode.CHECKPOINT_WARNING, "`" + source.uri() + "`: " + warning, ""))
                    .toList();
            TargetModel target = new CheckpointTarget(source, kinds(section, source.checkpoint(), configuration));
            return new OpenedModel(target, warnings, () -> {});
        } catch (CheckpointException unusable) {
            throw configuration.failure(
                    configuration.checkpoints().problem(unusable, at.path(), at.source(), List.of()), unusable);
        }
    }

    private static CheckpointKinds kinds(
            ModelSection.CheckpointModel section, Checkpoint checkpoint, Configuration configuration) {
        ModuleTree tree = ModuleTree.ofNames(checkpoint.tensors().keySet());
        Set<String> buffers = new HashSet<>();
        List<Problem> problems = new ArrayList<>(configuration.problems());
        for (int i = 0; i < section.buffers().size(); i++) {
            Selector selector = section.buffers().get(i);
            List<String> tensors = selector.select(tree).tensors();
            buffers.addAll(tensors);
            if (tensors.isEmpty()) {
                problems.add(section.cursor()
                        .at("buffers")
                        .elements()
                        .get(i)
                        .error(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "`" + selector + "` matches no tensor of the model",
                                Suggestions.didYouMean(selector.nearest(tree))));
            }
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            throw configuration.failure(problems, null, null);
        }
        // One tensor is a buffer under all of its names.
        checkpoint.ties().stream()
                .filter(names -> names.stream().anyMatch(buffers::contains))
                .forEach(buffers::addAll);
        return new CheckpointKinds(buffers);
    }

    private static Problem problem(BlockModelException failure, ConfigCursor section) {
        OptionPath at = OptionPath.of(section, failure.key());
        return new Problem(
                failure.code(), Severity.ERROR, at.text(), at.source(), failure.detail(), List.of(), failure.help());
    }
}
