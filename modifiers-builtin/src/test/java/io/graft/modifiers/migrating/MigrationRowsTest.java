package io.graft.modifiers.migrating;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.Plan;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows E of the scenarios, for the migrations that are more than rules, from a file to a file. */
class MigrationRowsTest {
    private static final String PROC = "model.model.processor.proc.";
    private static final String CHUNKS = """
            { id = flat, type = flatten, from = "model.model.processor.proc.#.blocks.#", to = "model.model.processor.proc.#"
              layers = hyper_parameters.num_layers, groups = hyper_parameters.num_chunks }
            """;
    private static final String EDGES = """
            { id = edges, type = reorder-rows, tensors = "**.trainable", order = [2, 0, 1], marker = trainable_layout_version }
            """;

    @TempDir
    Path folder;

    private final TreeMap<String, float[]> tensors = new TreeMap<>();
    private final TreeMap<String, String> metadata = new TreeMap<>();
    private final TreeMap<String, Long> numbers = new TreeMap<>();

    @Test
    void e9_numbersOfChunksAreComputed() throws IOException {
        metadata.putAll(Map.of("hyper_parameters.num_layers", "4", "hyper_parameters.num_chunks", "2"));
        for (int block = 0; block < 4; block++) {
            tensors.put(PROC + block / 2 + ".blocks." + block % 2 + ".lin.weight", new float[] {block});
        }
        assertEquals(
                "{%1$s0.lin.weight=[0.0], %1$s1.lin.weight=[1.0], %1$s2.lin.weight=[2.0], %1$s3.lin.weight=[3.0]}"
                        .formatted(PROC),
                migrated(CHUNKS));
    }

    @Test
    void e12_whatIsFlatAlreadyStays() throws IOException {
        tensors.put(PROC + "0.lin.weight", new float[] {1});
        assertEquals("[flat UNCHANGED the checkpoint has this form already]", outcomes(CHUNKS));
        assertEquals("{%s0.lin.weight=[1.0]}".formatted(PROC), migrated(CHUNKS));
    }

    @Test
    void e13_withoutTheNumbersItIsNotApplicable() throws IOException {
        metadata.put("hyper_parameters.num_layers", "4");
        tensors.put(PROC + "0.blocks.0.lin.weight", new float[] {1});
        assertEquals(
                "[flat NOT_APPLICABLE it needs `hyper_parameters.num_chunks`, which neither its metadata nor its config.json"
                        + " has]",
                outcomes(CHUNKS));
        assertEquals("{%s0.blocks.0.lin.weight=[1.0]}".formatted(PROC), migrated(CHUNKS));
    }

    @Test
    void numbersThatDoNotFitAreAnError() throws IOException {
        tensors.put(PROC + "0.blocks.0.lin.weight", new float[] {1});
        metadata.putAll(Map.of("hyper_parameters.num_layers", "5", "hyper_parameters.num_chunks", "2"));
        assertEquals(
                "the migration `flat` cannot be applied to `old.safetensors`: `hyper_parameters.num_layers` is 5, which"
                        + " `hyper_parameters.num_chunks` = 2 does not divide",
                run(CHUNKS).plan().problems().get(0).message());
        metadata.put("hyper_parameters.num_chunks", "two");
        assertEquals(
                "the migration `flat` cannot be applied to `old.safetensors`: `hyper_parameters.num_chunks` is `two`, and a"
                        + " whole number is needed",
                run(CHUNKS).plan().problems().get(0).message());
    }

    @Test
    void e16_aDataSetGetsASegmentAndMetadataTheSame() throws IOException {
        tensors.put("model.model.encoder.proc.w", new float[] {1});
        tensors.put("model.model.decoder.era.proc.w", new float[] {2});
        tensors.put("model.model.encoders.w", new float[] {3});
        metadata.put("hyper_parameters.data_indices.input.full", "[0, 1]");
        String step = """
                { id = sets, type = insert-segment, segment = era, after = [model.model.encoder, model.model.decoder]
                  metadata = [hyper_parameters.data_indices] }
                """;
        assertEquals(
                "{model.model.decoder.era.proc.w=[2.0], model.model.encoder.era.proc.w=[1.0], model.model.encoders.w=[3.0]}",
                migrated(step));
        assertEquals(
                "[0, 1]",
                Checkpoint.open(folder.resolve("out")).metadata().get("hyper_parameters.data_indices.era.input.full"));
        assertEquals(
                "{model.model.decoder.data.era.proc.w=[2.0], model.model.encoder.data.proc.w=[1.0],"
                        + " model.model.encoders.w=[3.0]}",
                migrated(step.replace("segment = era, ", "")));
    }

