package io.graft.apply.checkpoint;

import io.graft.ModelOpener;
import io.graft.ModelTarget;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model that is a checkpoint and nothing else: tensors without a forward. It is never changed; a run writes another one.
 */
@ModelTarget("checkpoint")
public final class CheckpointModelOpener implements ModelOpener {
    private final CheckpointModelOptions options;

    public CheckpointModelOpener(CheckpointModelOptions options) {
        this.options = options;
    }

    @Override
    public OpenedModel open(OpeningContext context) {
        SourceCheckpoint source = context.open(options.checkpoint());
        for (String warning : source.checkpoint().warnings()) {
            context.warn(ProblemCode.CHECKPOINT_WARNING, "checkpoint", "`" + source.uri() + "`: " + warning, "");
        }
        return OpenedModel.of(new CheckpointTarget(source, kinds(source.checkpoint(), context)));
    }

    private CheckpointKinds kinds(Checkpoint checkpoint, OpeningContext context) {
        ModuleTree tree = ModuleTree.ofNames(checkpoint.tensors().keySet());
        Set<String> buffers = new HashSet<>();
        for (int i = 0; i < options.buffers().size(); i++) {
            Selector selector = options.buffers().get(i);
            List<String> tensors = selector.select(tree).tensors();
            buffers.addAll(tensors);
            if (tensors.isEmpty()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "buffers[" + i + "]",
                        "`" + selector + "` matches no tensor of the model",
                        Suggestions.didYouMean(selector.nearest(tree)));
            }
        }
        // One tensor is a buffer under all of its names.
        checkpoint.ties().stream()
                .filter(names -> names.stream().anyMatch(buffers::contains))
                .forEach(buffers::addAll);
        return new CheckpointKinds(buffers);
    }
}
