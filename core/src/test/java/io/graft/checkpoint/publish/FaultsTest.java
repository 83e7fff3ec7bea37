package io.graft.checkpoint.publish;

import static io.graft.checkpoint.publish.Models.SINGLE;
import static io.graft.checkpoint.publish.Models.TWO_SHARDS;
import static io.graft.checkpoint.publish.Models.files;
import static io.graft.checkpoint.publish.Models.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.ModelFiles;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a publish leaves that is cut off or meets a disk that fails: the model before, or the new one, and the truth about it. */
class FaultsTest {
    private static final String IO_ERROR = "Input/output error";

    @TempDir
    Path root;

    static Stream<List<Models>> transitions() {
        return Models.transitions();
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void atEachMomentTheFolderOpensAsTheOldOrTheNewModel(List<Models> transition) throws IOException {
        Path out = folder(transition, 0);
        transition.get(0).publish(out, 1);
        boolean[] isNew = {false};
        Changes changes = new Changes(n -> {
            float value = opened(out);
            assertTrue(value == 2 || (value == 1 && !isNew[0]), "old again after new");
            isNew[0] = value == 2;
            Path manifest = out.resolve(ModelFiles.MANIFEST);
            if (Files.exists(manifest)) {
                assertTrue(Files.readString(manifest).contains("\"value\": " + value), "a manifest of another model");
            }
        });
        transition.get(1).publish(out, 2, changes);
        assertTrue(isNew[0]);
        assertEquals(2, opened(out));
        assertEquals(transition.get(1).names().stream().sorted().toList(), Models.fileNames(out));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void aChangeThatFailsIsUndone(List<Models> transition) throws IOException {
        for (int n = 1, all = changes(transition); n <= all; n++) {
            Path out = folder(transition, n);
            transition.get(0).publish(out, 1);
            Map<String, String> before = files(out);
            Changes changes = Changes.failingAt(n);
            IOException failure =
                    assertThrows(IOException.class, () -> transition.get(1).publish(out, 2, changes), "change " + n);
            assertEquals(IO_ERROR, failure.getMessage());
            assertEquals(before, files(out), "change " + n);
        }
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void renameThatKeepsFailingKeepsTheOldFilesAndSaysWhere(List<Models> transition) throws IOException {
        int stuck = 0;
        for (int n = 1, all = changes(transition); n <= all; n++) {
            Path out = folder(transition, n);
            transition.get(0).publish(out, 1);
            Map<String, String> before = files(out);
            Changes changes = Changes.failingFrom(n);
            IOException failure =
                    assertThrows(IOException.class, () -> transition.get(1).publish(out, 2, changes), "change " + n);
            float value = opened(out);
            assertTrue(value == 1 || value == 2);
            if (failure instanceof OutputException told) {
                stuck++;
                Path old = hidden(out).resolve("old");
                assertEquals(
                        "files cannot be moved into place (Input/output error), and what was there before cannot be put"
                                + " back (Input/output error); it is in `" + old.toRealPath()
                                + "`; nothing is lost: the next run into `" + out.toRealPath() + "` puts it back",
                        told.getMessage());
                assertEquals(ProblemCode.APPLY_FAILED, told.problem().code());
                assertEquals(before, files(old), "the files before are where the message says");
            } else {
                assertEquals(IO_ERROR, failure.getMessage());
                before.forEach((name, content) -> assertEquals(content, content(out.resolve(name)), name));
            }
            StagedOutput.recover(out);
            assertEquals(before, files(out), "change " + n);
        }
        assertTrue(stuck > 0);
    }

    /** A copy of what is on the disk before a change is what a process leaves that is killed then. */
    @ParameterizedTest
    @MethodSource("transitions")
    void theNextRunRecoversWhatIsThereBeforeEachChange(List<Models> transition) throws IOException {
        Path out = folder(transition, 0);
        transition.get(0).publish(out, 1);
        Map<String, String> before = files(out);
        List<Path> left = new ArrayList<>();
        Changes changes = new Changes(n -> {
            left.add(root.resolve("left-" + n));
            copy(out.getParent(), root.resolve("left-" + n));
        });
        transition.get(1).publish(out, 2, changes);
        for (int n = 1; n <= left.size(); n++) {
            delete(out.getParent());
            copy(left.get(n - 1), out.getParent());
            assertRecovered(out, transition, before, n);
        }
    }

    @Test
    void theNextRunRecoversWhatAKillLeft() throws Exception {
        List<Models> transition = List.of(TWO_SHARDS, TWO_SHARDS);
        for (int all = changes(transition), n = all / 4; n <= all; n += all / 4) {
            Path out = folder(transition, n);
            transition.get(0).publish(out, 1);
            Map<String, String> before = files(out);
            assertEquals(137, kill(out, transition.get(1), n), "change " + n);
            assertRecovered(out, transition, before, n);
        }
    }

    private static void assertRecovered(Path out, List<Models> transition, Map<String, String> before, int n)
            throws IOException {
        float value = opened(out);
        assertTrue(value == 1 || value == 2, "change " + n);
        if (n % 2 == 0) {
            StagedOutput.recover(out);
            assertEquals(before, files(out), "change " + n);
        }
        transition.get(1).publish(out, 3);
        assertEquals(3, opened(out));
        assertEquals(transition.get(1).names().stream().sorted().toList(), Models.fileNames(out));
        assertEquals(List.of(out.getFileName().toString()), names(out.getParent()));
    }

    @Test
    void theNextRunRemovesWhatAKillLeftBesideANewFolder() throws Exception {
        Path out = root.resolve("new/out");
        assertEquals(137, kill(out, TWO_SHARDS, 1));
        assertFalse(Files.exists(out));
        assertEquals(1, names(out.getParent()).size());
        SINGLE.publish(out, 2);
        assertEquals(List.of("out"), names(out.getParent()));
    }

    @Test
    void whatARunThatLivesHasWrittenStays() throws Exception {
        Path out = root.resolve("out");
        SINGLE.publish(out, 1);
        Destination destination = new Destination.ModelFolder(out, true, InputFiles.NONE);
        try (StagedOutput living = StagedOutput.in(destination, SINGLE.names(), false)) {
            SINGLE.write(living.folder(), 2);
            assertEquals(0, kill(out, SINGLE, 1000), "a run of another process, to its end");
            StagedOutput.recover(out);
            living.publish();
        }
        assertEquals(2, opened(out));
        assertEquals(SINGLE.names().stream().sorted().toList(), Models.fileNames(out));
    }

    @Test
    void aFileThatSomebodyPutInPlaceOfAKilledRunsIsNotTouched() throws Exception {
        Path out = root.resolve("out");
        SINGLE.publish(out, 1);
        int all = changes(List.of(SINGLE, SINGLE));
        kill(out, SINGLE, all);
        Files.writeString(out.resolve("model.safetensors"), "of a person");
        OutputException told = assertThrows(OutputException.class, () -> SINGLE.publish(out, 3));
        assertEquals(
                "`" + out.toRealPath()
                        + "` holds what a run left that was interrupted while it published, and it cannot"
                        + " be undone (" + out.toRealPath().resolve("model.safetensors")
                        + " has been written by somebody else since): the files before are in `"
                        + hidden(out).resolve("old").toRealPath()
                        + "`; move the file that is in the way away, or choose another path",
                told.getMessage());
        assertEquals("of a person", Files.readString(out.resolve("model.safetensors")));
        Files.delete(out.resolve("model.safetensors"));
        SINGLE.publish(out, 3);
        assertEquals(3, opened(out));
    }

    /** How many changes a publish makes, the last of which gives the claim back. */
    private int changes(List<Models> transition) throws IOException {
        Path out = folder(transition, 0);
        transition.get(0).publish(out, 1);
        Changes counted = new Changes(n -> {});
        transition.get(1).publish(out, 2, counted);
        return counted.count();
    }

    private Path folder(List<Models> transition, int n) throws IOException {
        return Files.createDirectories(root.resolve(transition.get(0) + "-" + transition.get(1) + "-" + n))
                .resolve("out");
    }

    private static int kill(Path out, Models model, int n) throws IOException, InterruptedException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HaltedPublish.class.getName(),
                        out.toString(),
                        model.name(),
                        "2",
                        Integer.toString(n))
                .inheritIO()
                .start()
                .waitFor();
    }

    private static String content(Path file) {
        try {
            return Files.isDirectory(file) ? "folder" : HexFormat.of().formatHex(Files.readAllBytes(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : tree.toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path hidden(Path out) throws IOException {
        try (Stream<Path> children = Files.list(out)) {
            return children.filter(child -> child.getFileName().toString().matches("\\.graft-.{36}"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
