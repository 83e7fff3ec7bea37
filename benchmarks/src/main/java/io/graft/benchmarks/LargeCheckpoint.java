package io.graft.benchmarks;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.OutputTensor;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A safetensors file of many equal F32 tensors with random bytes, repeatable from a seed. */
final class LargeCheckpoint {
    private static final long ROW = 64;

    private LargeCheckpoint() {}

    /**
     * @param prefix of the tensors' names, which go on with a number and {@code .weight}
     * @param bytes of tensor data, rounded down to whole rows of 64 elements in each tensor
     */
    static void write(Path file, String prefix, int tensors, long bytes, long seed) throws IOException {
        Shape shape = Shape.of(bytes / tensors / Float.BYTES / ROW, ROW);
        SplittableRandom random = new SplittableRandom(seed);
        List<OutputTensor> state = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            state.add(new OutputTensor(prefix + i + ".weight", DType.F32, shape, () -> data(shape, random)));
        }
        Path folder = Files.createTempDirectory(file.toAbsolutePath().getParent(), "making");
        SafetensorsWriter writer = new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of());
        Files.move(writer.write(state).get(0).path(), file);
        Files.delete(folder);
    }

    private static TensorData data(Shape shape, SplittableRandom random) {
        byte[] bytes = new byte[Math.toIntExact(DType.F32.byteCount(shape))];
        random.nextBytes(bytes);
        return TensorData.of(ByteBuffer.wrap(bytes));
    }
}
