package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.pytorch.Pickle.Call;
import io.graft.problem.FirstFew;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bound of texts in a pickle, at which a file is still read or a text shown whole, and one beyond it. */
class PickleBoundsTest {
    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    private Checkpoint beside(String key, Object value) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("state_dict", Map.of("w", floats("0", 4)));
        root.put(key, value);
        return files.open(zipWithFour(root));
    }

    @Test
    void theNameOfAClass() {
        String longest = "m".repeat(512);
        assertEquals(
                Set.of("w"),
                beside("extra", Call.of(longest, longest)).tensors().keySet());
        for (String[] name : new String[][] {{longest + "m", "n"}, {"m", longest + "n"}}) {
            files.assertRefused(
                    Reason.REFUSED,
                    "'archive/data.pkl', byte 2: a name of more than 512 bytes; do not use this file unless you know who wrote it",
                    new Zip().stored("archive/data.pkl", Pickle.of(Call.of(name[0], name[1]))));
        }
    }

    @Test
    void valuesOfHyperParameters() {
        Checkpoint whole = beside("hyper_parameters", numbers(1000));
        assertEquals("999", whole.metadata().get("hyper_parameters.k999"));
        assertEquals(List.of(), whole.warnings());
        Checkpoint cut = beside("hyper_parameters", numbers(1001));
        assertEquals(
                1000,
                cut.metadata().keySet().stream()
                        .filter(key -> key.startsWith("hyper_parameters."))
                        .count());
        assertEquals(List.of("'hyper_parameters' holds more than the 1000 values shown"), cut.warnings());
    }

    @Test
    void itemsOfAList() {
        assertEquals("[" + ", ".repeat(99) + "]", ofList(100));
        assertEquals("[" + ", ".repeat(99) + ",...", ofList(101));
    }

    private String ofList(int emptyTexts) {
        return beside("hyper_parameters", Map.of("k", Collections.nCopies(emptyTexts, "")))
                .metadata()
                .get("hyper_parameters.k");
    }

    @Test
    void depthOfHyperParameters() {
        assertEquals(
                "0", beside("hyper_parameters", nested(16, 0)).metadata().get("hyper_parameters" + ".k".repeat(16)));
        assertEquals(
                "{...}",
                beside("hyper_parameters", nested(17, 0)).metadata().get("hyper_parameters" + ".k".repeat(16)));
    }

    @Test
    void scalarsBesideTheStateDict() {
        Map<String, Object> root = numbers(10_000);
        root.put("state_dict", Map.of("w", floats("0", 4)));
        assertEquals("9999", files.open(zipWithFour(root)).metadata().get("k9999"));
        root.put("one more", 1);
        files.assertRefused(
                Reason.REFUSED,
                "more than 10000 scalars stand beside the state dict; do not use this file unless you know who wrote it",
                zipWithFour(root));
    }

    @Test
    void namesInAMessage() {
        FirstFew few = new FirstFew();
        IntStream.range(0, 10).forEach(i -> few.add(() -> "a"));
        assertEquals("a, a, a, a, a, a, a, a, a, a", few.toString());
        few.add(() -> "b");
        assertEquals("a, a, a, a, a, a, a, a, a, a and 1 more", few.toString());
    }

    private static Map<String, Object> numbers(int count) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put("k" + i, i);
        }
        return numbers;
    }

    private static Object nested(int depth, Object value) {
        return depth == 0 ? value : Map.of("k", nested(depth - 1, value));
    }
}
