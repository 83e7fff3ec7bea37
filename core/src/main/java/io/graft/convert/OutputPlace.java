package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.StagedOutput;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

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
     * Checks that the output may be written, and that the input would survive it.
     *
     * @throws ConversionException if not
     */
    void requireWritable(Checkpoint input, Conversion conversion) throws IOException {
        if (conversion.maxShardSize().isPresent() && !(folder && format == OutputFormat.SAFETENSORS)) {
            throw new ConversionException(
                    ProblemCode.REQUIRES,
                    "shards are written as safetensors into a folder, and `" + path + "` is to be "
                            + (folder ? "a folder with one PyTorch file" : "a file"),
                    "name a folder, or leave the size of shards out");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!conversion.overwrite()) {
            throw new ConversionException(
                    ProblemCode.OUTPUT_EXISTS,
                    "the output `" + path + "` exists",
                    "choose another path, or allow that it is overwritten");
        }
        Path real = path.toRealPath();
        Set<Path> inputs = input.tensors().values().stream()
                .map(TensorEntry::range)
                .map(range -> range.file())
                .collect(Collectors.toSet());
        inputs.add(input.path());
        for (Path file : inputs) {
            boolean replaced = folder
                    ? file.getParent().equals(real)
                            && ModelFiles.isReplaced(file.getFileName().toString())
                    : file.equals(real);
            if (replaced) {
                throw new ConversionException(
                        ProblemCode.OUTPUT_EXISTS,
                        "the output `" + path + "` would replace the input `" + file + "`",
                        "choose another path");
            }
        }
    }

    StagedOutput stage() throws IOException {
        return folder
                ? StagedOutput.in(path, ModelFiles::isReplaced)
                : StagedOutput.in(path.getParent(), name -> false);
    }
}
