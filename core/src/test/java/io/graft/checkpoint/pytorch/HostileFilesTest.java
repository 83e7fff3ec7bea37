package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile files are refused within two seconds and 300 MB of heap, and nothing in them runs. */
@Tag("slow")
class HostileFilesTest {
    @TempDir
    Path folder;

    @Test
    void eachIsRefusedInAProcessOfLittleMemory() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Opening.class.getName()));
        List<Path> files = hostileFiles();
        files.forEach(file -> command.add(file.toString()));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        String lines = Files.readString(output);
        assertEquals(0, process.exitValue(), lines);
        assertEquals("""
                beyond-end.safetensors MALFORMED
                children.pt UNRECOGNISED
                claims.gguf REFUSED
                code.pt MALFORMED
                constants.pt REFUSED
                copies.pt REFUSED
                deep-pickle.pt MALFORMED
                deep.pt REFUSED
                deflated-bomb.pt UNSUPPORTED
                duplicate.safetensors MALFORMED
                empty.safetensors MALFORMED
                entries.pt UNRECOGNISED
                fields.pt REFUSED
                gap.params MALFORMED
                header-200mb.safetensors REFUSED
                header-too-long.safetensors REFUSED
                hole.safetensors MALFORMED
                html.ckpt UNRECOGNISED
                keys.gguf MALFORMED
                lists.pt REFUSED
                many-members.npz REFUSED
                many-members.pt UNSUPPORTED
                modules.pt REFUSED
                names.pt REFUSED
                negative-shape.safetensors MALFORMED
                not-json.safetensors MALFORMED
                overflow-shape.safetensors REFUSED
                overlap.safetensors MALFORMED
                parameters.ckpt lightning
                payload-legacy.pt REFUSED
                payload.pt REFUSED
                reversed-offsets.safetensors MALFORMED
                scalars.pt MALFORMED
                shared.pt UNRECOGNISED
                stride-zero.pt REFUSED
                trailing.safetensors MALFORMED
                traversal REFUSED
                truncated.pt MALFORMED
                tuples.pt REFUSED
                unknown-dtype.safetensors MALFORMED
                wrong-bytes.safetensors MALFORMED
                wrong-size.pt MALFORMED
                """, lines.replace(File.separatorChar, '/'));
        try (Stream<Path> made = Files.walk(folder)) {
            assertEquals(
                    List.of(),
                    made.filter(path -> path.endsWith("graft-was-owned")).toList());
        }
    }

    /** The fixtures, and what would take most memory or time: files of many values, of many names, of many members. */
    private List<Path> hostileFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> fixtures = Files.list(fixture("hostile"));
                Stream<Path> others = Files.list(Fixtures.path("hostile"))) {
            fixtures.filter(file -> file.toString().endsWith(".pt")).forEach(files::add);
            others.filter(file -> !file.toString().endsWith(".pt")).forEach(files::add);
        }
        files.add(write("deep.pt", "(".repeat(200_000) + "l".repeat(200_000)));
        files.add(write("deep-pickle.pt", "]".repeat(3_000_000) + "a".repeat(900) + "\0"));
        files.add(write("lists.pt", "]Na".repeat(2_500_000)));
        files.add(write("tuples.pt", "K\1\u0085".repeat(2_500_000)));
        files.add(write("names.pt", "c" + "a".repeat(500) + "\nb\n" + "cabcd\nefgh\n".repeat(1_000_000)));
        // A tuple of many items, and calls that would copy it a million times.
        files.add(write(
                "copies.pt",
                "ccollections\nOrderedDict\nq\0(" + "NN\u0086".repeat(200_000) + "tq\1\u0085q\2"
                        + "h\0h\2R".repeat(1_000_000)));
        files.add(write("children.pt", "}(" + "X\1\0\0\0k}NNs".repeat(700_000) + "u"));
        // One dict of many items, which many others hold, under long keys.
        files.add(write(
                "shared.pt",
                "}X\0\0\1\0" + "k".repeat(1 << 16) + "q\0}(" + "NN".repeat(100_000) + "uq\1s("
                        + "h\0}h\0h\1s".repeat(300_000) + "u"));
        files.add(write("entries.pt", "}X\5\0\0\0model}(" + "NK\1".repeat(1_400_000) + "us"));
        files.add(write(
                "scalars.pt",
                "}(" + "X\1\0\0\0kM\1\1".repeat(1_200_000) + "X\5\0\0\0model}X\1\0\0\0ac"
                        + "torch._utils\n_rebuild_tensor\n" + "((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                        + "0X\3\0\0\0cpuK\0tQK\0))tRsu"));
        Zip many = new Zip();
        for (int i = 0; i < 400_000; i++) {
            many.stored("archive/" + i, new byte[0]);
        }
        files.add(Files.write(folder.resolve("many-members.pt"), many.buildZip64()));
        Zip arrays = new Zip();
        for (int i = 0; i < 400_000; i++) {
            arrays.stored(i + ".npy", new byte[0]);
        }
        files.add(Files.write(folder.resolve("many-members.npz"), arrays.buildZip64()));
        addModules(files);
        // Counts that nothing follows, and keys that take the most memory.
        files.add(write("claims.gguf", gguf(1L << 60, 0)));
        ByteBuffer keys = gguf(0, 100_000);
        for (int i = 0; i < 90_000; i++) {
            keys.putLong(300).put(String.format("%0300d", i).getBytes(StandardCharsets.US_ASCII));
            keys.putInt(0).put((byte) 1);
        }
        files.add(write("keys.gguf", keys));
        byte[] gap = new byte[2 << 20];
        byte[] start = "DJL@\0\0\0\1\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, gap, 0, start.length);
        files.add(Files.write(folder.resolve("gap.params"), gap));
        files.sort(
                (a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()));
        return files;
    }

    /** Modules that stand in many places, code and constants that are long, and many parameters. */
    private void addModules(List<Path> files) throws IOException {
        String parts = "X\13\0\0\0_parameters}X\10\0\0\0_buffers}X\10\0\0\0_modules}(";
        StringBuilder modules = new StringBuilder("(cnet\nNet\n)\u0081}(" + parts + "uubq\0");
        for (char level = 1; level <= 60; level++) {
            String below = "h" + (char) (level - 1);
            modules.append(
                    "cnet\nNet\n)\u0081}(" + parts + "X\1\0\0\0a" + below + "X\1\0\0\0b" + below + "uubq" + level);
        }
        files.add(write("modules.pt", "}(X\1\0\0\0x" + modules + "tX\5\0\0\0modelh" + (char) 60 + "u"));
        String module = "c__torch__\nNet\n)\u0081}b";
        files.add(Files.write(
                folder.resolve("code.pt"),
                new Zip()
                        .stored("archive/data.pkl", "\u0080\2" + module + ".")
                        .deflated("archive/code/__torch__.py", new byte[31 << 20])
                        .build()));
        files.add(Files.write(
                folder.resolve("fields.pt"),
                new Zip()
                        .stored(
                                "archive/data.pkl",
                                "\u0080\2c__torch__\nNet\n)\u0081}(" + "X\1\0\0\0kM\1\1".repeat(1_400_000) + "ub.")
                        .stored("archive/code/__torch__.py", "class Net(Module):\n")
                        .build()));
        files.add(Files.write(
                folder.resolve("constants.pt"),
                new Zip()
                        .stored("archive/data.pkl", "\u0080\2" + module + ".")
                        .stored("archive/code/__torch__.py", "class Net(Module):\n")
                        .stored("archive/constants.pkl", "\u0080\2(" + "]".repeat(2_000_000) + "t.")
                        .build()));
        files.add(Files.write(
                folder.resolve("parameters.ckpt"),
                TorchFiles.zipWithFour(Map.of(
                                "pytorch-lightning_version",
                                "2",
                                "state_dict",
                                Map.of("a", Pickle.floats("0", 4)),
                                "hyper_parameters",
                                new Pickle.Raw("}(" + "X\1\0\0\0aK\1".repeat(500_000) + "u")))
                        .build()));
    }

    private static ByteBuffer gguf(long tensors, long pairs) {
        return ByteBuffer.allocate(32 << 20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors)
                .putLong(pairs);
    }

    private Path write(String name, ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.position()];
        content.flip().get(bytes);
        return Files.write(folder.resolve(name), bytes);
    }

    private Path write(String name, String opcodes) throws IOException {
        byte[] pickle = ("\u0080\u0002" + opcodes + ".").getBytes(StandardCharsets.ISO_8859_1);
        return Files.write(
                folder.resolve(name),
                new Zip().stored("archive/data.pkl", pickle).build());
    }

    /** Opens each file and prints what it was refused for. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] files) {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            for (Path file : Arrays.stream(files).map(Path::of).toList()) {
                // The thread's own time: other work on the machine does not count.
                long start = threads.getCurrentThreadCpuTime();
                String outcome;
                try {
                    Checkpoint checkpoint = Checkpoint.open(file);
                    outcome = checkpoint.content();
                } catch (CheckpointException refused) {
                    outcome = refused.reason().name();
                }
                long millis = TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - start);
                System.out.println(file.getFileName() + " " + outcome + (millis > 2000 ? " in " + millis + " ms" : ""));
            }
        }
    }
}
