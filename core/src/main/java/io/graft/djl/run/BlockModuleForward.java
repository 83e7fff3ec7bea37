package io.graft.djl.run;

import ai.djl.nn.Block;
import io.graft.ModuleForward;
import io.graft.NamedTensor;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.swap.Places;
import io.graft.djl.swap.SwapJournal;
import io.graft.djl.tree.BlockTree;
import io.graft.problem.ProblemCode;
import java.util.List;

/**
 * A native block, run for what one of the blocks in it gives. The first run is whole, which shows how often that block runs; the others
 * end with it.
 */
public final class BlockModuleForward implements ModuleForward {
    private final ForwardPass pass;
    private final String module;
    private final ModuleOutput output;
    private final SwapJournal journal;
    private boolean isFirst = true;

    private BlockModuleForward(ForwardPass pass, String module, ModuleOutput output, SwapJournal journal) {
        this.pass = pass;
        this.module = module;
        this.output = output;
        this.journal = journal;
    }

    /**
     * @throws BlockModelException if nothing can stand in the module's place
     */
    public static BlockModuleForward of(ForwardPass pass, Block root, String module) {
        Block base = ModifiedBlock.unwrapped(root);
        Block wanted = BlockTree.of(base).blocks().get(module);
        ModuleOutput output = new ModuleOutput(wanted);
        Places places = Places.of(base, List.of(wanted));
        places.refusal(wanted, ModuleOutput.class).ifPresent(why -> {
            throw refused(
                    "what `" + module + "` gives cannot be looked at: " + why,
                    "name the module that holds it, or the last one in it");
        });
        SwapJournal journal = new SwapJournal();
        places.exchange(wanted, output, journal);
        return new BlockModuleForward(pass, module, output, journal);
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        output.begin(!isFirst);
        return pass.run(inputs, (outputs, call) -> {
            if (output.runs() != 1) {
                throw notOnce(module, output.runs());
            }
            isFirst = false;
            return output.outputs();
        });
    }

    /** A module that has not one output for a batch. */
    public static BlockModelException notOnce(String module, int runs) {
        return refused(
                "`" + module + "` " + (runs == 0 ? "does not run" : "runs " + runs + " times")
                        + " in a forward of the model",
                "name a module that runs once");
    }

    public static BlockModelException refused(String detail, String help) {
        return new BlockModelException(ProblemCode.UNSUPPORTED_CHANGE, "", detail, help, null);
    }

    @Override
    public void close() {
        journal.undo();
    }
}
