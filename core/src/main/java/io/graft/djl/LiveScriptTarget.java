package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.djl.commit.InPlace;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open DJL model that runs a TorchScript program. Its parameters' values and flags change in place, as they are in memory, whatever
 * the file says that it was loaded from. Anything else, such as a buffer, a dtype or code, makes a new archive, which is loaded beside
 * the open program and takes its place when the commit is final.
 */
public final class LiveScriptTarget implements LiveTarget {
    /**
     * PyTorch fails in inference after a program was trained, where it has optimized the program for training; DJL asks for this
     * property in each forward.
     */
    private static final String OPTIMIZER = "ai.djl.pytorch.graph_optimizer";

    private final Model model;
    private final String uri;
    private final ScriptArchive archive;
    private final ModuleCopy copy;
    private final OpenParameters parameters;

    private LiveScriptTarget(Model model, String uri, ScriptArchive archive, ModuleCopy copy) {
        this.model = model;
        this.uri = uri;
        this.archive = archive;
        this.copy = copy;
        this.parameters = OpenParameters.of(model.getBlock(), archive.checkpoint(), uri);
        if (System.getProperty(OPTIMIZER) == null) {
            System.setProperty(OPTIMIZER, "false");
        }
    }

    /**
     * The program of an open model, which is written to a temporary file for it, in the time and room that it takes to save it.
     *
     * @throws IllegalArgumentException if the model has no block, or a native one
     * @throws io.graft.checkpoint.CheckpointException if it cannot be edited
     */
    public static LiveScriptTarget of(Model model) {
        ModuleCopy copy = new ModuleCopy(program(model));
        try {
            return new LiveScriptTarget(model, model.getName(), ScriptArchive.read(copy.checkpoint()), copy);
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
        ModuleCopy copy = new ModuleCopy(program(model));
        try {
            return new LiveScriptTarget(model, file.toString(), ScriptArchive.read(Checkpoint.open(file)), copy);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Block program(Model model) {
        if (!(model.getBlock() instanceof SymbolBlock)) {
            throw new IllegalArgumentException(
                    "model `" + model.getName() + "` runs no TorchScript program: give it without an archive");
        }
        return model.getBlock();
    }

    @Override
    public Block block() {
        return model.getBlock();
    }

    @Override
    public Optional<Model> model() {
        return Optional.of(model);
    }

    @Override
    public Map<String, Parameter> parameters() {
        Map<String, Parameter> found = new LinkedHashMap<>();
        for (String name : archive.checkpoint().stored().keySet()) {
            parameters.find(name).ifPresent(parameter -> found.put(name, parameter));
        }
        return Collections.unmodifiableMap(found);
    }

    @Override
    public void release() {
        copy.close();
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("torchscript", uri);
    }

    @Override
    public ModelDraft draft() {
        return new ModelDraft(archive.modules(), tensors());
    }

    private List<DraftTensor> tensors() {
        List<DraftTensor> tensors = new ArrayList<>();
        for (TensorEntry entry : archive.checkpoint().stored().values()) {
            Optional<Parameter> parameter = parameters.find(entry.name());
            tensors.add(DraftTensor.initial(
                    entry.name(),
                    Set.of(),
                    parameter.isEmpty() ? TensorKind.BUFFER : TensorKind.PARAMETER,
                    parameter.filter(Parameter::requiresGradient).isPresent(),
                    parameters.live(entry).orElseGet(() -> new CopiedTensor(entry, copy))));
        }
        return tensors;
    }

    @Override
    public Optional<Forward> forward() {
        return Optional.of(inputs -> ScriptRun.pass(model, archive).run(inputs));
    }

    @Override
    public Optional<StateDictFormat> ownFormat(Plan plan) {
        return Optional.of(new ScriptFormat(archive, plan));
    }

    @Override
    public List<Problem> refusals(Plan plan) {
        ScriptChanges changes = changes(plan);
        List<Problem> problems = new ArrayList<>(changes.problems());
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
        return names.isEmpty() ? "it was loaded without trainParam" : FirstFew.names(names);
    }

    private ScriptChanges changes(Plan plan) {
        return ScriptChanges.of(archive, draft().tensors(), plan);
    }

    private boolean isInPlace(ScriptChanges changes) {
        return !parameters.areFixed()
                && changes.parametrized().isEmpty()
                && changes.retyped().isEmpty()
                && changes.values().stream().allMatch(this::isWritable);
    }

    private boolean isWritable(DraftTensor tensor) {
        return parameters
                .live(archive.checkpoint().stored().get(tensor.origin()))
                .isPresent();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the plan is for another model, or has {@link #refusals}
     */
    @Override
    public Commit commit(Plan plan, ValueWatch watch) throws IOException {
        ScriptChanges changes = changes(plan);
        changes.problems().stream().filter(Problem::isError).findFirst().ifPresent(error -> {
            throw new IllegalArgumentException(error.message());
        });
        if (changes.isEmpty()) {
            return Commit.OF_FILES;
        }
        if (!isInPlace(changes)) {
            return ScriptReload.carryOut(model, archive, plan, watch);
        }
        if (readsCopy(changes)) {
            // Before any value is overwritten that it would hold.
            copy.checkpoint();
        }
        return ScriptOverwrite.carryOut(
                model,
                new InPlace(
                        changes.values().stream()
                                .map(tensor -> new InPlace.Values(parameter(tensor), tensor))
                                .toList(),
                        flags(changes),
                        watch));
    }

    private Parameter parameter(DraftTensor tensor) {
        return parameters.find(tensor.origin()).orElseThrow();
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
