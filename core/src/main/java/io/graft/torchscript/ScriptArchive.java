package io.graft.torchscript;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.InitialTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.script.ScriptCode;
import io.graft.checkpoint.pytorch.script.ScriptCode.ScriptClass;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.ModuleSpec;
import io.graft.model.TensorKind;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.Signature;
import io.graft.torchscript.pickle.ObjectTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An archive of {@code torch.jit.save}, known from its headers, its object and its code; a value, of which nothing changes.
 */
public final class ScriptArchive {
    private static final int NEWEST = 10;
    private static final int LONGEST_VERSION = 16;
    private static final String LITE = "bytecode.pkl";

    /** What tells of parametrizations that are part of the program. */
    static final String NOTES = "extra/graft.json";

    private final Checkpoint checkpoint;
    private final TorchArchive archive;
    private final Opaque root;
    private final ScriptCode code;
    private final ScriptModules modules;
    private final Set<String> members;
    /** By the storage's key, the nodes that look at it. */
    private final Map<String, Set<TensorValue>> byStorage = new HashMap<>();

    private final Set<String> foreignStorages = new HashSet<>();
    private final Map<Global, Optional<ClassText>> classes = new ConcurrentHashMap<>();

    private ScriptArchive(
            Checkpoint checkpoint, TorchArchive archive, Opaque root, ScriptCode code, ScriptModules modules) {
        this.checkpoint = checkpoint;
        this.archive = archive;
        this.root = root;
        this.code = code;
        this.modules = modules;
        this.members = Set.copyOf(archive.names());
        for (PickleValue node : ObjectTree.uses(root).keySet()) {
            if (node instanceof TensorValue tensor) {
                byStorage
                        .computeIfAbsent(
                                tensor.storage().key(), key -> Collections.newSetFromMap(new IdentityHashMap<>()))
                        .add(tensor);
            } else if (node instanceof StorageRef storage) {
                foreignStorages.add(storage.key());
            }
        }
    }

    /**
     * Reads what of an archive is no tensor data.
     *
     * @param checkpoint the same archive, opened
     * @throws CheckpointException if it is no TorchScript archive, or of a version that is not read
     */
    public static ScriptArchive read(Checkpoint checkpoint) throws IOException {
        Refusals refusals = new Refusals(checkpoint.path(), ShardKind.PYTORCH.advice());
        if (!checkpoint.content().equals("torchscript")) {
            throw refusals.unsupported(
                    "this is no archive of torch.jit.save, but " + checkpoint.format() + ", " + checkpoint.content(),
                    "give it as `checkpoint`, or an archive as `torchscript`");
        }
        TorchArchive archive = TorchArchive.open(CheckpointFile.of(checkpoint.path()));
        requireKnown(archive, refusals);
        if (archive.readPickle(PickleLimits.DEFAULT) instanceof Opaque root) {
            ScriptCode code = new ScriptCode(archive, refusals);
            return new ScriptArchive(checkpoint, archive, root, code, ScriptModules.of(root, code));
        }
        throw refusals.malformed("the archive's object is not a module");
    }

    private static void requireKnown(TorchArchive archive, Refusals refusals) throws IOException {
        for (String name : List.of("version", ".data/version")) {
            String version = archive.text(name, LONGEST_VERSION).orElse("").strip();
            if (version.matches("\\d{1,9}") && Integer.parseInt(version) > NEWEST) {
                throw refusals.unsupported(
                        "the archive is of version " + version + ", and versions up to " + NEWEST + " are known",
                        "save it with an older PyTorch");
            }
        }
    }

    /** The archive as a checkpoint. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Where its tensors were when it was saved: {@code cpu}, {@code cuda:0}. */
    String device() {
        return modules.tensors().values().stream()
                .findFirst()
                .map(tensor -> tensor.value().storage().device())
                .orElse("cpu");
    }

    /** Where it lies. */
    public Path path() {
        return checkpoint.path();
    }

    /** The members, without the archive's folder. */
    Set<String> members() {
        return members;
    }

    /** The object that the archive holds. */
    Opaque root() {
        return root;
    }

    /** The tensor of a full name; empty if there is none, as for a constant of a frozen module. */
    Optional<ScriptTensor> find(String name) {
        return Optional.ofNullable(modules.tensors().get(name));
    }

    /** Every node that describes the same elements. */
    Set<TensorValue> sameAs(TensorValue tensor) {
        return byStorage.get(tensor.storage().key());
    }

    /** Whether nothing looks at a tensor's storage in another way than the tensor does. */
    boolean isAlone(TensorValue tensor) {
        return !foreignStorages.contains(tensor.storage().key())
                && sameAs(tensor).stream().allMatch(tensor::equals);
    }

    /** Whether {@code torch.jit.freeze} made it: its weights are constants of its program. */
    boolean isFrozen() {
        return root.state() instanceof Mapping fields && fields.get("training").isEmpty();
    }

    /** Whether it holds a second program, for the lite interpreter. */
    boolean isLite() {
        return archive.has(LITE);
    }

    /** Whether parametrizations that Graft put there are part of its program. */
    public boolean isParametrized() {
        return archive.has(NOTES);
    }

    /** Whether an object is a module. */
    boolean isModule(Opaque object) {
        try {
            return code.find(object.type()).filter(ScriptClass::isModule).isPresent();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * The code of a class.
     *
     * @throws IOException if the archive cannot be read, or lacks it
     */
    ClassText text(Global type) throws IOException {
        return find(type)
                .orElseThrow(
                        () -> new IOException(path() + ": the code of `" + type.qualifiedName() + "` is not there"));
    }

    private Optional<ClassText> find(Global type) throws IOException {
        Optional<ClassText> known = classes.get(type);
        if (known == null) {
            String file = "code/" + type.module().replace('.', '/') + ".py";
            known = archive.text(file, ScriptCode.LARGEST).flatMap(text -> ClassText.find(text, type.name()));
            classes.put(type, known);
        }
        return known;
    }

    /** What the program takes; empty if its code does not tell. */
    public Optional<Signature> signature() throws IOException {
        return find(root.type()).flatMap(Signature::ofForward);
    }

    /** The modules of the program. */
    public List<ModuleSpec> modules() {
        return modules.specs();
    }

    /** A new draft of it. */
    public ModelDraft draft() {
        List<DraftTensor> tensors = new ArrayList<>();
        checkpoint.stored().values().forEach(entry -> tensors.add(initial(entry)));
        return new ModelDraft(modules.specs(), tensors);
    }

    private static DraftTensor initial(TensorEntry entry) {
        DeclaredKind kind = entry.declared().orElse(DeclaredKind.BUFFER);
        return DraftTensor.initial(
                entry.name(),
                Set.of(),
                kind == DeclaredKind.BUFFER ? TensorKind.BUFFER : TensorKind.PARAMETER,
                kind == DeclaredKind.PARAMETER,
                new InitialTensor(entry));
    }
}
