package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.ModelRef;
import io.graft.ModelTarget;
import io.graft.Output;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionTest {
    private static final Plan PLAN = new Plan(new ModelRef("block", "Net"), List.of(), List.of(), List.of());

    @TempDir
    Path root;

    private final List<String> events = new ArrayList<>();

    @Test
    void withoutOutputOnlyTheLiveModelIsCommitted() throws IOException {
        Report report = new Execution(this::writeModel).carryOut(PLAN, new LiveModel(), Optional.empty());
        assertEquals(List.of("commit", "close"), events);
        assertEquals(new Report(PLAN, true, List.of()), report);
    }

    @Test
    void filesAreStagedBeforeTheLiveModelChanges() throws IOException {
        Report report = new Execution(this::writeModel).carryOut(PLAN, new LiveModel(), output("out"));
        assertEquals(List.of("write", "commit", "close"), events);
        assertEquals(
                List.of(root.resolve("out/model.safetensors"), root.resolve("out/graft-manifest.json")),
                report.outputs().stream().map(Output::path).toList());
        assertEquals(
                Files.size(root.resolve("out/graft-manifest.json")),
                report.outputs().get(1).bytes());
    }

    @Test
    void manifestNamesTheFilesBesideIt() throws IOException {
        new Execution(this::writeModel).carryOut(PLAN, new LiveModel(), output("a"));
        new Execution(this::writeModel).carryOut(PLAN, new LiveModel(), output("b"));
        String manifest = Files.readString(root.resolve("a/graft-manifest.json"));
        assertEquals(
                "  \"outputs\": [ {\n    \"path\": \"model.safetensors\",\n    \"bytes\": 3,\n    \"sha256\":"
                        + " \"ab\"\n  } ]\n}\n",
                manifest.substring(manifest.indexOf("  \"outputs\"")));
        assertEquals(manifest, Files.readString(root.resolve("b/graft-manifest.json")));
    }

    @Test
    void writerThatFailsHalfWayLeavesModelAndFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        IOException full = new IOException("No space left on device");
        Execution execution = new Execution((folder, tensors, maxShardSize, options) -> {
            Files.writeString(folder.resolve("model-00001-of-00002.safetensors"), "new");
            throw full;
        });
        assertSame(
                full, assertThrows(IOException.class, () -> execution.carryOut(PLAN, new LiveModel(), overwritten())));
        assertEquals(List.of(), events);
        assertEquals(before, StagedOutputTest.filesBelow(root));
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
            OutputSection output = new OutputSection(new OutputFolder(root.resolve("out"), true), 5L << 20, options);
            assertSame(
                    unreadable,
                    assertThrows(
                            IOException.class,
                            () -> new Execution(new SafetensorsStateDict())
                                    .carryOut(plan, new LiveModel(), Optional.of(output))));
            assertEquals(List.of(), events);
            assertEquals(before, StagedOutputTest.filesBelow(root));
        }
    }

    @Test
    void memoryThatRunsOutWhileWritingLeavesFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");
        Execution execution = new Execution((folder, tensors, maxShardSize, options) -> {
            Files.writeString(folder.resolve("model.safetensors"), "new");
            throw error;
        });
        assertSame(
                error,
                assertThrows(OutOfMemoryError.class, () -> execution.carryOut(PLAN, new LiveModel(), overwritten())));
        assertEquals(before, StagedOutputTest.filesBelow(root));
    }

    @Test
    void commitThatFailsLeavesFilesAsTheyWere() throws IOException {
        Map<String, String> before = oldOutput();
        LiveModel broken = new LiveModel() {
            @Override
            public Commit commit(Plan plan) throws IOException {
                throw new IOException("values cannot be read");
            }
        };
        assertThrows(IOException.class, () -> new Execution(this::writeModel).carryOut(PLAN, broken, overwritten()));
        assertEquals(before, StagedOutputTest.filesBelow(root));
    }

    @Test
    void renameThatFailsRollsTheLiveModelBack() throws IOException {
        oldOutput();
        Files.createDirectories(root.resolve("out/graft-manifest.json/in-the-way"));
        Map<String, String> before = StagedOutputTest.filesBelow(root);
        assertThrows(
                IOException.class,
                () -> new Execution(this::writeModel).carryOut(PLAN, new LiveModel(), overwritten()));
        assertEquals(List.of("write", "commit", "rollBack", "close"), events);
        assertEquals(before, StagedOutputTest.filesBelow(root));
    }

    @Test
    void modelInsideTheOutputIsReadBeforeItIsReplaced() throws IOException {
        oldOutput();
        Path model = root.resolve("out/model.safetensors");
        Execution execution = new Execution((folder, tensors, maxShardSize, options) -> {
            Path copy = Files.copy(model, folder.resolve("model.safetensors"));
            Files.writeString(copy, " and more", StandardOpenOption.APPEND);
            return List.of(new Output(copy, 12, "ab"));
        });
        execution.carryOut(PLAN, new LiveModel(), overwritten());
        assertEquals("old and more", Files.readString(model));
        assertFalse(
                Files.exists(root.resolve("out/model.safetensors.index.json")), "stale files of an older output go");
    }

    /** 2 MiB of zeros; those of layer 7 end in the middle. */
    private static DraftTensor computed(String name, IOException failure) {
        Shape shape = Shape.of(1 << 19);
        ByteBuffer none = ByteBuffer.allocate(0);
        TensorData data =
                TensorData.computed(TensorData.of(none), DType.F32, shape.elementCount(), (first, count, target) -> {
                    if (name.equals("layer.7") && first >= 1 << 18) {
                        throw failure;
                    }
                    target.put(new byte[count * Float.BYTES]);
                });
        ByteRange place = new ByteRange(Path.of("f"), 0, data.byteCount());
        LazyTensor value = StoredTensor.of(new TensorEntry(name, DType.F32, shape, place, data), "f");
        return new DraftTensor(name, name, Set.of(), TensorKind.PARAMETER, true, value, List.of());
    }

    private List<Output> writeModel(Path folder, List<?> tensors, long maxShardSize, WriteOptions options)
            throws IOException {
        events.add("write");
        return List.of(new Output(Files.writeString(folder.resolve("model.safetensors"), "new"), 3, "ab"));
    }

    private Map<String, String> oldOutput() throws IOException {
        Files.createDirectory(root.resolve("out"));
        Files.writeString(root.resolve("out/model.safetensors"), "old");
        Files.writeString(root.resolve("out/model.safetensors.index.json"), "stale");
        return StagedOutputTest.filesBelow(root);
    }

    private Optional<OutputSection> output(String name) {
        return Optional.of(
                new OutputSection(new OutputFolder(root.resolve(name), false), 5_000_000_000L, WriteOptions.DEFAULT));
    }

    private Optional<OutputSection> overwritten() {
        return Optional.of(
                new OutputSection(new OutputFolder(root.resolve("out"), true), 5_000_000_000L, WriteOptions.DEFAULT));
    }

    private class LiveModel implements ModelTarget {
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
        public Commit commit(Plan plan) throws IOException {
            events.add("commit");
            return new Commit() {
                @Override
                public void rollBack() {
                    events.add("rollBack");
                }

                @Override
                public void close() {
                    events.add("close");
                }
            };
        }
    }
}
