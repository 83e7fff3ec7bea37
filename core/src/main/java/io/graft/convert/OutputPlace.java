package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a conversion writes to.
 *
 * @param path the file or folder, absolute
 * @param folder whether it is a folder, for files of the format's usual names
 */
record OutputPlace(Path path, boolean folder, OutputFormat format) {
    /**
     * Tells from the path what is meant: a folder that is there, a file by its extension, or else a folder.
     *
     * @throws ConversionException if it tells no format
     */
    static OutputPlace of(Path given, Conversion conversion) {
        Path path = given.toAbsolutePath().normalize();
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (Files.isDirectory(path) || name.lastIndexOf('.') <= 0) {
            return new OutputPlace(path, true, conversion.format().orElse(OutputFormat.SAFETENSORS));
        }
        OutputFormat format = conversion
                .format()
                .or(() -> OutputFormat.ofName(path))
                .orElseThrow(() -> new ConversionException(
                        ProblemCode.MALFORMED_VALUE,
                        "the name `" + name + "` does not tell the format to write",
                        "call the file .safetensors, .pt, .pth, .bin or .ckpt, or give the format"));
        return new OutputPlace(path, false, format);
    }

    /**
     * Checks that the output can be divided as asked.
     *
     * @throws ConversionException if not
     */
    void requireDivisible(Conversion conversion) {
        if (conversion.maxShardSize().isPresent() && !(folder && format == OutputFormat.SAFETENSORS)) {
            throw new ConversionException(
                    ProblemCode.REQUIRES,
                    "shards are written as safetensors into a folder, and `" + path + "` is to be "
                            + (folder ? "a folder with one PyTorch file" : "a file"),
                    "name a folder, or leave the size of shards out");
        }
    }

    /** The place for files, none of which replaces the input. */
    Destination destination(Checkpoint input, boolean overwrite) throws IOException {
        InputFiles inputs = InputFiles.of(input.files());
        return folder
                ? new Destination.ModelFolder(path, overwrite, inputs)
                : new Destination.SingleFile(path, overwrite, inputs);
    }
}
