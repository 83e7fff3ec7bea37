package io.graft.checkpoint.publish;

import static io.graft.checkpoint.publish.Models.SINGLE;
import static io.graft.checkpoint.publish.Models.THREE_SHARDS;
import static io.graft.checkpoint.publish.Models.TWO_SHARDS;
import static io.graft.checkpoint.publish.Models.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {
    private static final String MOVE_AWAY = "; move it away, or choose another path";
    private static final String UNKNOWN =
            ", and no manifest beside it says that Graft wrote it as it is now" + MOVE_AWAY;

    @TempDir
    Path temporary;

    private Path root;
    private Path out;

    @BeforeEach
    void canonical() throws IOException {
        root = temporary.toRealPath();
        out = root.resolve("out");
    }

    @Test
    void newFolderAppearsAsAWhole() throws IOException {
        Path deep = root.resolve("runs/1/out");
        try (StagedOutput staged = stage(deep, false)) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            assertFalse(Files.exists(deep));
            assertEquals(
                    deep.resolve("model.safetensors"),
                    staged.published(staged.folder().resolve("model.safetensors")));
            assertEquals(Replacement.NONE, staged.publish());
        }
        assertEquals(Map.of("runs/1/out/model.safetensors", "new"), filesBelow(root));
    }

    @Test
    void filesInFoldersReplaceTheirOwnAndGoWithThem() throws IOException {
        Models.TWO_SHARDS.publish(out, 1);
        Models.PYTORCH.publish(out, 2);
        assertEquals("value 2.0", Files.readString(out.resolve("1_Pooling/config.json")));
        Replacement replacement = SINGLE.publish(out, 3, FolderChanges.REAL);
        assertEquals(
                List.of(out.resolve("1_Pooling/config.json"), out.resolve("pytorch_model.bin")), replacement.removed());
        assertFalse(Files.exists(out.resolve("1_Pooling")));
        Files.createDirectories(out.resolve("1_Pooling"));
        Files.writeString(out.resolve("1_Pooling/notes.txt"), "of a person");
        Models.PYTORCH.publish(out, 4);
        SINGLE.publish(out, 5);
        assertEquals("of a person", Files.readString(out.resolve("1_Pooling/notes.txt")));
    }

    @Test
    void aFileOrALinkInPlaceOfAFolderIsInTheWay() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createDirectory(out);
        Path folder = out.resolve("1_Pooling");
        String refusal = "`" + folder + "` is in the way: the output has a folder of that name" + MOVE_AWAY;
        Files.createSymbolicLink(folder, elsewhere);
        assertRefused(refusal, () -> Models.PYTORCH.publish(out, 1, FolderChanges.REAL));
        Files.delete(folder);
        Files.writeString(folder, "of a person");
        assertRefused(refusal, () -> Models.PYTORCH.publish(out, 1, FolderChanges.REAL));
        assertEquals(Map.of("out/1_Pooling", "of a person"), filesBelow(root));
    }

    /** A manifest is no reason to replace or remove what lies elsewhere. */
    @Test
    void aManifestTellsOfNothingOutsideItsFolder() throws IOException {
        Files.createDirectories(root.resolve("elsewhere"));
        Files.createDirectory(out);
        Files.writeString(root.resolve("elsewhere/a.txt"), "mine");
        Files.createSymbolicLink(out.resolve("link"), root.resolve("elsewhere"));
        Files.writeString(
                out.resolve(ModelFiles.MANIFEST),
                "{\"outputs\": [{\"path\": \"../elsewhere/a.txt\", \"bytes\": 4}, {\"path\": \"link/a.txt\", \"bytes\":"
                        + " 4}, {\"path\": \"x/../../elsewhere/a.txt\", \"bytes\": 4}, {\"path\": \"a\\u0000\", \"bytes\":"
                        + " 4}, {\"path\": \"\", \"bytes\": 4}, {\"path\": \""
                        + root.resolve("elsewhere/a.txt") + "\", \"bytes\": 4}]}");
        assertEquals(
                new Replacement(List.of(out.resolve(ModelFiles.MANIFEST)), List.of()),
                SINGLE.publish(out, 1, FolderChanges.REAL));
        assertEquals("mine", Files.readString(root.resolve("elsewhere/a.txt")));
    }

    @Test
    void newFolderHasTheUsualPermissions() throws IOException {
        Path usual = Files.createDirectory(root.resolve("usual"));
        try (StagedOutput staged = stage(out, false)) {
            staged.publish();
        }
        PosixFileAttributeView view = Files.getFileAttributeView(out, PosixFileAttributeView.class);
        assumeTrue(view != null, "the file system has other permissions");
        assertEquals(Files.getPosixFilePermissions(usual), view.readAttributes().permissions());
    }

    @Test
    void placeThatCannotBeWrittenToIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "not a folder");
        IOException failure = assertThrows(IOException.class, () -> stage(file.resolve("out"), false));
        assertEquals(file + ": no folder can be made here", failure.getMessage());
    }

    @Test
    void unpublishedFilesLeaveNothingBehind() throws IOException {
        try (StagedOutput staged = stage(root.resolve("runs/1/out"), false)) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
        }
        assertFalse(Files.exists(root.resolve("runs")), "parents that were made for the output are gone again");
    }

    @Test
    void parentsThatOthersUseMeanwhileStay() throws IOException {
        try (StagedOutput staged = stage(root.resolve("runs/1/out"), false)) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            Files.writeString(root.resolve("runs/other"), "of another run");
        }
        assertEquals(Map.of("runs/other", "of another run"), filesBelow(root));
    }

    @Test
    void overwritingReplacesOwnFilesAndKeepsOthers() throws IOException {
        TWO_SHARDS.publish(out, 1);
        Map<String, String> harmless = new TreeMap<>(Map.of(
                "config.json", "of a person",
                "model-backup.safetensors", "of a person",
                "model-00007-of-00009.safetensors", "of a person",
                "pytorch_model.bin", "of a person",
                "nested/model.safetensors", "of a person"));
        for (Map.Entry<String, String> file : harmless.entrySet()) {
            write(file.getKey(), file.getValue());
        }
        Replacement replacement = SINGLE.publish(out, 2, FolderChanges.REAL);
        assertEquals(
                new Replacement(
                        List.of(out.resolve("graft-manifest.json")),
                        List.of(
                                out.resolve("1_Pooling/config.json"),
                                out.resolve("model-00001-of-00002.safetensors"),
                                out.resolve("model-00002-of-00002.safetensors"),
                                out.resolve("model.safetensors.index.json"))),
                replacement);
        assertEquals(2, opened(out));
        Map<String, String> left = filesBelow(out);
        left.keySet().removeAll(SINGLE.names());
        assertEquals(harmless, left);
    }

    @Test
    void aFileThatGraftNeverWroteIsNotReplaced() throws IOException {
        Files.createDirectory(out);
        write("model.safetensors", "of a person");
        Map<String, String> before = filesBelow(root);
        assertRefused("`" + out.resolve("model.safetensors") + "` is in the way" + UNKNOWN, () -> stage(out, true));
        assertEquals(before, filesBelow(root));
    }

    @Test
    void aFileThatWouldBeOpenedInPlaceOfTheOutputIsNamed() throws IOException {
        Files.createDirectory(out);
        write("model.safetensors", "of a person");
        Destination destination = new Destination.ModelFolder(out, true, InputFiles.NONE);
        assertRefused(
                "`" + out.resolve("model.safetensors") + "` would be opened in place of the output" + UNKNOWN,
                () -> StagedOutput.in(destination, TWO_SHARDS.names(), false));
    }

    @Test
    void aFileThatSomebodyWroteInPlaceOfGraftsIsNotReplaced() throws IOException {
        SINGLE.publish(out, 1);
        write("model.safetensors", "trained further");
        assertRefused("`" + out.resolve("model.safetensors") + "` is in the way" + UNKNOWN, () -> stage(out, true));
    }

    @Test
    void aFileOfTheSameSizeThatIsYoungerThanTheManifestIsKnownByItsDigest() throws IOException {
        SINGLE.publish(out, 1);
        Path model = out.resolve("model.safetensors");
        Files.setLastModifiedTime(model, FileTime.from(Instant.now().plusSeconds(60)));
        SINGLE.publish(out, 2);
        byte[] content = Files.readAllBytes(model);
        content[content.length - 1]++;
        Files.write(model, content);
        Files.setLastModifiedTime(model, FileTime.from(Instant.now().plusSeconds(60)));
        assertRefused("`" + model + "` is in the way" + UNKNOWN, () -> stage(out, true));
    }

    @Test
    void aManifestThatIsNoneOfGraftsIsNotReplaced() throws IOException {
        Files.createDirectory(out);
        for (String content : List.of("", "[]", "{\"outputs\": 3}", "{\"outputs\": [", "no JSON")) {
            write("graft-manifest.json", content);
            assertRefused(
                    "`" + out.resolve("graft-manifest.json") + "` is in the way" + UNKNOWN,
                    () -> StagedOutput.in(
                            new Destination.ModelFolder(out, true, InputFiles.NONE), SINGLE.names(), false));
        }
    }

    @Test
    void aManifestOwnsNothingOutsideItsFolder() throws IOException {
        Files.createDirectory(out);
        Files.writeString(root.resolve("precious"), "mine");
        write(
                "graft-manifest.json",
                "{\"outputs\": [{\"path\": \"../precious\", \"bytes\": 4}, {\"path\": \"" + root.resolve("precious")
                        + "\", \"bytes\": 4}]}");
        SINGLE.publish(out, 1);
        assertEquals("mine", Files.readString(root.resolve("precious")));
    }

    @Test
    void anInputIsNeverReplacedOrRemoved() throws IOException {
        SINGLE.publish(out, 1);
        Path model = out.resolve("model.safetensors");
        Path hard = Files.createLink(root.resolve("hard.safetensors"), model);
        Path symbolic = Files.createSymbolicLink(root.resolve("symbolic.safetensors"), model);
        for (Path input : List.of(model, hard, symbolic)) {
            InputFiles inputs = InputFiles.of(List.of(input));
            assertRefused(
                    "the output would replace `" + model + "`, which this run reads; choose another path",
                    () -> StagedOutput.in(new Destination.ModelFolder(out, true, inputs), SINGLE.names(), false));
            assertRefused(
                    "the output would remove `" + model + "`, which this run reads; choose another path",
                    () -> StagedOutput.in(new Destination.ModelFolder(out, true, inputs), THREE_SHARDS.names(), false));
            assertRefused(
                    "the output would replace `" + model + "`, which this run reads; choose another path",
                    () -> StagedOutput.in(new Destination.SingleFile(model, true, inputs), List.of(), false));
        }
        assertEquals(1, opened(out));
    }

    @Test
    void outputThatIsALinkIsReplacedAsAFileWouldBe() throws IOException {
        SINGLE.publish(out, 1);
        Path elsewhere = Files.move(out.resolve("model.safetensors"), root.resolve("elsewhere"));
        Files.createSymbolicLink(out.resolve("model.safetensors"), elsewhere);
        TWO_SHARDS.publish(out, 2);
        assertEquals(2, opened(out));
        assertFalse(Files.exists(out.resolve("model.safetensors"), LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(elsewhere), "what the link led to stays");

        Path file = Files.createSymbolicLink(root.resolve("link.bin"), elsewhere);
        Destination destination = new Destination.SingleFile(file, false, InputFiles.NONE);
        assertRefused(
                "the output `" + file + "` exists; choose another path, or replace the file with `overwrite`",
                () -> StagedOutput.in(destination, List.of("link.bin"), false));
        try (StagedOutput staged =
                StagedOutput.in(new Destination.SingleFile(file, true, InputFiles.NONE), List.of("link.bin"), false)) {
            Files.writeString(staged.folder().resolve("link.bin"), "new");
            staged.publish();
        }
        assertFalse(Files.isSymbolicLink(file));
        assertEquals("new", Files.readString(file));
        assertTrue(Files.size(elsewhere) > 3, "what the link led to stays");
    }

    @Test
    void linkThatGraftDidNotMakeWouldBeOpenedInPlaceOfTheOutput() throws IOException {
        Files.createDirectory(out);
        Path link = Files.createSymbolicLink(out.resolve("model.safetensors"), root.resolve("nothing"));
        assertRefused(
                "`" + link + "` would be opened in place of the output" + UNKNOWN,
                () -> StagedOutput.in(
                        new Destination.ModelFolder(out, true, InputFiles.NONE), TWO_SHARDS.names(), false));
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void folderThatComesIntoBeingMeanwhileIsLeftAlone() throws IOException {
        try (StagedOutput staged = stage(out, false)) {
            SINGLE.write(staged.folder(), 2);
            write("model.safetensors", "of another run");
            assertRefused(
                    "the output folder `" + out
                            + "` exists; choose another path, or replace what Graft wrote there with `overwrite`",
                    staged::publish);
        }
        assertEquals(Map.of("out/model.safetensors", "of another run"), filesBelow(root));
    }

    @Test
    void folderThatComesIntoBeingWhileAModelIsDownloadedIsLeftAlone() throws IOException {
        SINGLE.publish(out, 1);
        assertRefused(
                "the output folder `" + out
                        + "` exists; choose another path, or replace what Graft wrote there with `overwrite`",
                () -> stage(out, false));
    }

    @Test
    void ofTwoRunsIntoOneNewFolderOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 10; round++) {
                Path folder = root.resolve("round-" + round + "/out");
                List<Callable<String>> runs = Stream.of(1, 2, 3, 4)
                        .<Callable<String>>map(value -> () -> {
                            try (StagedOutput staged = stage(folder, false)) {
                                TWO_SHARDS.write(staged.folder(), value);
                                staged.publish();
                                return "won " + (float) value;
                            } catch (OutputException refused) {
                                return refused.detail();
                            }
                        })
                        .toList();
                List<String> ends = new ArrayList<>();
                for (Future<String> run : threads.invokeAll(runs)) {
                    ends.add(run.get());
                }
                assertTrue(ends.remove("won " + opened(folder)), ends.toString());
                String refusal = "the output folder `" + folder + "` exists";
                assertEquals(List.of(refusal, refusal, refusal), ends);
                assertEquals(
                        TWO_SHARDS.names().stream().sorted().toList(),
                        List.copyOf(filesBelow(folder).keySet()));
                assertEquals(List.of("out"), namesIn(folder.getParent()));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void runsThatOverwriteOneFolderComeOneAfterTheOther() throws Exception {
        SINGLE.publish(out, 1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Replacement>> runs = Stream.of(2, 3, 4, 5, 6, 7, 8, 9)
                    .<Callable<Replacement>>map(value ->
                            () -> (value % 2 == 0 ? TWO_SHARDS : THREE_SHARDS).publish(out, value, FolderChanges.REAL))
                    .toList();
            for (Future<Replacement> run : threads.invokeAll(runs)) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
        float value = opened(out);
        Models last = value % 2 == 0 ? TWO_SHARDS : THREE_SHARDS;
        assertEquals(
                last.names().stream().sorted().toList(),
                List.copyOf(filesBelow(out).keySet()));
    }

    @Test
    void whatOpensThereIsWhatWasWritten() throws IOException {
        TWO_SHARDS.publish(out, 1);
        Map<String, String> before = Models.files(out);
        Changes meddler = new Changes(n -> {
            if (Files.exists(out.resolve("model-00003-of-00003.safetensors"))) {
                write("model.safetensors", "of somebody else, just now");
            }
        });
        OutputException refused = assertThrows(OutputException.class, () -> THREE_SHARDS.publish(out, 2, meddler));
        assertEquals(
                "`" + out
                        + "` would be opened as `model.safetensors`, which somebody else wrote there just now; run again"
                        + " when nothing writes to it",
                refused.getMessage());
        Files.delete(out.resolve("model.safetensors"));
        assertEquals(before, Models.files(out));
    }

    @Test
    void openingNamesARunThatPublishes() throws IOException {
        SINGLE.publish(out, 1);
        Changes watched = new Changes(n -> {
            if (Files.exists(out.resolve(ModelFiles.PUBLISHING))) {
                assertEquals(
                        List.of("a run publishes in the folder, or was interrupted while it did; the next run into it"
                                + " then puts back what was there before"),
                        Checkpoint.open(out).warnings().stream()
                                .filter(warning -> warning.startsWith("a run"))
                                .toList());
            }
        });
        SINGLE.publish(out, 2, watched);
        assertEquals(List.of(), Checkpoint.open(out).warnings());
    }

    @Test
    void syncForcesFoldersToo() throws IOException {
        Changes first = new Changes(n -> {});
        publishSynced(root.resolve("runs/1/out"), first);
        assertEquals(
                List.of("force files", "move out", "force 1", "force runs", "force " + root.getFileName()),
                first.made());
        Changes second = new Changes(n -> {});
        publishSynced(root.resolve("runs/1/out"), second);
        List<String> made = second.made();
        int firstChange = made.indexOf("delete graft-manifest.json");
        assertEquals(
                List.of("force files", "force old"),
                made.subList(0, firstChange).stream()
                        .filter(change -> change.startsWith("force ") && !change.startsWith("force ."))
                        .limit(2)
                        .toList());
        assertTrue(made.lastIndexOf("force out") > made.indexOf("move graft-manifest.json"), made.toString());
    }

    private static void publishSynced(Path folder, Changes changes) throws IOException {
        Destination destination = new Destination.ModelFolder(folder, true, InputFiles.NONE);
        try (StagedOutput staged = StagedOutput.in(destination, SINGLE.names(), true, changes)) {
            SINGLE.write(staged.folder(), 1);
            staged.publish();
        }
    }

    @Test
    void whatAnEarlierVersionLeftIsRemoved() throws IOException {
        SINGLE.publish(out, 1);
        write(".graft-7d6f1e8c-63a4-4b8e-9d7b-5d0e6f3a2b1c/model.safetensors", "half");
        write(".graft-notes/mine", "of a person");
        SINGLE.publish(out, 2);
        assertEquals(List.of(".graft-notes", "graft-manifest.json", "model.safetensors"), namesIn(out));
    }

    @Test
    void linkedFolderIsWrittenThroughTheLink() throws IOException {
        Path real = Files.createDirectory(root.resolve("real"));
        Path link = Files.createSymbolicLink(root.resolve("link"), real);
        SINGLE.publish(link, 2);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(2, opened(real));
    }

    @Test
    void fileInPlaceOfTheFolderIsRefusedAlways() throws IOException {
        Path file = Files.writeString(root.resolve("out"), "");
        for (boolean overwrite : new boolean[] {false, true}) {
            assertRefused(
                    "the output `" + file + "` exists and is not a folder; choose another path",
                    () -> stage(file, overwrite));
        }
    }

    @Test
    void endOfTheJvmLeavesNothingBehind() throws IOException, InterruptedException {
        write("model.safetensors", "old");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AbandonedRun.class.getName(),
                        out.toString())
                .inheritIO()
                .start();
        assertEquals(0, run.waitFor());
        assertEquals(List.of("model.safetensors"), namesIn(out));
        assertEquals(Map.of("out/model.safetensors", "old"), filesBelow(root));
    }

    private static StagedOutput stage(Path folder, boolean overwrite) throws IOException {
        return StagedOutput.in(new Destination.ModelFolder(folder, overwrite, InputFiles.NONE), SINGLE.names(), false);
    }

    private interface Attempt {
        Object run() throws IOException;
    }

    private static void assertRefused(String message, Attempt attempt) {
        OutputException refused = assertThrows(OutputException.class, attempt::run);
        assertEquals(message, refused.getMessage());
        assertEquals(ProblemCode.OUTPUT_EXISTS, refused.problem().code());
    }

    private void write(String name, String content) throws IOException {
        Path file = out.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, String> filesBelow(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString().replace('\\', '/'),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
