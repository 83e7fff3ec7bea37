package io.graft;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.carry.CarriedFile;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.NamedTensorData;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A file that is written beside a model's tensors, such as an adapter and its configuration. It is known when the run is planned,
 * written when it is committed, and published with the rest or not at all.
 *
 * @param name relative to the output folder, with forward slashes: {@code adapter_config.json}
 * @param kind what the file is for, as reports tell it; not the manifest
 * @param content writes it
 */
public record Artifact(String name, WrittenFile.Kind kind, Content content) {
    private static final Pattern NAME =
            Pattern.compile("[^./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*(/[^./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*)*");
    private static final String TENSORS = ".safetensors";

    /** Writes a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the file.
         *
         * @param folder of the output, in which the file is not there yet, but the folder that it lies in is
         * @throws IOException if it cannot be written, or what it is made of not be read
         */
        WrittenFile write(Path folder, WriteOptions options) throws IOException;
    }

    /**
     * @throws IllegalArgumentException if it cannot have this name or kind; the message is one line
     */
    public Artifact {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("`" + name + "` is no relative name of a file, as adapter_config.json");
        }
        if (name.equals(ModelFiles.MANIFEST) || name.startsWith("graft-part-") || kind == WrittenFile.Kind.MANIFEST) {
            throw new IllegalArgumentException("`" + name + "` is a file that Graft writes of its own");
        }
    }

    /** A file that goes along with a model. */
    public static Artifact of(CarriedFile file) {
        return new Artifact(file.name(), WrittenFile.Kind.CARRIED, file::write);
    }

    /** A text, in UTF-8. */
    public static Artifact text(String name, WrittenFile.Kind kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Artifact(name, kind, (folder, options) -> {
            Path file = folder.resolve(name);
            PlannedFile planned = PlannedFile.of(file.getFileName().toString(), bytes);
            return new ParallelWriter(file.getParent(), options)
                    .write(List.of(planned))
                    .get(0);
        });
    }

    /**
     * Tensors in a safetensors file, written in the order and layout of that format, whatever the model's is. Their values are asked
     * for when the file is written, one after the other.
     *
     * @param name ends in {@code .safetensors}
     * @param metadata texts for the file
     */
    public static Artifact tensors(
            String name, WrittenFile.Kind kind, Map<String, LazyTensor> tensors, Map<String, String> metadata) {
        if (!name.endsWith(TENSORS)) {
            throw new IllegalArgumentException("`" + name + "` does not end in " + TENSORS);
        }
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach((tensor, value) -> outputs.add(new OutputTensor(
                tensor, value.dtype(), value.shape(), () -> NamedTensorData.of(tensor, value, value::materialize))));
        Map<String, String> texts = Map.copyOf(metadata);
        return new Artifact(name, kind, (folder, options) -> {
            Path file = folder.resolve(name);
            String fileName = file.getFileName().toString();
            String stem = fileName.substring(0, fileName.length() - TENSORS.length());
            return new SafetensorsWriter(file.getParent(), stem, SafetensorsWriter.UNLIMITED, texts, options)
                    .write(outputs)
                    .get(0);
        });
    }

    /**
     * Writes it.
     *
     * @param folder of the output
     * @throws IOException if it cannot be written, or what it is made of not be read
     */
    public WrittenFile write(Path folder, WriteOptions options) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        return content.write(folder, options.withPart(Part.WHOLE)).as(kind);
    }
}
