package io.graft.benchmarks.measuring;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A safetensors file of many equal F32 tensors with random values below 1, repeatable from a seed. */
public final class LargeCheckpoint {
    private static final long ROW = 64;

    private LargeCheckpoint() {}

    /**
     * Tensors that take a number of bytes together.
     *
     * @param prefix of the tensors' names, which go on with a number and {@code .weight}
     * @param bytes of tensor data, rounded down to whole rows of 64 elements in each tensor
     */
    public static void write(Path file, String prefix, int tensors, long bytes, long seed) throws IOException {
        write(file, prefix, ".weight", tensors, Shape.of(bytes / tensors / Float.BYTES / ROW, ROW), seed);
    }

    /** Tensors of one shape, named by a prefix, a number and a suffix. */
    public static void write(Path file, String prefix, String suffix, int tensors, Shape shape, long seed)
            throws IOException {
        write(file, prefix, suffix, tensors, DType.F32, shape, seed);
    }

    /** The same, rounded to another type. */
    public static void write(Path file, String prefix, String suffix, int tensors, DType dtype, Shape shape, long seed)
            throws IOException {
        List<OutputTensor> state = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < tensors; i++) {
            state.add(new OutputTensor(
                    prefix + i + suffix,
                    dtype,
                    shape,
                    () -> new DTypeConversion(data(shape, random), DType.F32, dtype)));
        }
        write(file, state);
    }

    /** The same, with one value everywhere. */
    public static void writeConstant(Path file, String prefix, int tensors, long bytes, float value)
            throws IOException {
        Shape shape = Shape.of(bytes / tensors / Float.BYTES / ROW, ROW);
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(DType.F32.byteCount(shape))).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(value);
        }
        data.flip();
        List<OutputTensor> state = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            state.add(
                    new OutputTensor(prefix + i + ".weight", DType.F32, shape, () -> TensorData.of(data.duplicate())));
        }
        write(file, state);
    }

    /** A LoRA adapter as PEFT saves it, for every tensor of a model of such tensors. */
    public static void writeAdapter(Path folder, String prefix, int tensors, Shape shape, int rank) throws IOException {
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(3);
        Shape a = Shape.of(rank, shape.dimension(1));
        Shape b = Shape.of(shape.dimension(0), rank);
        List<OutputTensor> state = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            String module = "base_model.model." + prefix + i;
            state.add(new OutputTensor(module + ".lora_A.weight", DType.F32, a, () -> data(a, random)));
            state.add(new OutputTensor(module + ".lora_B.weight", DType.F32, b, () -> data(b, random)));
        }
        write(folder.resolve("adapter_model.safetensors"), state);
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": " + rank + ", \"lora_alpha\": " + 2 * rank + "}");
    }

    /** A file that has such tensors by its header and holes in place of their data: it gives names and shapes. */
    public static void writeSkeleton(Path file, String prefix, int tensors, Shape shape) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long bytes = DType.F32.byteCount(shape);
        for (int i = 0; i < tensors; i++) {
            header.append(i == 0 ? "" : ",")
                    .append('"' + prefix + i + ".weight\":{\"dtype\":\"F32\",\"shape\":" + shape)
                    .append(",\"data_offsets\":[" + i * bytes + "," + (i + 1) * bytes + "]}");
        }
        header.append('}');
        byte[] text = (header + " ".repeat((8 - header.length() % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(start.putLong(text.length).put(text).flip());
            channel.write(ByteBuffer.allocate(1), 8 + text.length + tensors * bytes - 1);
        }
    }

    private static void write(Path file, List<OutputTensor> state) throws IOException {
        Path folder = Files.createTempDirectory(file.toAbsolutePath().getParent(), "making");
        SafetensorsWriter writer = new SafetensorsWriter(
                folder, "model", SafetensorsWriter.UNLIMITED, Map.of(), new WriteOptions(false, false, Part.WHOLE));
        Files.move(writer.write(state).get(0).path(), file);
        Files.delete(folder);
    }

    /** Exponents of 1 at most, so that sums stay finite; random bits below. */
    private static TensorData data(Shape shape, SplittableRandom random) {
        int count = Math.toIntExact(shape.elementCount());
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putInt((random.nextInt() & 0x80ffffff) | 0x3e000000);
        }
        return TensorData.of(bytes.flip());
    }
}
