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
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.script.ScriptCode;
import io.graft.checkpoint.pytorch.script.ScriptCode.ScriptClass;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.ModuleSpec;
import io.graft.model.TensorKind;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.Signature;
import io.graft.torchscript.notes.NotedModel;
import io.graft.torchscript.notes.ScriptNotes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An archive of {@code torch.jit.save}, known from its headers, its object and its code; a value, of which nothing changes.
 */
public final class ScriptArchive {
    private static final int NEWEST = 10;
    private static final int LONGEST_VERSION = 16;
    private static final String LITE = "bytecode.pkl";

    /** What tells of parametrizations that are part of the program. */
    static final String NOTES = "extra/graft.json";

    /** The same as a field of the program's object, which whoever loads and saves the program keeps. */
    static final String NOTES_FIELD = "graft_notes";

    private static final long LONGEST_NOTES = 16L << 20;
    private static final String CLONES = "__torch__.graft.m";

    private final Checkpoint checkpoint;
    private final TorchArchive archive;
    private final Opaque root;
    private final ScriptCode code;
    private final ScriptModules modules;
    private final Set<String> members;
    private final StorageUses storages;
    /** The file's own. */
    private final Map<Global, Optional<ClassText>> classes;

    private final Optional<Unedited> unedited;
    private final String misunderstood;

    private ScriptArchive(
            Checkpoint checkpoint, TorchArchive archive, Opaque root, ScriptCode code, ScriptModules modules) {
        this.checkpoint = checkpoint;
        this.archive = archive;
        this.root = root;
        this.code = code;
        this.modules = modules;
        this.members = Set.copyOf(archive.names());
        this.storages = StorageUses.of(root);
        this.classes = new ConcurrentHashMap<>();
        this.unedited = Optional.empty();
        this.misunderstood = "";
    }

    /** The same file, of which it is known what it was before it was edited, or why that is not known. */
    private ScriptArchive(ScriptArchive written, Optional<Unedited> unedited, String misunderstood) {
        this.checkpoint = written.checkpoint;
        this.archive = written.archive;
        this.root = written.root;
        this.code = written.code;
        this.modules = written.modules;
        this.members = written.members;
        this.storages = written.storages;
        this.classes = written.classes;
        this.unedited = unedited;
        this.misunderstood = misunderstood;
    }

    private ScriptArchive understood() throws IOException {
        Optional<String> notes = notes();
        if (notes.isEmpty()) {
            return this;
        }
        try {
            return new ScriptArchive(this, Optional.of(Unedited.of(this, ScriptNotes.parse(notes.get()))), "");
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException unknown) {
            return new ScriptArchive(this, Optional.empty(), String.valueOf(unknown.getMessage()));
        }
    }

