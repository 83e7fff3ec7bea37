package io.graft.djl.program;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.djl.LiveTarget;
import io.graft.djl.commit.InPlace;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.torchscript.RecomputedWeights;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An open DJL model that runs a TorchScript program. Its parameters' values and flags change in place, as they are in memory, whatever
 * the file says that it was loaded from. Anything else, such as a buffer, a dtype or code, makes a new archive, which is loaded beside
 * the open program and takes its place when the commit is final. Where code cannot be edited so that it computes a parametrized weight,
 * the weight is computed in its place before each run, and its base stands beside.
 */
public final class LiveScriptTarget implements LiveTarget {
    private final Model model;
    private final String uri;
    private OpenProgram program;

    LiveScriptTarget(Model model, String uri, OpenProgram program) {
        this.model = model;
        this.uri = uri;
        this.program = program;
        GraphOptimizer.off();
    }

    /**
     * The program of an open model, which is written to a temporary file for it, in the time and room that it takes to save it.
     *
     * @throws IllegalArgumentException if the model has no block, or a native one
     * @throws io.graft.checkpoint.CheckpointException if it cannot be edited
     */
    public static LiveScriptTarget of(Model model) {
        Block block = program(model);
        ModuleCopy copy = new ModuleCopy(ModifiedBlock.unwrapped(block));
        try {
            ScriptArchive archive = ScriptArchive.read(copy.checkpoint());
            return new LiveScriptTarget(model, model.getName(), OpenProgram.of(block, archive, copy, model.getName()));
        } catch (IOException unreadable) {
            copy.close();
            throw new UncheckedIOException(unreadable);
        } catch (RuntimeException | Error failure) {
            copy.close();
            throw failure;
        }
    }

