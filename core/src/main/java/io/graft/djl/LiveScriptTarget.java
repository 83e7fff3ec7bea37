package io.graft.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import io.graft.djl.commit.InPlace;
import io.graft.djl.tree.BlockTensor;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.tensor.LazyTensor;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, String> first = new HashMap<>();
    private final boolean fixed;

    private LiveScriptTarget(Model model, String uri, ScriptArchive archive, ModuleCopy copy) {
        this.model = model;
        this.uri = uri;
        this.archive = archive;
        this.copy = copy;
        this.fixed = isFixed(model.getBlock());
        match();
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

    /** Whether the engine has made tensors that nothing can be done with outside of its inference mode. */
    private static boolean isFixed(Block block) {
        for (Parameter parameter : block.getParameters().values()) {
            NDArray array = parameter.getArray();
            if (array.getDataType().isFloating()) {
                boolean tracked = array.hasGradient();
                try {
                    array.setRequiresGradient(true);
                    array.setRequiresGradient(tracked);
                    return false;
                } catch (RuntimeException refused) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Finds the parameter of each of the archive's; DJL may have some of the names of one that has several. */
    private void match() {
        Map<String, Parameter> open = new LinkedHashMap<>();
        block().getParameters().forEach(pair -> open.put(pair.getKey(), pair.getValue()));
        archive.checkpoint().ties().forEach(names -> names.forEach(name -> first.put(name, names.get(0))));
        Map<String, Parameter> left = new LinkedHashMap<>(open);
        for (TensorEntry entry : archive.checkpoint().stored().values()) {
            if (entry.declared().filter(kind -> kind != DeclaredKind.BUFFER).isEmpty()) {
                continue;
            }
            Parameter own = open.get(entry.name());
            Parameter parameter = own == null ? open.get(first.get(entry.name())) : own;
            if (parameter == null) {
                throw other(entry.name(), entry.shape().toString(), "nothing");
            }
            String shape = Shapes.of(parameter.getArray().getShape()).toString();
            if (!shape.equals(entry.shape().toString())) {
                throw other(entry.name(), entry.shape().toString(), shape);
            }
            parameters.put(entry.name(), parameter);
            left.remove(entry.name());
        }
        left.forEach((name, parameter) -> {
            throw other(
                    name, "nothing", Shapes.of(parameter.getArray().getShape()).toString());
        });
    }

    private IllegalArgumentException other(String name, String inFile, String inModel) {
        return new IllegalArgumentException("the open model was loaded from another archive than `" + uri + "`: `"
                + name + "` is " + inFile + " in the file and " + inModel + " in the model");
    }

    @Override
    public Block block() {
        return model.getBlock();
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
            Parameter parameter = parameters.get(entry.name());
            boolean trainable = parameter != null && parameter.requiresGradient();
            TensorKind kind = parameter == null ? TensorKind.BUFFER : TensorKind.PARAMETER;
            tensors.add(DraftTensor.initial(entry.name(), Set.of(), kind, trainable, live(entry, parameter)));
        }
        return tensors;
    }

    private LazyTensor live(TensorEntry entry, Parameter parameter) {
        return parameter == null || !isVisible(entry)
                ? new CopiedTensor(entry, copy)
                : new BlockTensor(entry.name(), one(entry.name(), parameter), entry.dtype(), entry.shape());
    }

    /** DJL has a parameter for each name of a tensor, and the tensor is one. */
    private Parameter one(String name, Parameter parameter) {
        return parameters.getOrDefault(first.getOrDefault(name, name), parameter);
    }

    /** Whether DJL knows the dtype. */
    private static boolean isVisible(TensorEntry entry) {
        return DataTypes.writable(entry.dtype()).isPresent();
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
                    "freeze or unfreeze what is scheduled"));
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
        return !fixed
                && changes.parametrized().isEmpty()
                && changes.retyped().isEmpty()
                && changes.values().stream().allMatch(this::isWritable);
    }

    private boolean isWritable(DraftTensor tensor) {
        return parameters.containsKey(tensor.origin())
                && isVisible(archive.checkpoint().stored().get(tensor.origin()));
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
                                .map(tensor -> new InPlace.Values(parameters.get(tensor.origin()), tensor))
                                .toList(),
                        flags(changes),
                        watch));
    }

    private static boolean readsCopy(ScriptChanges changes) {
        return changes.values().stream()
                .anyMatch(tensor -> tensor.written().sources().anyMatch(CopiedTensor.class::isInstance));
    }

    /** A parameter with several names once. */
    private List<InPlace.Flag> flags(ScriptChanges changes) {
        Map<Parameter, InPlace.Flag> flags = new LinkedHashMap<>();
        changes.flags().forEach(tensor -> {
            Parameter parameter = parameters.get(tensor.origin());
            flags.putIfAbsent(parameter, new InPlace.Flag(tensor.name(), parameter, tensor.trainable()));
        });
        return List.copyOf(flags.values());
    }
}
