package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.GgufBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in parts, as {@code llama-gguf-split} writes them. */
class GgufSplitTest {
    private static final String BESIDE = "; put all parts into one folder, under the names that they had";

    @TempDir
    Path folder;

    private static GgufBuilder part(int number, int count, int tensors) {
        return new GgufBuilder(32)
                .shortNumber("split.no", number)
                .shortNumber("split.count", count)
                .number("split.tensors.count", tensors);
    }

    private static GgufBuilder with(GgufBuilder part, String tensor) {
        return part.tensor(tensor, 0, new byte[8], 2);
    }

    private Path file(String name, GgufBuilder content) throws IOException {
        return Files.write(folder.resolve(name), content.bytes());
    }

    private static String refusal(Path file) {
        return assertThrows(CheckpointException.class, () -> Checkpoint.open(file))
                .getMessage();
    }

    @Test
    void theFirstPartOpensAll() throws IOException {
        Path first = file("m-00001-of-00003.gguf", part(0, 3, 2).text("general.architecture", "llama"));
        Path second = file("m-00002-of-00003.gguf", with(part(1, 3, 2), "a"));
        Path third = file("m-00003-of-00003.gguf", part(2, 3, 2).tensor("b.weight", 8, new byte[34], 1, 32));
        Checkpoint whole = Checkpoint.open(first);
        assertEquals(List.of("a", "b.weight"), List.copyOf(whole.tensors().keySet()));
        assertEquals(
                "Q8_0", whole.tensors().get("b.weight").encoding().orElseThrow().scheme());
        assertEquals("llama", whole.metadata().get("general.architecture"));
        assertEquals(List.of(), whole.warnings());
        assertEquals(Set.of(first.toRealPath(), second.toRealPath(), third.toRealPath()), whole.files());
        assertEquals(
                Set.of("m-00002-of-00003.gguf", "m-00003-of-00003.gguf"),
                Checkpoint.filesBeside(first, GgufSplitTest.class.getClassLoader()));
        assertEquals(Set.of(), Checkpoint.filesBeside(second, GgufSplitTest.class.getClassLoader()));
        Checkpoint one = Checkpoint.open(second);
        assertEquals(Set.of("a"), one.tensors().keySet());
        assertEquals(List.of("part 2 of 3 of a model, whose first part opens all of them"), one.warnings());
    }

    /** In a cache of Hugging Face files are links to others that are called by their digests. */
    @Test
    void partsAreFoundBesideALink() throws IOException {
        Path blobs = Files.createDirectory(folder.resolve("blobs"));
        for (int number = 0; number < 2; number++) {
            Path blob = Files.write(
                    blobs.resolve("blob" + number),
                    with(part(number, 2, 2), "t" + number).bytes());
            Files.createSymbolicLink(folder.resolve("m-0000" + (number + 1) + "-of-00002.gguf"), blob);
        }
        assertEquals(
                Set.of("t0", "t1"),
                Checkpoint.open(folder.resolve("m-00001-of-00002.gguf"))
                        .tensors()
                        .keySet());
    }

    @Test
    void partsThatAreNotThoseOfOneModelAreRefused() throws IOException {
        Path first = file("m-00001-of-00002.gguf", with(part(0, 2, 2), "a"));
        assertRefused(Reason.NOT_FOUND, "part 2 of 2, `m-00002-of-00002.gguf`, is missing" + BESIDE, first);
        for (Map.Entry<GgufBuilder, String> other : Map.of(
                        with(part(1, 3, 2), "b"), "part 2 of 3",
                        with(part(0, 2, 2), "b"), "part 1 of 2",
                        with(part(0, 1, 2), "b"), "a whole model")
                .entrySet()) {
            Path second = file("m-00002-of-00002.gguf", other.getKey());
            assertEquals(
                    second.toRealPath() + ": says that it is " + other.getValue() + ", not part 2 of 2" + BESIDE,
                    refusal(first));
        }
        Path second = file("m-00002-of-00002.gguf", with(part(1, 2, 2), "a"));
        assertEquals(
                second.toRealPath() + ": tensor 'a' lies in two parts, in m-00001-of-00002.gguf as well" + BESIDE,
                refusal(first));
        file("m-00002-of-00002.gguf", with(with(part(1, 2, 2), "b"), "c"));
        assertRefused(
                Reason.MALFORMED,
                "its 2 parts hold 3 tensors, and split.tensors.count is '2'; it seems to be a GGUF file: copy or download"
                        + " it again",
                first);
        assertRefused(
                Reason.UNSUPPORTED,
                "part 1 of 2 of a model, whose name does not end in `-00001-of-00002.gguf`, so that the others cannot be"
                        + " found" + BESIDE,
                file("model.gguf", with(part(0, 2, 2), "a")));
    }
}