    /**
     * The program of an open model, and the archive that it was loaded from. What was trained since keeps its values.
     *
     * @throws IllegalArgumentException if the model has no block, or a native one, or was loaded from another archive
     * @throws io.graft.checkpoint.CheckpointException if the file cannot be used
     */
    public static LiveScriptTarget of(Model model, Path file) {
        Block block = program(model);
        try {
            ScriptArchive archive = ScriptArchive.read(Checkpoint.open(file));
            return new LiveScriptTarget(model, file.toString(), OpenProgram.of(block, archive, file.toString()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Block program(Model model) {
        if (!(ModifiedBlock.unwrapped(model.getBlock()) instanceof SymbolBlock)) {
            throw new IllegalArgumentException(
                    "model `" + model.getName() + "` runs no TorchScript program: give it without an archive");
        }
        if (model.getBlock() instanceof ModifiedBlock modified
                && !modified.manager().isOpen()) {
            throw new IllegalArgumentException(
                    "the weights that the program of model `" + model.getName()
                            + "` computes were closed, with the handle on what a run had modified: open the model again before it is modified");
        }
        return model.getBlock();
    }

    @Override
    public Block block() {
        return model.getBlock();
    }

    @Override
    public void activate(Map<String, Double> weightOfAdapter) {
        program.activate(weightOfAdapter);
    }

    @Override
    public Optional<Model> model() {
        return Optional.of(model);
    }

    @Override
    public Map<String, String> kernels() {
        return program.kernels();
    }

    @Override
    public Map<String, Parameter> parameters() {
        return program.trained();
    }

    /** {@inheritDoc} Buffers are copied anew. */
    @Override
    public LiveTarget reread() {
        return new LiveScriptTarget(model, uri, OpenProgram.of(model.getBlock(), program.archive(), uri));
    }

    /** {@inheritDoc} The archive that it was loaded from may be gone. */
    @Override
    public LiveTarget reopened() {
        return of(model);
    }

    @Override
    public void release() {
        program.close();
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("torchscript", uri);
    }

    @Override
    public ModelDraft draft() {
        return program.draft();
    }

    @Override
    public Optional<Forward> forward() {
        return Optional.of(inputs -> ScriptRun.pass(model, program.archive()).run(inputs));
    }

    @Override
    public Optional<StateDictFormat> ownFormat(Plan plan) {
        RecomputedWeights recomputed = recomputed(plan);
        return Optional.of(new ScriptFormat(program.archive(), recomputed.coded(), recomputed::unwritable));
    }

    @Override
    public List<Problem> refusals(Plan plan) {
        RecomputedWeights recomputed = recomputed(plan);
        ScriptChanges changes = changes(recomputed);
        List<Problem> problems = new ArrayList<>(changes.problems());
        problems.addAll(recomputed.problems());
        problems.addAll(Recomputation.refusals(recomputed));
        List<String> scheduled = plan.tensors().stream()
                .filter(tensor -> tensor.trainability().schedule().isPresent())
                .map(tensor -> tensor.name() + "` would be " + tensor.trainability())
                .toList();
        if (!scheduled.isEmpty()) {
            problems.add(problem(
                    Severity.ERROR,
                    "an open program is trained as it is committed, all the time or not at all: `" + scheduled.get(0)
                            + (scheduled.size() > 1 ? " and " + (scheduled.size() - 1) + " more" : ""),
                    "freeze or unfreeze what is scheduled, or let a trainer of `io.graft.training` carry it out"));
        }
        if (!changes.isEmpty() && !isInPlace(changes)) {
            problems.add(problem(
                    Severity.WARNING,
                    "the program is loaded anew beside the open one, so that memory holds both for a time: "
                            + why(changes),
                    "change nothing but values and flags of parameters, and it is done in place"));
        }
        return problems;
    }

    private static Problem problem(Severity severity, String message, String help) {
        return new Problem(ProblemCode.UNSUPPORTED_CHANGE, severity, "", Optional.empty(), message, List.of(), help);
    }

    private String why(ScriptChanges changes) {
        List<String> names = new ArrayList<>();
        changes.parametrized().forEach(tensor -> names.add(tensor.name()));
        changes.retyped().forEach(tensor -> names.add(tensor.name()));
        changes.values().stream().filter(tensor -> !isWritable(tensor)).forEach(tensor -> names.add(tensor.name()));
        names.addAll(changes.turned());
        return names.isEmpty() ? "it was loaded without trainParam" : FirstFew.names(names);
    }

    private RecomputedWeights recomputed(Plan plan) {
        return RecomputedWeights.of(program.archive(), program.coded(), plan, program.recomputed());
    }

    private ScriptChanges changes(RecomputedWeights recomputed) {
        return ScriptChanges.of(program.archive(), program.coded(), recomputed.coded());
    }

    private boolean isInPlace(ScriptChanges changes) {
        return !program.parameters().areFixed()
                && !changes.isRecoded()
                && changes.retyped().isEmpty()
                && changes.values().stream().allMatch(this::isWritable);
    }

    private boolean isWritable(DraftTensor tensor) {
        return program.parameters()
                .live(program.archive().checkpoint().stored().get(tensor.origin()))
                .isPresent();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the plan is for another model, or has {@link #refusals}
     */
    @Override
    public Commit commit(Plan plan, ValueWatch watch) throws IOException {
        RecomputedWeights recomputed = recomputed(plan);
        ScriptChanges changes = changes(recomputed);
        Stream.concat(changes.problems().stream(), recomputed.problems().stream())
                .filter(Problem::isError)
                .findFirst()
                .ifPresent(error -> {
                    throw new IllegalArgumentException(error.message());
                });
        boolean recomputes = Recomputation.isNeeded(program, recomputed);
        if (changes.isEmpty() && !recomputes) {
            return Commit.OF_FILES;
        }
        if (!isInPlace(changes)) {
            return ScriptReload.carryOut(model, program.archive(), recomputed, watch, now -> {
                program.close();
                program = now;
            });
        }
        if (readsCopy(changes)) {
            // Before any value is overwritten that it would hold.
            program.copy().checkpoint();
        }
        List<InPlace.Values> values = Stream.concat(changes.values().stream(), changes.weights().stream())
                .map(tensor -> new InPlace.Values(parameter(tensor), tensor))
                .toList();
        if (!recomputes) {
            return ScriptOverwrite.carryOut(
                    model, new InPlace(values, flags(changes), watch), Optional.empty(), watch, () -> {});
        }
        Recomputation recomputation = Recomputation.of(program, recomputed);
        InPlace inPlace = new InPlace(
                recomputation.values(values, plan.tensors()),
                recomputation.flags(flags(changes), plan.tensors()),
                watch);
        return ScriptOverwrite.carryOut(model, inPlace, Optional.of(recomputation), watch, () -> {
            OpenProgram before = program;
            program = before.in(model.getBlock(), uri);
            before.copy().close();
        });
    }

    private Parameter parameter(DraftTensor tensor) {
        return program.parameters().find(tensor.origin()).orElseThrow();
    }

    private static boolean readsCopy(ScriptChanges changes) {
        return changes.values().stream()
                .anyMatch(tensor -> tensor.written().sources().anyMatch(CopiedTensor.class::isInstance));
    }

    /** A parameter with several names once. */
    private List<InPlace.Flag> flags(ScriptChanges changes) {
        Map<Parameter, InPlace.Flag> flags = new LinkedHashMap<>();
        changes.flags().forEach(tensor -> {
            Parameter parameter = parameter(tensor);
            flags.putIfAbsent(parameter, new InPlace.Flag(tensor.name(), parameter, tensor.trainable()));
        });
        return List.copyOf(flags.values());
    }
}