    private static final String INDICES =
            "{ id = sets, type = insert-segment, metadata = [hyper_parameters.data_indices] }";

    @Test
    void f8_aSingleIndexIsUpgradedAndTheReportSaysSo() throws IOException {
        tensors.put("w", new float[] {1});
        metadata.put("hyper_parameters.data_indices.name_to_index.t", "0");
        assertEquals(
                "[hyper_parameters.data_indices.data.name_to_index.t, hyper_parameters.data_indices.name_to_index.t]",
                run(INDICES)
                        .plan()
                        .migrated()
                        .orElseThrow()
                        .records()
                        .get(0)
                        .metadata()
                        .toString());
    }

    @Test
    void f9_noIndexIsToldAsUnchanged() throws IOException {
        tensors.put("w", new float[] {1});
        assertEquals("[sets UNCHANGED the checkpoint has this form already]", outcomes(INDICES));
        metadata.put("hyper_parameters.data_indices", "{}");
        assertEquals("[sets UNCHANGED the checkpoint has this form already]", outcomes(INDICES));
    }

    @Test
    void e21_rowsArePutIntoOrderAndStamped() throws IOException {
        tensors.put("provider.trainable", new float[] {10, 11, 20, 21, 30, 31});
        assertEquals(
                "{provider.trainable=[30.0, 31.0, 10.0, 11.0, 20.0, 21.0], provider.trainable_layout_version=[1]}",
                migrated(EDGES));
    }

    @Test
    void e22_whatIsStampedStays() throws IOException {
        tensors.put("provider.trainable", new float[] {10, 11, 20, 21, 30, 31});
        numbers.put("provider.trainable_layout_version", 1L);
        assertEquals(
                "{provider.trainable=[10.0, 11.0, 20.0, 21.0, 30.0, 31.0], provider.trainable_layout_version=[1]}",
                migrated(EDGES));
        numbers.put("provider.trainable_layout_version", 0L);
        assertEquals(
                "{provider.trainable=[30.0, 31.0, 10.0, 11.0, 20.0, 21.0], provider.trainable_layout_version=[1]}",
                migrated(EDGES));
    }

    @Test
    void anOrderOfOtherRowsIsAnError() throws IOException {
        tensors.put("provider.trainable", new float[] {10, 11, 20, 21, 30, 31});
        assertEquals(
                "the migration `edges` cannot be applied to `old.safetensors`: `provider.trainable` has the shape [3, 2], and"
                        + " `order` is of 2 rows",
                run(EDGES.replace("[2, 0, 1]", "[1, 0]"))
                        .plan()
                        .problems()
                        .get(0)
                        .message());
    }

    private FileRun run(String step) throws IOException {
        write();
        Path config = Files.writeString(
                folder.resolve("migrate.conf"),
                "graft { model.checkpoint = old.safetensors, migrations.steps = [\n" + step
                        + "], output { path = out, overwrite = true } }");
        return ModelModifierApplier.create().configuration(config);
    }

    private String migrated(String step) throws IOException {
        run(step).run();
        Map<String, Object> values = new TreeMap<>();
        for (TensorEntry entry :
                Checkpoint.open(folder.resolve("out")).tensors().values()) {
            ByteBuffer bytes =
                    entry.data().window(0, (int) entry.data().byteCount()).order(ByteOrder.LITTLE_ENDIAN);
            List<Object> list = new ArrayList<>();
            while (bytes.hasRemaining()) {
                list.add(entry.dtype() == DType.F32 ? (Object) bytes.getFloat() : (Object) bytes.getLong());
            }
            values.put(entry.name(), list);
        }
        return values.toString();
    }

    private String outcomes(String step) throws IOException {
        Plan plan = run(step).plan();
        return plan.migrated().orElseThrow().records().stream()
                .map(record -> record.id() + " " + record.outcome() + " " + record.detail())
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Rows of two numbers, or one. */
    private void write() throws IOException {
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach((name, values) -> outputs.add(new OutputTensor(
                name,
                DType.F32,
                values.length > 1 ? Shape.of(values.length / 2, 2) : Shape.of(1),
                () -> bytes(values))));
        numbers.forEach((name, value) -> outputs.add(new OutputTensor(
                name,
                DType.I64,
                Shape.of(),
                () -> TensorData.of(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .flip()))));
        Path staging = Files.createTempDirectory(folder, "staging");
        new SafetensorsWriter(staging, "model", SafetensorsWriter.UNLIMITED, metadata).write(outputs);
        Files.deleteIfExists(folder.resolve("old.safetensors"));
        Files.move(staging.resolve("model.safetensors"), folder.resolve("old.safetensors"));
    }

    private static TensorData bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return TensorData.of(bytes.flip());
    }
}
