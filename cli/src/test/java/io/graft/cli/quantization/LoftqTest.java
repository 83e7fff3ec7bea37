package io.graft.cli.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quantization and an adapter that starts from what it loses, in one file. */
class LoftqTest {
    private static final int WIDTH = 64;
    private static final int RANK = 16;

    @TempDir
    Path folder;

    private static OutputTensor tensor(String name, Shape shape) {
        Random random = new Random(3);
        ByteBuffer bytes = ByteBuffer.allocate((int) DType.F32.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) random.nextGaussian());
        }
        return new OutputTensor(
                name, DType.F32, shape, () -> TensorData.of(bytes.duplicate().flip()));
    }

    private static double[] values(Checkpoint checkpoint, String name) throws IOException {
        TensorEntry entry = checkpoint.tensors().get(name);
        double[] values = new double[(int) entry.shape().elementCount()];
        new DTypeConversion(entry.data(), entry.dtype(), DType.F64)
                .window(0, values.length * Double.BYTES)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    /** What is quantized is nearer with the adapter, and nearer still when it is quantized without what the adapter does. */
    @Test
    void theAdapterBringsBackWhatIsLost() throws IOException {
        new SafetensorsWriter(folder, "base", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(tensor("q.weight", Shape.of(WIDTH, WIDTH)), tensor("q.bias", Shape.of(WIDTH))));
        Distances once = distances(1);
        Distances often = distances(4);
        assertTrue(once.adapted() < 0.85 * once.alone(), () -> "once: " + once);
        assertTrue(often.adapted() < once.adapted(), () -> "once: " + once + ", often: " + often);
    }

    /** How far the quantized weight is from the original, alone and with the adapter. */
    private record Distances(double alone, double adapted) {}

    private Distances distances(int times) throws IOException {
        Place place = new Place(folder);
        place.config(
                "base.safetensors",
                "{ type = quantization, scheme = nf4 }",
                "{ type = lora, target-modules = [q], rank = " + RANK
                        + ", alpha = 64, init = loftq, loftq-config { loftq-iter = " + times + " } }");
        place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/out-" + times).is(ExitCode.DONE);
        Checkpoint out = Checkpoint.open(folder.resolve("out-" + times));
        Checkpoint adapter = Checkpoint.open(folder.resolve("out-" + times).resolve("adapter_model.safetensors"));
        double[] a = values(adapter, "base_model.model.q.lora_A.weight");
        double[] b = values(adapter, "base_model.model.q.lora_B.weight");
        assertEquals(RANK * WIDTH, a.length);
        double[] weight = values(Checkpoint.open(folder.resolve("base.safetensors")), "q.weight");
        double[] held = values(out, "q.weight");
        double scale = 64.0 / RANK;
        double alone = 0;
        double adapted = 0;
        for (int row = 0; row < WIDTH; row++) {
            for (int column = 0; column < WIDTH; column++) {
                double update = 0;
                for (int i = 0; i < RANK; i++) {
                    update += b[row * RANK + i] * a[i * WIDTH + column];
                }
                int at = row * WIDTH + column;
                alone += Math.pow(weight[at] - held[at], 2);
                adapted += Math.pow(weight[at] - held[at] - scale * update, 2);
            }
        }
        return new Distances(Math.sqrt(alone), Math.sqrt(adapted));
    }
}
