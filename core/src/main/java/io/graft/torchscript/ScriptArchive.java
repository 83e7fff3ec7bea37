package io.graft.torchscript;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.Signature;
import io.graft.torchscript.notes.NotedModel;
import io.graft.torchscript.notes.ScriptNotes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An archive of {@code torch.jit.save}, known from its headers, its object and its code; a value, of which nothing changes.
 */
public final class ScriptArchive {
    private static final String LITE = "bytecode.pkl";

    /** What tells of parametrizations that are part of the program. */
    static final String NOTES = "extra/graft.json";

    /** The same as a field of the program's object, which whoever loads and saves the program keeps. */
    static final String NOTES_FIELD = "graft_notes";

    private final ArchiveContent file;
    private final Optional<Unedited> unedited;
    private final String misunderstood;

    /**
     * @param unedited what it was before it was edited
     * @param misunderstood why that is not known
     */
    private ScriptArchive(ArchiveContent file, Optional<Unedited> unedited, String misunderstood) {
        this.file = file;
        this.unedited = unedited;
        this.misunderstood = misunderstood;
    }

    private ScriptArchive understood() throws IOException {
        Optional<String> notes = file.notes();
        if (notes.isEmpty()) {
            return this;
        }
        try {
            return new ScriptArchive(file, Optional.of(Unedited.of(this, ScriptNotes.parse(notes.get()))), "");
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException unknown) {
            return new ScriptArchive(file, Optional.empty(), String.valueOf(unknown.getMessage()));
        }
    }

    /**
     * Reads what of an archive is no tensor data.
     *
     * @param checkpoint the same archive, opened
     * @throws CheckpointException if it is no TorchScript archive, or of a version that is not read
     */
    public static ScriptArchive read(Checkpoint checkpoint) throws IOException {
        return new ScriptArchive(ArchiveContent.read(checkpoint), Optional.empty(), "").understood();
    }

    /** The archive as a checkpoint. */
    public Checkpoint checkpoint() {
        return file.checkpoint();
    }

    /** Where its tensors were when it was saved: {@code cpu}, {@code cuda:0}. */
    String device() {
        return file.modules().tensors().values().stream()
                .findFirst()
                .map(tensor -> tensor.value().storage().device())
                .orElse("cpu");
    }

    /** Where it lies. */
    public Path path() {
        return file.checkpoint().path();
    }

    /**
     * The archive as it lies in the file, where {@link #draft} tells what it was before Graft put parametrizations into its program:
     * what they own are tensors like any other of it.
     */
    ScriptArchive asWritten() {
        return unedited.isEmpty() ? this : new ScriptArchive(file, Optional.empty(), "");
    }

    /** What it was before Graft put parametrizations into its program; empty if it has none that are known. */
    Optional<Unedited> unedited() {
        return unedited;
    }

    /** The members, without the archive's folder, and without those that are there for parametrizations. */
    Set<String> members() {
        return unedited.map(Unedited::members).orElse(file.members());
    }

    /** The object that the archive holds. */
    Opaque root() {
        return file.root();
    }

    /** The tensor of a full name; empty if there is none, as for a constant of a frozen module. */
    Optional<ScriptTensor> find(String name) {
        return unedited.flatMap(before -> before.find(name))
                .or(() -> Optional.ofNullable(file.modules().tensors().get(name)));
    }

    /** The module of a path; empty if there is none. */
    Optional<Opaque> module(String path) {
        return Optional.ofNullable(file.modules().objects().get(path));
    }

    /** Every module by its path, the root first; one that stands in several places has several. */
    Map<String, Opaque> objects() {
        return file.modules().objects();
    }

    /** Which tensors share elements. */
    StorageUses storages() {
        return file.storages();
    }

    /** Whether {@code torch.jit.freeze} made it: its weights are constants of its program. */
    public boolean isFrozen() {
        return root().state() instanceof Mapping fields
                && fields.get("training").isEmpty();
    }

    /** Whether it holds a second program, for the lite interpreter. */
    boolean isLite() {
        return file.archive().has(LITE);
    }

    /** Why parametrizations that Graft put into its program are not understood; empty if they are, or there are none. */
    public String misunderstood() {
        return misunderstood;
    }

    /** The modules that a module holds, by field. */
    Map<String, Opaque> fields(Opaque object) {
        return file.classes().fields(object);
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

    /**
     * The code of a class.
     *
     * @throws IOException if the archive lacks it
     */
    ClassText text(Global type) throws IOException {
        return find(type)
                .orElseThrow(
                        () -> new IOException(path() + ": the code of `" + type.qualifiedName() + "` is not there"));
    }

    /** The code of a class; empty if it is not there. */
    Optional<ClassText> find(Global type) {
        return file.classes().find(type).or(() -> unedited.flatMap(before -> before.text(type)));
    }

    /** What the program takes; empty if its code does not tell. */
    public Optional<Signature> signature() throws IOException {
        return find(root().type()).flatMap(Signature::ofForward);
    }

    /** The modules of the program. */
    public List<ModuleSpec> modules() {
        return file.modules().specs();
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
                file.checkpoint().stored().values().stream().map(tensor).toList();
        return new ModelDraft(
                modules(),
                unedited.map(before -> NotedModel.of(before.notes(), tensors)).orElse(tensors));
    }

    /**
     * The tensors of its program that hold the weights of adapters; of one that its code does not compute with, there is none.
     *
     * @param model with these adapters and weights
     */
    public List<DraftTensor> weights(ModelDraft model) {
        Map<String, String> names =
                unedited.map(before -> before.notes().switches()).orElse(Map.of());
        return model.adapters().stream()
                .filter(adapter -> names.containsKey(adapter.name()))
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
                StoredTensor.initial(entry));
    }
}
