package io.graft.checkpoint.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that several runs write parts of one model into. */
class SharedFolderTest {
    private static final String UNKNOWN =
            ", and no manifest beside it says that Graft wrote it as it is now; move it away, or choose another path";

    @TempDir
    Path temporary;

    private Path out;
    private IOException guarded;

    @BeforeEach
    void canonical() throws IOException {
        out = temporary.toRealPath().resolve("runs/out");
    }

    private Destination shared(boolean overwrite, Predicate<String> removed) {
        return new Destination.SharedFolder(
                out,
                InputFiles.NONE,
                Optional.of("model.safetensors.index.json"),
                () -> {
                    if (guarded != null) {
                        throw guarded;
                    }
                },
                overwrite,
                removed);
    }

    private static String shard(int part) {
        return "model-0000" + part + "-of-00002.safetensors";
    }

    private static String recordOf(int part) {
        return "graft-part-0000" + part + "-of-00002.json";
    }

    /** A shard of some text, and the record that lists it. */
    private Replacement publish(int part, String text, Destination destination) throws IOException {
        try (StagedOutput staged = StagedOutput.in(destination, List.of(shard(part), recordOf(part)), false)) {
            Files.writeString(staged.folder().resolve(shard(part)), text);
            Files.writeString(
                    staged.folder().resolve(recordOf(part)),
                    "{\"outputs\": [{\"path\": \"" + shard(part) + "\", \"bytes\": " + text.length() + "}]}");
            return staged.publish();
        }
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void theFolderIsThereAtOnceAndGoesWithWhoMadeIt() throws IOException {
        try (StagedOutput staged = StagedOutput.in(shared(false, SharedFolderTest::none), List.of(shard(1)), false)) {
            assertTrue(Files.isDirectory(out));
            assertEquals(out, staged.folder().getParent().getParent());
        }
        assertFalse(Files.exists(out.getParent()));
    }

    @Test
    void partsComeTogetherInWhateverOrder() throws IOException {
        assertEquals(Replacement.NONE, publish(2, "two", shared(false, SharedFolderTest::none)));
        assertEquals(Replacement.NONE, publish(1, "one", shared(false, SharedFolderTest::none)));
        assertEquals(Set.of(shard(1), shard(2), recordOf(1), recordOf(2)), names());
    }

    @Test
    void aPartIsWrittenAgainOnlyWhereThatIsAskedFor() throws IOException {
        publish(1, "one", shared(false, SharedFolderTest::none));
        publish(2, "two", shared(false, SharedFolderTest::none));
        assertRefused(
                "`" + out.resolve(shard(1)) + "` is in the way" + UNKNOWN,
                () -> publish(1, "new", shared(false, SharedFolderTest::none)));
        assertEquals("one", Files.readString(out.resolve(shard(1))));
        assertEquals(
                new Replacement(List.of(out.resolve(recordOf(1)), out.resolve(shard(1))), List.of()),
                publish(1, "new", shared(true, SharedFolderTest::none)));
        assertEquals("new", Files.readString(out.resolve(shard(1))));
        assertEquals("two", Files.readString(out.resolve(shard(2))));
    }

    @Test
    void whatTheLastPartMakesNeedlessGoes() throws IOException {
        publish(1, "one", shared(false, SharedFolderTest::none));
        Files.writeString(out.resolve("graft-part-1.json"), "of a person");
        Replacement replacement = publish(2, "two", shared(false, name -> name.startsWith("graft-part-")));
        assertEquals(new Replacement(List.of(), List.of(out.resolve(recordOf(1)))), replacement);
        assertEquals(Set.of(shard(1), shard(2), recordOf(2), "graft-part-1.json"), names());
    }

    @Test
    void whatWouldBeOpenedInPlaceOfAllPartsIsNamed() throws IOException {
        Files.createDirectories(out);
        Path single = Files.writeString(out.resolve(ModelFiles.SAFETENSORS), "of a person");
        Files.writeString(out.resolve(ModelFiles.PYTORCH), "is opened later");
        assertRefused(
                "`" + single + "` would be opened in place of the output" + UNKNOWN,
                () -> publish(1, "one", shared(true, name -> true)));
        Files.delete(single);
        publish(1, "one", shared(true, name -> true));
    }

    @Test
    void theGuardLooksFirst() {
        guarded = new IOException("another plan");
        assertSame(
                guarded,
                assertThrows(IOException.class, () -> publish(1, "one", shared(false, SharedFolderTest::none))));
        assertFalse(Files.exists(out.getParent()), "nothing is left of the attempt");
    }

    @Test
    void onlyWhatARecordListsAsItIsNowIsGrafts() throws IOException {
        Files.createDirectories(out);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            Files.writeString(out.resolve(name), "xyz");
        }
        Files.createDirectory(out.resolve("f"));
        Files.writeString(out.resolve(recordOf(1)), """
                {"earlier": {"outputs": [{"path": "a", "bytes": 3}]}, "list": [1], "outputs": [
                {"more": {"path": "a"}, "path": "b", "bytes": 3, "kind": "model"},
                {"path": "c", "bytes": "3"}, {"path": "d", "bytes": 4}, {"bytes": 3}, {"path": "f", "bytes": 3},
                {"path": "./e", "bytes": 3}], "later": [{"path": "a", "bytes": 3}]}""");
        Files.writeString(out.resolve(recordOf(2)), "{\"outputs\": [{\"path\": \"a\", \"bytes\": 3}");
        Files.writeString(out.resolve("graft-manifest.json"), "{\"inputs\": []}");
        Replacement replacement =
                new Occupied(out, InputFiles.NONE).replacing(List.of("new"), name -> true, Optional.empty());
        assertEquals(new Replacement(List.of(), List.of(out.resolve("b"), out.resolve(recordOf(1)))), replacement);
    }

    @Test
    void aFailureIsToldByTheNameThatWasAskedFor() throws IOException {
        try (StagedOutput staged = StagedOutput.in(shared(false, SharedFolderTest::none), List.of(), false)) {
            Path file = staged.folder().resolve("model.safetensors");
            assertEquals(
                    out.resolve("model.safetensors") + ": cut off; again",
                    staged.published(failure(file)).getMessage());
            assertEquals(
                    out + ": cut off; again",
                    staged.published(failure(staged.folder())).getMessage());
            CheckpointException other = failure(out.resolve("model.safetensors"));
            assertSame(other, staged.published(other));
            CheckpointException remote = other.at("https://host/a.pt");
            assertEquals("https://host/a.pt: cut off; again", remote.getMessage());
            assertEquals("https://host/a.pt", remote.location());
            assertSame(remote, staged.published(remote));
        }
    }

    private static CheckpointException failure(Path path) {
        return new CheckpointException(CheckpointException.Reason.MALFORMED, path, "cut off", "again");
    }

    @Test
    void aFolderIsNotReplacedByAFile() throws IOException {
        Path folder = Files.createDirectories(out);
        OutputException refused = assertThrows(
                OutputException.class,
                () -> new Destination.SingleFile(folder, true, InputFiles.NONE).replacing(List.of()));
        assertEquals("the output `" + folder + "` is a folder", refused.detail());
        assertEquals("choose another path", refused.help());
        assertTrue(refused.isRefusal());
    }

    private interface Attempt {
        Object run() throws IOException;
    }

    private static void assertRefused(String message, Attempt attempt) {
        assertEquals(message, assertThrows(OutputException.class, attempt::run).getMessage());
    }

    private static boolean none(String name) {
        return false;
    }
}
