package io.graft.apply;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder with a configuration, a model (encoder 4 to 3, decoder 3 to 2) and a checkpoint of other values for it. */
public record Project(Path folder) {
    public static Project in(Path folder) throws IOException {
        Files.createDirectories(folder);
        Project project = new Project(folder.toRealPath());
        try (InputStream model = Project.class.getResourceAsStream("m43.safetensors")) {
            Files.copy(model, project.file("model.safetensors"));
        }
        return project;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public Path config(String text) throws IOException {
        return Files.writeString(file("graft.conf"), text);
    }

    /** Writes a checkpoint whose tensors are full of sevens. */
    public Path sevens(String name, DType dtype, Map<String, Shape> tensors) throws IOException {
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach(
                (tensor, shape) -> outputs.add(new OutputTensor(tensor, dtype, shape, () -> sevens(dtype, shape))));
        Path staging = Files.createDirectory(file("staging"));
        new SafetensorsWriter(staging, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(outputs);
        Files.move(staging.resolve("model.safetensors"), file(name));
        Files.delete(staging);
        return file(name);
    }

    /** The bytes of every tensor, as hexadecimal digits. */
    public static Map<String, String> tensors(Path checkpoint) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (TensorEntry entry : Checkpoint.open(checkpoint).tensors().values()) {
            byte[] bytes = new byte[(int) entry.data().byteCount()];
            entry.data().window(0, bytes.length).get(bytes);
            values.put(
                    entry.name(),
                    entry.dtype() + " " + entry.shape() + " " + HexFormat.of().formatHex(bytes));
        }
        return values;
    }

    /** Every file and its content. */
    public Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.filter(path -> !path.equals(folder)).toList()) {
                String content =
                        Files.isDirectory(path) ? "folder" : HexFormat.of().formatHex(Files.readAllBytes(path));
                files.put(folder.relativize(path).toString(), content);
            }
        }
        return files;
    }

    private static TensorData sevens(DType dtype, Shape shape) {
        ByteBuffer bytes = ByteBuffer.allocate((int) dtype.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            switch (dtype) {
                case F32 -> bytes.putFloat(7);
                case F64 -> bytes.putDouble(7.1);
                default -> throw new IllegalArgumentException("no sevens of " + dtype);
            }
        }
        return TensorData.of(bytes.flip());
    }
}
