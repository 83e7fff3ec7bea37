package io.graft.cli;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the launcher has done once, so that the JVM can keep the classes that a start needs: the commands that are used most, on a
 * model of two tensors.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** Runs the commands in an empty folder, the only argument. */
    public static void main(String[] arguments) throws IOException {
        run(Console.ofProcess(), Path.of(arguments[0]));
    }

    /** Runs the commands in an empty folder. What is left in it is for the caller to remove. */
    static void run(Console console, Path folder) throws IOException {
        write(folder, "model", tensor("encoder.weight", 2, 2), tensor("encoder.bias", 2));
        write(folder, "pretrained", tensor("old.weight", 2, 2), tensor("old.bias", 2));
        write(
                folder,
                "adapter_model",
                tensor("base_model.model.encoder.lora_A.weight", 1, 2),
                tensor("base_model.model.encoder.lora_B.weight", 2, 1));
        Files.writeString(
                folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1}");
        Path config = Files.writeString(folder.resolve("graft.conf"), """
                graft {
                  model.checkpoint = model.safetensors
                  modifiers = [
                    { type = transfer-learning, checkpoint-path = pretrained.safetensors, prefix = none
                      rename = [{ from = "re:old\\\\.(.*)", to = "encoder.$1" }] }
                    { type = lora-merge, adapter-path = "." }
                    { type = freezing, submodules-to-freeze = [encoder] }
                  ]
                  output.path = out
                }
                """);
        run(console, "modifiers", "list");
        run(console, "inspect", folder.resolve("model.safetensors").toString());
        run(console, "config", "check", "-c", config.toString());
        run(console, "plan", "-c", config.toString());
        run(console, "apply", "-c", config.toString(), "--set", "graft.output.max-shard-size=5GB");
    }

    private static void run(Console console, String... arguments) {
        int code = GraftCommand.run(console, arguments);
        if (code != ExitCode.DONE) {
            throw new IllegalStateException(String.join(" ", arguments) + " ended with " + code);
        }
    }

    private static void write(Path folder, String stem, OutputTensor... tensors) throws IOException {
        new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensors));
    }

    private static OutputTensor tensor(String name, long... dimensions) {
        Shape shape = Shape.of(dimensions);
        ByteBuffer zeros = ByteBuffer.allocate((int) DType.F32.byteCount(shape));
        return new OutputTensor(name, DType.F32, shape, () -> TensorData.of(zeros));
    }
}
