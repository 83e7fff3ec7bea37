package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changed bytes of the header or of the configuration lead to values or to a refusal, and to nothing else. */
class HostileModelsTest {
    private static final int MUTATIONS = 400;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"fp8-block-32-bf16", "fp8-ct-channel-bf16", "mxfp8-ct", "fp8-scale-weight-old", "fp8-comfy-quant"
            })
    void aMutationIsReadOrRefused(String layout) throws IOException {
        Path source = QuantizedModel.folder(layout);
        byte[] model = Files.readAllBytes(source.resolve("model.safetensors"));
        byte[] config = Files.exists(source.resolve("config.json"))
                ? Files.readAllBytes(source.resolve("config.json"))
                : "{}".getBytes(StandardCharsets.UTF_8);
        int header = 8 + (model[0] & 0xff) + ((model[1] & 0xff) << 8);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] changed = model.clone();
            byte[] said = config.clone();
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                if (random.nextInt(3) > 0) {
                    changed[random.nextInt(8, header)] = digitOrByte(random);
                } else {
                    said[random.nextInt(said.length)] = digitOrByte(random);
                }
            }
            Files.write(folder.resolve("model.safetensors"), changed);
            Files.write(folder.resolve("config.json"), said);
            assertTimeout(Duration.ofSeconds(2), () -> read(folder), "mutation " + i);
        }
    }

    private static byte digitOrByte(SplittableRandom random) {
        return (byte) (random.nextBoolean() ? random.nextInt('0', '9' + 1) : random.nextInt(256));
    }

    private static void read(Path model) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.open(model);
        } catch (CheckpointException refused) {
            return;
        }
        for (String warning : checkpoint.warnings()) {
            assertEquals(-1, warning.indexOf(" failed: "), warning);
        }
        for (TensorEntry entry : checkpoint.tensors().values()) {
            try {
                entry.data().window(0, (int) entry.data().byteCount());
            } catch (CheckpointException | IOException refused) {
                // said what is wrong
            }
        }
    }
}
