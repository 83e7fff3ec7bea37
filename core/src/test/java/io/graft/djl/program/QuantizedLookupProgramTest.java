package io.graft.djl.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.Methods;
import io.graft.djl.Storages;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that look up rows of a table which is stored as codes. */
class QuantizedLookupProgramTest {
    private static final String TABLE = "words.weight";

    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    @ParameterizedTest
    @CsvSource({
        "words-scripted, int8", "words-scripted, lookup", "words-scripted, fp8",
        "words-traced, int8", "words-traced, lookup", "words-traced, fp8"
    })
    void rowsAreThoseOfTheNumbers(String fixture, String scheme) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Path codes = write(archive, "codes", draft -> quantize(draft, TABLE, scheme));
        assertTrue(code(codes).contains("graft_weight_rows("), () -> code(codes));
        ScriptArchive again = ScriptArchive.read(Checkpoint.open(codes));
        assertEquals("", again.misunderstood());
        assertEquals(
                Map.of(TABLE, "dequantized row by row, as they are looked up"),
                ScriptKernels.of(again, again.draft().tensors()));
        Path folded = write(again, "folded", draft -> draft.foldStorage(TABLE));
        assertArrayEquals(run(folded), run(codes));
        assertFalse(code(folded).contains("graft"), () -> code(folded));
    }

    /** As the engine prints code that it has loaded. */
    @ParameterizedTest
    @ValueSource(strings = {"words-scripted", "words-traced"})
    void anAdapterRunsBesideThem(String fixture) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Path codes = write(archive, "codes", draft -> quantize(draft, TABLE, "int8"));
        ScriptArchive printed = ScriptArchive.read(Checkpoint.open(printed(codes)));
        assertEquals("", printed.misunderstood());
        Path adapted =
                write(printed, "adapted", draft -> draft.parametrize(TABLE, "default", Methods.lora(6, 2, 4, 0.5, 0)));
        assertTrue(code(adapted).contains("graft_weight_rows("), () -> code(adapted));
        Path merged = write(ScriptArchive.read(Checkpoint.open(adapted)), "merged", draft -> {
            draft.foldStorage(TABLE);
            draft.foldAdapter("default");
        });
        assertArrayEquals(run(merged), run(adapted), 1e-6f);
        // A class that the engine has left out is made again, with all that was said of the rows.
        Path folded = write(printed, "folded", draft -> draft.foldStorage(TABLE));
        assertArrayEquals(run(codes), run(folded));
        assertTrue(
                Pattern.compile("torch\\.embedding\\(.*, 0, False, False")
                        .matcher(code(folded))
                        .find(),
                () -> code(folded));
    }

    /** The head multiplies with the very numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"tied-scripted", "tied-traced"})
    void aTableThatIsAHeadTooIsMadeAsAWhole(String fixture) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Path codes = write(archive, "codes", draft -> quantize(draft, "emb.weight", "int8"));
        assertFalse(code(codes).contains("graft_weight_rows("), () -> code(codes));
    }

    @Test
    void whatStandsOnWholeColumnsMakesTheTable() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/words-scripted");
        Path codes = write(archive, "codes", draft -> {
            quantize(draft, TABLE, "int8");
            draft.parametrize(
                    TABLE,
                    "default",
                    new Methods.Dora(
                            Methods.random(io.graft.tensor.Shape.of(2, 4), 1),
                            Methods.random(io.graft.tensor.Shape.of(6, 2), 2),
                            Methods.random(io.graft.tensor.Shape.of(1, 4), 3),
                            0));
        });
        assertFalse(code(codes).contains("graft_weight_rows("), () -> code(codes));
    }

    private static void quantize(ModelDraft draft, String name, String scheme) {
        DraftTensor table = draft.find(name).orElseThrow();
        draft.parametrize(name, storage(table.base(), scheme));
    }

    private static Parametrization storage(LazyTensor table, String scheme) {
        return switch (scheme) {
            case "int8" -> Storages.int8(table, Kernel.FASTEST);
            case "fp8" -> Storages.fp8(table);
            default -> Storages.indices(table, 4);
        };
    }

    private Path printed(Path file) throws Exception {
        Path path = Files.createDirectory(folder.resolve("printed")).resolve("model.pt");
        try (Model model = load(file);
                ModuleCopy copy = new ModuleCopy(model.getBlock())) {
            Files.copy(copy.checkpoint().path(), path);
        }
        return path;
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }

    private static String code(Path file) {
        try {
            StringBuilder code = new StringBuilder();
            Archives.members(file).forEach((name, bytes) -> {
                if (name.endsWith(".py")) {
                    code.append(new String(bytes, UTF_8));
                }
            });
            return code.toString();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static Model load(Path file) throws Exception {
        Model model = Model.newInstance("test", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    private static float[] run(Path file) throws Exception {
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            return model.getBlock()
                    .forward(
                            new ParameterStore(manager, false),
                            new NDList(manager.create(new long[][] {{0, 2, 5}, {5, 1, 0}})),
                            false)
                    .get(0)
                    .toFloatArray();
        }
    }
}
