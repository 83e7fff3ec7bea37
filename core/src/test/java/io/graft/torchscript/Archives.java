package io.graft.torchscript;

import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Archives that the tests edit. */
public final class Archives {
    private Archives() {}

    public static Path path(String fixture) {
        try {
            return Path.of(
                    Archives.class.getResource("/fixtures/" + fixture + ".pt").toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public static ScriptArchive open(String fixture) throws IOException {
        return ScriptArchive.read(Checkpoint.open(path(fixture)));
    }

    public static Plan plan(ScriptArchive archive, Consumer<ModelDraft> edits) {
        ModelDraft draft = archive.draft();
        edits.accept(draft);
        ModifierRecord record =
                new ModifierRecord(0, "test", "test", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        return new Plan(
                new ModelRef("torchscript", "test.pt"), List.of(record), List.copyOf(draft.tensors()), List.of());
    }

    /** The edited archive, {@code model.pt} in a folder. */
    public static Path write(ScriptArchive archive, Path folder, Consumer<ModelDraft> edits) throws IOException {
        Plan plan = plan(archive, edits);
        return new ScriptFormat(archive, plan)
                .write(
                        folder,
                        new OutputStateDict(new ValueWatch().outputs(plan.stored())),
                        Long.MAX_VALUE,
                        WriteOptions.DEFAULT)
                .get(0)
                .path();
    }

    /** What is told of the edits: {@code error: message; help}. */
    static List<String> problems(ScriptArchive archive, Consumer<ModelDraft> edits) {
        return ScriptChanges.of(archive, plan(archive, edits)).problems().stream()
                .map(Archives::told)
                .toList();
    }

    private static String told(Problem problem) {
        return problem.severity().name().toLowerCase(Locale.ROOT) + ": " + problem.message() + "; " + problem.help();
    }

    /** A float32 tensor of these values. */
    public static LazyTensor floats(Shape shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return LazyTensors.joint(
                        List.of(),
                        List.of(new LazyTensors.Output("test", DType.F32, shape)),
                        () -> List.of(TensorData.of(bytes)))
                .get(0);
    }

    /** The tensors of an archive, as hexadecimal digits; frozen parameters in brackets. */
    public static Map<String, String> tensors(Path file) throws IOException {
        return tensors(Checkpoint.open(file));
    }

    static Map<String, String> tensorsOf(ScriptArchive archive) {
        try {
            return tensors(archive.checkpoint());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Map<String, String> tensors(Checkpoint checkpoint) throws IOException {
        Map<String, String> tensors = new LinkedHashMap<>();
        for (TensorEntry entry : checkpoint.stored().values()) {
            byte[] bytes = new byte[(int) entry.data().byteCount()];
            entry.data().window(0, bytes.length).get(bytes);
            tensors.put(
                    entry.name(),
                    entry.declared().orElseThrow() + " " + entry.dtype() + " " + entry.shape() + " "
                            + HexFormat.of().formatHex(bytes));
        }
        return tensors;
    }

    /** The members of an archive without its folder, and what is in them. */
    public static Map<String, byte[]> members(Path file) throws IOException {
        Map<String, byte[]> members = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                members.put(name, zip.getInputStream(entry).readAllBytes());
            }
        }
        return members;
    }
}
