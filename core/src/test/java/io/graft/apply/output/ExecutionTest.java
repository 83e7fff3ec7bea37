package io.graft.apply.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.Report;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.OutputException;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorException;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionTest {
    private static final Plan PLAN = new Plan(new ModelRef("block", "Net"), List.of(), List.of(), List.of());

    @TempDir
    Path root;

    private final List<String> events = new ArrayList<>();

    @Test
    void withoutOutputOnlyTheLiveModelIsCommitted() throws IOException {
        Report report = new Execution().carryOut(PLAN, new LiveModel(), Optional.empty(), InputFiles.NONE);
        assertEquals(List.of("commit", "close"), events);
        assertEquals(new Report(PLAN, true, List.of(), List.of()), report);
    }

    @Test
    void filesAreStagedBeforeTheLiveModelChanges() throws IOException {
        Report report = Outputs.carryOut(PLAN, new LiveModel(), output("out"));
        assertEquals(List.of("write", "commit", "close"), events);
        assertEquals(
                List.of(root.resolve("out/model.safetensors"), root.resolve("out/graft-manifest.json")),
                report.outputs().stream().map(WrittenFile::path).toList());
        assertEquals(
                Files.size(root.resolve("out/graft-manifest.json")),
                report.outputs().get(1).bytes());
    }

    @Test
    void manifestNamesTheFilesBesideIt() throws IOException {
        Outputs.carryOut(PLAN, new LiveModel(), output("a"));
        Outputs.carryOut(PLAN, new LiveModel(), output("b"));
        String manifest = Files.readString(root.resolve("a/graft-manifest.json"));
        assertEquals(
                "  \"outputs\": [ {\n    \"path\": \"model.safetensors\",\n    \"kind\": \"model\",\n    \"bytes\": 3,\n    \"sha256\":"
                        + " \"ab\"\n  } ]\n}\n",
                manifest.substring(manifest.indexOf("  \"outputs\"")));
        assertEquals(manifest, Files.readString(root.resolve("b/graft-manifest.json")));
    }

    @Test
    void writerThatFailsHalfWayLeavesModelAndFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        IOException full = new IOException("No space left on device");
        OneFile failing = new OneFile(file -> {
            Files.writeString(file.resolveSibling("model-00001-of-00002.safetensors"), "new");
            throw full;
        });
        assertSame(
                full,
                assertThrows(IOException.class, () -> Outputs.carryOut(PLAN, new LiveModel(), overwritten(failing))));
        assertEquals(List.of(), events);
        assertEquals(before, filesBelow(root));
    }

    @Test
    void valueThatCannotBeComputedWhileAllThreadsWriteLeavesModelAndFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        IOException unreadable = new IOException("the disk is gone");
        List<DraftTensor> tensors = IntStream.range(0, 8)
                .mapToObj(i -> computed("layer." + i, unreadable))
                .toList();
        Plan plan = new Plan(PLAN.model(), List.of(), tensors, List.of());

        for (WriteOptions options : List.of(WriteOptions.DEFAULT, new WriteOptions(false, false, Part.WHOLE))) {
            OutputSection output = Outputs.section(
                    new OutputFolder(root.resolve("out"), true), new SafetensorsStateDict(), 5L << 20, options);
            TensorException failure =
                    assertThrows(TensorException.class, () -> Outputs.carryOut(plan, new LiveModel(), output));
            assertEquals("layer.7", failure.tensor());
            assertSame(unreadable, failure.getCause());
            assertEquals(List.of(), events);
            assertEquals(before, filesBelow(root));
        }
    }

    @Test
    void memoryThatRunsOutWhileWritingLeavesFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");
        OneFile failing = new OneFile(file -> {
            Files.writeString(file, "new");
            throw error;
        });
        assertSame(
                error,
                assertThrows(
                        OutOfMemoryError.class, () -> Outputs.carryOut(PLAN, new LiveModel(), overwritten(failing))));
        assertEquals(before, filesBelow(root));
    }

    @Test
    void commitThatFailsLeavesFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        LiveModel broken = new LiveModel() {
            @Override
            public Commit commit(Plan plan, ValueWatch watch) throws IOException {
                throw new IOException("values cannot be read");
            }
        };
        assertThrows(IOException.class, () -> Outputs.carryOut(PLAN, broken, overwritten()));
        assertEquals(before, filesBelow(root));
    }

    @Test
    void rollBackThatFailsTellsWhatMadeItNecessary() throws IOException {
        oldOutput();
        Path obstacle = root.resolve("out/model.safetensors");
        RollBackException worse = new RollBackException(List.of("encoder.weight"), new IOException("the disk is gone"));
        LiveModel broken = new LiveModel() {
            @Override
            public Commit commit(Plan plan, ValueWatch watch) throws IOException {
                Files.writeString(obstacle, "of somebody else, just now");
                return super.commit(plan, watch);
            }

            @Override
            void rollBack() {
                throw worse;
            }
        };
        assertSame(worse, assertThrows(RollBackException.class, () -> Outputs.carryOut(PLAN, broken, overwritten())));
        assertInstanceOf(IOException.class, worse.getSuppressed()[0]);
        assertEquals(List.of("write", "commit", "close"), events);
    }

    @Test
    void publishingThatFailsRollsTheLiveModelBack() throws IOException {
        oldOutput();
        Path obstacle = root.resolve("out/model.safetensors");
        LiveModel model = new LiveModel() {
            @Override
            public Commit commit(Plan plan, ValueWatch watch) throws IOException {
                Files.writeString(obstacle, "of somebody else, just now");
                return super.commit(plan, watch);
            }
        };
        OutputException refused =
                assertThrows(OutputException.class, () -> Outputs.carryOut(PLAN, model, overwritten()));
        assertEquals(
                "`" + obstacle.toRealPath()
                        + "` is in the way, and no manifest beside it says that Graft wrote it as it is" + " now",
                refused.detail().replace(root.toString(), root.toRealPath().toString()));
        assertEquals(List.of("write", "commit", "rollBack", "close"), events);
        assertEquals("of somebody else, just now", Files.readString(obstacle));
    }

    @Test
    void reportTellsWhatGaveWay() throws IOException {
        oldOutput();
        Report report = Outputs.carryOut(PLAN, new LiveModel(), overwritten());
        assertEquals("new", Files.readString(root.resolve("out/model.safetensors")));
        assertFalse(Files.exists(root.resolve("out/model-00001-of-00001.safetensors")));
        assertEquals(
                List.of("graft-manifest.json", "model.safetensors"),
                report.replacement().replaced().stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
        assertEquals(
                List.of("model-00001-of-00001.safetensors"),
                report.replacement().removed().stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
    }

    /** 2 MiB of zeros; those of layer 7 end in the middle. */
    private static DraftTensor computed(String name, IOException failure) {
        Shape shape = Shape.of(1 << 19);
        ByteBuffer none = ByteBuffer.allocate(0);
        TensorData data =
                TensorData.computed(TensorData.of(none), DType.F32, shape.elementCount(), (first, count, room) -> {
                    if (name.equals("layer.7") && first >= 1 << 18) {
                        throw failure;
                    }
                    return (block, next) -> block.read(DType.F32, ByteBuffer.allocate(next * Float.BYTES), next);
                });
        ByteRange place = new ByteRange(Path.of("f"), 0, data.byteCount());
        LazyTensor value = StoredTensor.of(new TensorEntry(name, DType.F32, shape, place, data), "f");
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, true, value);
    }

    private WrittenFile writeModel(Path file) throws IOException {
        events.add("write");
        return new WrittenFile(Files.writeString(file, "new"), 3, "ab");
    }

    private Map<String, String> oldOutput() throws IOException {
        Files.createDirectory(root.resolve("out"));
        Files.writeString(root.resolve("out/model.safetensors"), "old");
        Files.writeString(root.resolve("out/model-00001-of-00001.safetensors"), "stale");
        Files.writeString(
                root.resolve("out/graft-manifest.json"),
                "{\"outputs\": [{\"path\": \"model.safetensors\", \"bytes\": 3},"
                        + " {\"path\": \"model-00001-of-00001.safetensors\", \"bytes\": 5}]}");
        return filesBelow(root);
    }

    private static Map<String, String> filesBelow(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    private OutputSection output(String name) {
        return section(new OutputFolder(root.resolve(name), false), new OneFile(this::writeModel));
    }

    private OutputSection overwritten() {
        return overwritten(new OneFile(this::writeModel));
    }

    private OutputSection overwritten(StateDictFormat format) {
        return section(new OutputFolder(root.resolve("out"), true), format);
    }

    private static OutputSection section(OutputFolder folder, StateDictFormat format) {
        return Outputs.section(folder, format, 5_000_000_000L, WriteOptions.DEFAULT);
    }

    private class LiveModel implements TargetModel {
        @Override
        public ModelRef ref() {
            return PLAN.model();
        }

        @Override
        public ModelDraft draft() {
            return new ModelDraft(List.of(), List.of());
        }

        @Override
        public List<Problem> refusals(Plan plan) {
            return List.of();
        }

        @Override
        public Commit commit(Plan plan, ValueWatch watch) throws IOException {
            events.add("commit");
            return new Commit() {
                @Override
                public void rollBack() {
                    LiveModel.this.rollBack();
                }

                @Override
                public void close() {
                    events.add("close");
                }
            };
        }

        void rollBack() {
            events.add("rollBack");
        }
    }
}
