package io.graft.checkpoint.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.apply.output.PytorchStateDict;
import io.graft.apply.output.SafetensorsStateDict;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Models of six tensors, all of whose values are one number, so that a mixture of two shows. */
enum Models {
    SINGLE(Long.MAX_VALUE),
    TWO_SHARDS(24),
    THREE_SHARDS(16),
    PYTORCH(0);

    private static final String BESIDE = "1_Pooling/config.json";

    private final long maxShardBytes;

    Models(long maxShardBytes) {
        this.maxShardBytes = maxShardBytes;
    }

    /** Every way from one model to another. */
    static Stream<List<Models>> transitions() {
        return Stream.of(values()).flatMap(from -> Stream.of(values()).map(to -> List.of(from, to)));
    }

    List<String> names() throws IOException {
        List<String> names =
                new ArrayList<>(format().names(Path.of(""), new OutputStateDict(tensors(0)), maxShardBytes));
        if (this == TWO_SHARDS || this == PYTORCH) {
            names.add(BESIDE);
        }
        names.add(ModelFiles.MANIFEST);
        return names;
    }

    /** Writes the model and its manifest. */
    void write(Path folder, float value) throws IOException {
        List<WrittenFile> files = format().write(
                        folder,
                        new OutputStateDict(tensors(value)),
                        maxShardBytes,
                        new WriteOptions(true, false, Part.WHOLE));
        if (names().contains(BESIDE)) {
            Path beside = folder.resolve(BESIDE);
            Files.createDirectories(beside.getParent());
            Files.writeString(beside, "value " + value);
            files = new ArrayList<>(files);
            files.add(new WrittenFile(
                    beside, Files.size(beside), Sha256.of(beside).hex()));
        }
        Files.writeString(
                folder.resolve(ModelFiles.MANIFEST),
                files.stream()
                        .map(file -> "{\"path\": \"" + folder.relativize(file.path()) + "\", \"bytes\": " + file.bytes()
                                + ", \"sha256\": \"" + file.sha256() + "\"}")
                        .collect(Collectors.joining(", ", "{\"value\": " + value + ", \"outputs\": [", "]}")));
    }

    /** Publishes the model in place of another. */
    Replacement publish(Path folder, float value, FolderChanges changes) throws IOException {
        Destination destination = new Destination.ModelFolder(folder, true, InputFiles.NONE);
        try (StagedOutput staged = StagedOutput.in(destination, names(), false, changes)) {
            write(staged.folder(), value);
            return staged.publish();
        }
    }

    void publish(Path folder, float value) throws IOException {
        publish(folder, value, FolderChanges.REAL);
    }

    /** The value of the model that a folder opens as; fails if it has several. */
    static float opened(Path folder) throws IOException {
        Map<String, Float> values = new TreeMap<>();
        for (TensorEntry entry : Checkpoint.open(folder).tensors().values()) {
            ByteBuffer data = entry.data().window(0, 8).order(ByteOrder.LITTLE_ENDIAN);
            values.put(entry.name() + "[0]", data.getFloat());
            values.put(entry.name() + "[1]", data.getFloat());
        }
        assertEquals(12, values.size());
        assertEquals(1, new TreeSet<>(values.values()).size(), () -> "a mixture: " + values);
        return values.values().iterator().next();
    }

    /** Every file below a folder, hidden ones too, with its content. */
    static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(path -> !path.equals(folder)).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        Files.isDirectory(file) ? "folder" : HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    /** The names of every file below a folder. */
    static List<String> fileNames(Path folder) throws IOException {
        return files(folder).entrySet().stream()
                .filter(file -> !file.getValue().equals("folder"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private StateDictFormat format() {
        return this == PYTORCH ? new PytorchStateDict() : new SafetensorsStateDict();
    }

    private static List<OutputTensor> tensors(float value) {
        return IntStream.range(0, 6)
                .mapToObj(i -> new OutputTensor(
                        "layer." + i,
                        DType.F32,
                        Shape.of(2),
                        () -> TensorData.of(ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putFloat(value)
                                .putFloat(value)
                                .flip())))
                .toList();
    }
}
