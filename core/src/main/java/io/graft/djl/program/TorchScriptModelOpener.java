package io.graft.djl.program;

import io.graft.ModelOpener;
import io.graft.ModelTarget;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.SourceCheckpoint;
import io.graft.problem.ProblemCode;
import io.graft.torchscript.ScriptArchive;
import java.io.IOException;

/**
 * A TorchScript archive: a program with its tensors. It is never changed; a run writes another one, model.pt, which torch.jit.load and
 * DJL read.
 */
@ModelTarget("torchscript")
public final class TorchScriptModelOpener implements ModelOpener {
    private final TorchScriptModelOptions options;

    public TorchScriptModelOpener(TorchScriptModelOptions options) {
        this.options = options;
    }

    @Override
    public OpenedModel open(OpeningContext context) throws IOException {
        SourceCheckpoint source = context.open(options.torchscript());
        for (String warning : source.checkpoint().warnings()) {
            context.warn(ProblemCode.CHECKPOINT_WARNING, "torchscript", "`" + source.uri() + "`: " + warning, "");
        }
        ScriptArchive archive = ScriptArchive.read(source.checkpoint());
        if (!archive.misunderstood().isEmpty()) {
            context.warn(
                    ProblemCode.CHECKPOINT_WARNING,
                    "torchscript",
                    "`" + source.uri()
                            + "`: Graft has put parametrizations into its program, and what is told of them in"
                            + " `extra/graft.json` is not understood: " + archive.misunderstood()
                            + "; what they own are parameters like any other, and they cannot be folded",
                    "fold them with the version of Graft that put them there, or begin from the archive as it was before");
        }
        if (archive.isFrozen()) {
            context.warn(
                    ProblemCode.CHECKPOINT_WARNING,
                    "torchscript",
                    "`" + source.uri()
                            + "`: torch.jit.freeze has made its modules' tensors constants of its program, so that it"
                            + " runs, and none of them can be named or changed",
                    "modify the module as it was before torch.jit.freeze");
        }
        TorchScriptTarget target = new TorchScriptTarget(source, archive);
        return OpenedModel.of(target, target::release);
    }

    @Override
    public boolean hasOwnFormat() {
        return true;
    }
}