    private Optional<String> notes() throws IOException {
        Optional<String> member = archive.text(NOTES, LONGEST_NOTES);
        return member.isPresent() || !(root.state() instanceof Mapping fields)
                ? member
                : fields.get(NOTES_FIELD).filter(Text.class::isInstance).map(text -> ((Text) text).value());
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
            return new ScriptArchive(checkpoint, archive, root, code, ScriptModules.of(root, code)).understood();
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

    /**
     * The archive as it lies in the file, where {@link #draft} tells what it was before Graft put parametrizations into its program:
     * what they own are tensors like any other of it.
     */
    ScriptArchive asWritten() {
        return unedited.isEmpty() ? this : new ScriptArchive(this, Optional.empty(), "");
    }

    /** What it was before Graft put parametrizations into its program; empty if it has none that are known. */
    Optional<Unedited> unedited() {
        return unedited;
    }

    /** The members, without the archive's folder, and without those that are there for parametrizations. */
    Set<String> members() {
        return unedited.map(Unedited::members).orElse(members);
    }

    /** The object that the archive holds. */
    Opaque root() {
        return root;
    }

    /** The tensor of a full name; empty if there is none, as for a constant of a frozen module. */
    Optional<ScriptTensor> find(String name) {
        return unedited.flatMap(before -> before.find(name))
                .or(() -> Optional.ofNullable(modules.tensors().get(name)));
    }

    /** The module of a path; empty if there is none. */
    Optional<Opaque> module(String path) {
        return Optional.ofNullable(modules.objects().get(path));
    }

    /** Every module by its path, the root first; one that stands in several places has several. */
    Map<String, Opaque> objects() {
        return modules.objects();
    }

    /** Which tensors share elements. */
    StorageUses storages() {
        return storages;
    }

    /** Whether {@code torch.jit.freeze} made it: its weights are constants of its program. */
    boolean isFrozen() {
        return root.state() instanceof Mapping fields && fields.get("training").isEmpty();
    }

    /** Whether it holds a second program, for the lite interpreter. */
    boolean isLite() {
        return archive.has(LITE);
    }

    /** Why parametrizations that Graft put into its program are not understood; empty if they are, or there are none. */
    public String misunderstood() {
        return misunderstood;
    }

    /** Whether an object is a module. */
    private boolean isModule(Opaque object) {
        try {
            return code.find(object.type()).filter(ScriptClass::isModule).isPresent();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The modules that a module holds, by field. */
    Map<String, Opaque> fields(Opaque object) {
        Map<String, Opaque> children = new LinkedHashMap<>();
        if (object.state() instanceof Mapping fields) {
            for (Item item : fields.items()) {
                if (item.key() instanceof Text field && item.value() instanceof Opaque child && isModule(child)) {
                    children.put(field.value(), child);
                }
            }
        }
        return children;
    }

    /** The object that a field of an object holds; empty if that holds none. */
    Optional<Opaque> child(Opaque object, String field) {
        return object.state() instanceof Mapping fields
                ? fields.get(field).filter(Opaque.class::isInstance).map(Opaque.class::cast)
                : Optional.empty();
    }

    /** The class of an object, without what parametrizations have changed. */
    Global type(Opaque object) {
        return unedited.flatMap(before -> before.type(object)).orElse(object.type());
    }

    /** The member that holds a class's code. */
    static String file(Global type) {
        return ScriptCode.member(type.module());
    }

    /**
     * The name of a module for a class that is no member yet.
     *
     * @param from the least number that it may have
     */
    String freeModule(int from) {
        int number = from;
        while (members().contains(file(new Global(CLONES + number, "")))) {
            number++;
        }
        return CLONES + number;
    }

    /** The number of such a name. */
    static int number(String module) {
        return Integer.parseInt(module.substring(CLONES.length()));
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

    /** The code of a class; empty if it is not there. */
    Optional<ClassText> find(Global type) throws IOException {
        Optional<ClassText> known = classes.get(type);
        if (known == null) {
            known = code.text(type.module()).flatMap(text -> ClassText.find(text, type.name()));
            classes.put(type, known);
        }
        return known.or(() -> unedited.flatMap(before -> before.text(type)));
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
        return draft(ScriptArchive::initial);
    }

    /**
     * A new draft of its program, which is open.
     *
     * @param tensor what an entry of the archive is now
     */
    public ModelDraft draft(Function<TensorEntry, DraftTensor> tensor) {
        List<DraftTensor> tensors =
                checkpoint.stored().values().stream().map(tensor).toList();
        return new ModelDraft(
                modules(),
                unedited.map(before -> NotedModel.of(before.notes(), tensors)).orElse(tensors));
    }

    /**
     * The tensors of its program that hold the weights of adapters.
     *
     * @param model with these adapters and weights
     */
    public List<DraftTensor> weights(ModelDraft model) {
        Map<String, String> names =
                unedited.map(before -> before.notes().switches()).orElse(Map.of());
        return model.adapters().stream()
                .map(adapter -> Switches.of(names.get(adapter.name()), adapter.weight()))
                .toList();
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
