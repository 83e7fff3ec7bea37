package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.ValueWatch;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.problem.Problem;
import io.graft.report.ModelTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A live model that a run has modified: a handle on its block, to switch adapters and to serve it.
 *
 * <pre>{@code
 * ModifiedModel modified = ModelModifierApplier.create().model(block).configuration(Path.of("lora.conf")).run();
 * modified.activate(Map.of("default", 0.5));
 * }</pre>
 *
 * <p>The first inference computes the weights of active adapters and keeps them beside the base, for the ones that follow; a training
 * forward forgets them, and so does whatever this class changes. Values that are changed behind its back, in an array of a
 * parameter, need {@link #invalidate}.
 *
 * <p>Forwards may run in many threads while adapters are switched: each sees the adapters that were active when it began.
 *
 * <p>A later run on the same model gives a handle of its own, which takes the place of this one.
 */
public final class ModifiedModel implements AutoCloseable {
    private LiveTarget target;
    private final Report report;
    private final Runnable release;

    private ModifiedModel(LiveTarget target, Report report, Runnable release) {
        this.target = target;
        this.report = report;
        this.release = release;
    }

    /**
     * A handle on what a run has modified.
     *
     * @param report what the run did
     */
    public static ModifiedModel of(LiveTarget target, Report report) {
        return of(target, report, () -> {});
    }

    /**
     * A handle on what a run has modified.
     *
     * @param report what the run did
     * @param release frees what the model itself has taken, when the handle is closed
     */
    public static ModifiedModel of(LiveTarget target, Report report, Runnable release) {
        return new ModifiedModel(target, report, release);
    }

    /**
     * The block, which trains and computes with its parametrizations. It is another one than that which was given, if the run has put
     * parametrizations on it or has taken the last of them away; a model whose block it is has been told.
     */
    public Block block() {
        return target.block();
    }

    /** Whether the block runs a TorchScript program, rather than being one of DJL's own. */
    public boolean isProgram() {
        return ModifiedBlock.unwrapped(block()) instanceof SymbolBlock;
    }

    /** The model that runs the block; empty if the run was given a block alone. */
    public Optional<Model> model() {
        return target.model();
    }

    /**
     * The parameters that DJL trains, under their canonical names in the order of the state dict, those that parametrizations own
     * last; buffers are none. One that has several names is here under each.
     */
    public Map<String, Parameter> parameters() {
        return target.parameters();
    }

    /** What is read of a state dict. */
    @FunctionalInterface
    public interface Reading<T> {
        /**
         * @throws IOException if values cannot be read
         */
        T of(ModelDraft draft) throws IOException;
    }

    /**
     * Reads the values of the state dict as they are now.
     *
     * @param reading gets what can be read until it ends
     * @throws IOException if values cannot be read
     */
    public <T> T read(Reading<T> reading) throws IOException {
        LiveTarget now = target.reread();
        try {
            return reading.of(now.draft());
        } finally {
            if (now != target) {
                now.release();
            }
        }
    }

    /**
     * Writes the TorchScript program as it is now, with what was trained, buffers, flags and parametrizations: an archive that {@code
     * torch.jit.load}, DJL and Graft read.
     *
     * @param folder gets {@code model.pt}; it must not exist
     * @return the file
     * @throws IllegalStateException if the model is a native block, which is no program
     * @throws GraftException if it computes weights in their places, which no archive can hold: fold them first
     * @throws IOException if the file cannot be written, or the folder exists; nothing is written then
     */
    public WrittenFile saveProgram(Path folder) throws IOException {
        LiveTarget now = target.reopened();
        try {
            return SavedProgram.write(now, folder);
        } finally {
            if (now != target) {
                now.release();
            }
        }
    }

    /** The state dict: names, kinds and flags as they are now. Edits of it change nothing; {@link #read} gives its values. */
    public ModelDraft draft() {
        return target.draft();
    }

    /**
     * Has parameters be trained or frozen from now on, and what follows from it: what is frozen as a whole stands still while it is
     * trained, and what is not moves again, as after a run. A program with other parts that stand still is loaded anew, with the values that it
     * has: its block and its {@link #parameters} are other objects then, and the ones before are closed.
     *
     * @param trained for names of parameters, whether they are trained
     * @throws GraftException if a part cannot stand still; the model is as it was
     * @throws IllegalArgumentException if there is no such parameter
     */
    public void train(Map<String, Boolean> trained) {
        LiveTarget now = target.reopened();
        Block before = now.block();
        try {
            commit(now, trained);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } finally {
            if (now.block() != before && now != target) {
                target.release();
                target = now;
            } else if (now != target) {
                now.release();
            }
        }
    }

    /**
     * Requires that {@link #train} could have parameters be trained or frozen.
     *
     * @param trained for names of parameters, whether they are trained
     * @throws GraftException if a part cannot stand still
     * @throws IllegalArgumentException if there is no such parameter
     */
    public void requireTrainable(Map<String, Boolean> trained) {
        LiveTarget now = target.reopened();
        try {
            training(now, trained);
        } finally {
            if (now != target) {
                now.release();
            }
        }
    }

    private static void commit(LiveTarget target, Map<String, Boolean> trained) throws IOException {
        target.commit(training(target, trained), new ValueWatch()).close();
    }

    /** A plan for parameters to be trained or frozen, which can be carried out. */
    private static Plan training(LiveTarget target, Map<String, Boolean> trained) {
        ModelDraft draft = target.draft();
        trained.forEach((name, isTrained) -> {
            if (isTrained) {
                draft.unfreeze(name);
            } else {
                draft.freeze(name);
            }
        });
        ModifierRecord record =
                new ModifierRecord(0, "train", "graft", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        Plan plan = new Plan(target.ref(), List.of(record), List.copyOf(draft.tensors()), List.of());
        List<Problem> refused =
                target.refusals(plan).stream().filter(Problem::isError).toList();
        if (!refused.isEmpty()) {
            throw new GraftException(refused, null);
        }
        return plan;
    }

    /** What the run did. */
    public Report report() {
        return report;
    }

    /** The model as it is now, module by module, with its {@link #kernels}; {@link ModelTable#text} prints it. */
    public ModelTable table() {
        return ModelTable.of(target.draft(), kernels());
    }

    /** The adapters, active or not, in the order in which they stand on the model. */
    public List<Adapter> adapters() {
        return target.adapters();
    }

    /**
     * Makes adapters active, each with its weight, and every other one inactive.
     *
     * @throws IllegalArgumentException if there is no adapter of a name, or if a weight is no finite number
     */
    public void activate(Map<String, Double> weightOfAdapter) {
        target.activate(weightOfAdapter);
    }

    /** Forgets weights that were computed for inference; the next one computes them anew. */
    public void invalidate() {
        if (block() instanceof ModifiedBlock modified) {
            modified.invalidate();
        }
    }

    /**
     * How quantized weights are multiplied with, in words, by the names of the weights: {@code weight-only}, {@code dynamic for up to 256
     * rows}, {@code dequantized, as the kernel is `none`}. Of a native block, those that inference has used; of a TorchScript program, all.
     * Weights that are computed for each product without a choice are not among them.
     */
    public Map<String, String> kernels() {
        return target.kernels();
    }

    /** Bytes of what is kept for inference beside the model: computed weights, and what kernels need beside the codes. */
    public long cachedBytes() {
        return block() instanceof ModifiedBlock modified ? modified.cachedBytes() : 0;
    }

    /**
     * The model as it computes now, for inference in many threads: weights of adapters are computed once and stay as they are,
     * whatever happens to the adapters, and nothing takes gradients. Weights without adapters are the model's own, not copies.
     *
     * @return a block of its own; {@link Block#clear} frees it, and so does closing this if the model has parametrizations
     */
    public Block folded() {
        return ModifiedBlock.of(block()).folded();
    }

    /**
     * The model for batches whose rows have adapters of their own, for inference in many threads: the base runs once for all rows, and
     * the low-rank products of each adapter for its rows. Which adapters are active makes no difference, and changes of the model are
     * seen.
     *
     * @param adapterOfRow for each row of a batch, which the first axis of inputs counts, the name of the one adapter that counts for it,
     *     in full, or {@link Adapter#BASE} for none
     * @return a block that has nothing of its own, so that there may be one for each batch
     * @throws IllegalArgumentException if there is no such adapter, or a layer cannot run one on some rows alone: any but a {@code Linear}
     *     that runs it in factors
     * @throws IllegalStateException if the model runs a TorchScript program
     */
    public Block mixed(List<String> adapterOfRow) {
        if (isProgram()) {
            throw new IllegalStateException(
                    "a TorchScript program has one choice of adapters for all rows of a batch: run the rows of each adapter by themselves");
        }
        return ModifiedBlock.of(block()).mixed(adapterOfRow);
    }

    /**
     * Frees what the parametrizations own and what was computed of them; a block that has any cannot be run any more. A model that the
     * caller gave stays the caller's, one that was opened for this is closed.
     */
    @Override
    public void close() {
        if (block() instanceof ModifiedBlock modified) {
            modified.close();
        }
        release.run();
    }
}
