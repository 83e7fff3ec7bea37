package io.graft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.registry.ModifierProvider;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the launcher has done once, so that the JVM can keep the classes that a start needs: the commands that are used most, on a
 * model of two tensors, and with an extension.
 */
final class Rehearsal {
    private static final String MODIFIER = "io.graft.modifiers.freezing.FreezingModelModifier";
    private static final String PROVIDER = MODIFIER + "_Provider";

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
        String extension = extension(folder.resolve("extension.jar")).toString();
        run(console, "modifiers", "list", "--extensions", extension);
        run(console, "inspect", folder.resolve("model.safetensors").toString(), "--extensions", extension);
        run(console, "config", "check", "-c", config.toString());
        run(console, "plan", "-c", config.toString());
        run(console, "apply", "-c", config.toString(), "--set", "graft.output.max-shard-size=5GB");
        run(
                console,
                "apply",
                "-c",
                config.toString(),
                "--set",
                "graft.output.path=" + folder.resolve("quick").toAbsolutePath(),
                "--set",
                "graft.output.digest=none",
                "--set",
                "graft.output.sync=false");
    }

    private static void run(Console console, String... arguments) {
        int code = GraftCommand.run(console, arguments);
        if (code != ExitCode.DONE) {
            throw new IllegalStateException(String.join(" ", arguments) + " ended with " + code);
        }
    }

    /** A jar with a modifier that Graft has as well. */
    private static Path extension(Path jar) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            write(zip, "META-INF/services/" + ModifierProvider.class.getName(), PROVIDER.getBytes(UTF_8));
            for (String name : List.of(MODIFIER, PROVIDER)) {
                String file = name.replace('.', '/') + ".class";
                try (InputStream code = ClassLoader.getSystemResourceAsStream(file)) {
                    write(zip, file, Objects.requireNonNull(code, file).readAllBytes());
                }
            }
        }
        return jar;
    }

    private static void write(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
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
