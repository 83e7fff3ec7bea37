package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.graft.checkpoint.write.StagedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {
    @TempDir
    Path root;

    @Test
    void newFolderAppearsAsAWhole() throws IOException {
        Path out = root.resolve("runs/1/out");
        try (StagedOutput staged = new OutputFolder(out, false).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            assertFalse(Files.exists(out));
            assertEquals(
                    out.resolve("model.safetensors"),
                    staged.published(staged.folder().resolve("model.safetensors")));
            staged.publish();
        }
        assertEquals(Map.of("runs/1/out/model.safetensors", "new"), filesBelow(root));
    }

    @Test
    void newFolderHasTheUsualPermissions() throws IOException {
        Path usual = Files.createDirectory(root.resolve("usual"));
        Path out = root.resolve("out");
        try (StagedOutput staged = new OutputFolder(out, false).stage()) {
            staged.publish();
        }
        PosixFileAttributeView view = Files.getFileAttributeView(out, PosixFileAttributeView.class);
        assumeTrue(view != null, "the file system has other permissions");
        assertEquals(Files.getPosixFilePermissions(usual), view.readAttributes().permissions());
    }

    @Test
    void placeThatCannotBeWrittenToIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "not a folder");
        IOException failure =
                assertThrows(IOException.class, () -> new OutputFolder(file.resolve("out"), false).stage());
        assertEquals(file + ": no folder can be made here", failure.getMessage());
    }

    @Test
    void unpublishedFilesLeaveNothingBehind() throws IOException {
        try (StagedOutput staged = new OutputFolder(root.resolve("runs/1/out"), false).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
        }
        assertFalse(Files.exists(root.resolve("runs")), "parents that were made for the output are gone again");
    }

    @Test
    void parentsThatOthersUseMeanwhileStay() throws IOException {
        try (StagedOutput staged = new OutputFolder(root.resolve("runs/1/out"), false).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            Files.writeString(root.resolve("runs/other"), "of another run");
        }
        assertEquals(Map.of("runs/other", "of another run"), filesBelow(root));
    }

    @Test
    void overwritingReplacesOwnFilesAndKeepsOthers() throws IOException {
        write("model-00001-of-00002.safetensors", "old");
        write("model-00002-of-00002.safetensors", "old");
        write("model.safetensors.index.json", "old");
        write("graft-manifest.json", "old");
        write("config.json", "of a person");
        write("model-backup.safetensors", "of a person");
        write("nested/model.safetensors", "of a person");
        try (StagedOutput staged = new OutputFolder(root, true).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            Files.writeString(staged.folder().resolve("graft-manifest.json"), "new");
            staged.publish();
        }
        assertEquals(
                Map.of(
                        "model.safetensors", "new",
                        "graft-manifest.json", "new",
                        "config.json", "of a person",
                        "model-backup.safetensors", "of a person",
                        "nested/model.safetensors", "of a person"),
                filesBelow(root));
    }

    @Test
    void failingMoveHalfWayPutsTheOldOutputBack() throws IOException {
        write("model-00001-of-00001.safetensors", "old");
        write("model.safetensors.index.json", "old");
        write("graft-manifest.json/in-the-way", "a folder where the last file should go");
        Map<String, String> before = filesBelow(root);
        try (StagedOutput staged = new OutputFolder(root, true).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            Files.writeString(staged.folder().resolve("graft-manifest.json"), "new");
            assertThrows(IOException.class, staged::publish);
        }
        assertEquals(before, filesBelow(root));
    }

    @Test
    void folderThatAppearsMeanwhileIsLeftAlone() throws IOException {
        Path out = root.resolve("out");
        try (StagedOutput staged = new OutputFolder(out, false).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            write("out/model.safetensors", "of another run");
            assertThrows(IOException.class, staged::publish);
        }
        assertEquals(Map.of("out/model.safetensors", "of another run"), filesBelow(root));
    }

    @Test
    void linkedFolderIsWrittenThroughTheLink() throws IOException {
        Path real = Files.createDirectory(root.resolve("real"));
        Path link = Files.createSymbolicLink(root.resolve("link"), real);
        try (StagedOutput staged = new OutputFolder(link, true).stage()) {
            Files.writeString(staged.folder().resolve("model.safetensors"), "new");
            staged.publish();
        }
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(real.resolve("model.safetensors")));
    }

    @Test
    void endOfTheJvmLeavesNothingBehind() throws IOException, InterruptedException {
        write("out/model.safetensors", "old");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AbandonedRun.class.getName(),
                        root.resolve("out").toString())
                .inheritIO()
                .start();
        assertEquals(0, run.waitFor());
        assertEquals(List.of("model.safetensors"), namesIn(root.resolve("out")));
        assertEquals(Map.of("out/model.safetensors", "old"), filesBelow(root));
    }

    @Test
    void existingFolderIsRefusedUnlessOverwritten() {
        assertEquals(Optional.of("the output folder `" + root + "` exists"), new OutputFolder(root, false).refusal());
        assertEquals(Optional.empty(), new OutputFolder(root, true).refusal());
        assertEquals(Optional.empty(), new OutputFolder(root.resolve("new"), false).refusal());
    }

    @Test
    void fileInPlaceOfTheFolderIsRefusedAlways() throws IOException {
        Path file = Files.writeString(root.resolve("out"), "");
        Optional<String> expected = Optional.of("the output `" + file + "` exists and is not a folder");
        assertEquals(expected, new OutputFolder(file, false).refusal());
        assertEquals(expected, new OutputFolder(file, true).refusal());
    }

    private void write(String name, String content) throws IOException {
        Path file = root.resolve(name);
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

    static Map<String, String> filesBelow(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
        }
        return files;
    }
}
