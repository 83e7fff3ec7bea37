package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.carry.CarriedFile;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.write.NamedFormat;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a conversion writes to.
 *
 * @param path the file or folder, absolute
 * @param folder whether it is a folder, for files of the format's usual names
 */
record OutputPlace(Path path, boolean folder, NamedFormat format) {
    /**
     * Tells from the path what is meant: a folder that is there, a file by its extension, or else a folder.
     *
     * @throws ConversionException if it tells no format
     */
    static OutputPlace of(Path given, Conversion conversion, StateDictFormats formats) {
        Path path = given.toAbsolutePath().normalize();
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (Files.isDirectory(path) || name.lastIndexOf('.') <= 0) {
            return new OutputPlace(path, true, conversion.format().orElseGet(() -> usual(formats)));
        }
        return new OutputPlace(path, false, conversion.format().orElseGet(() -> ofName(path, formats)));
    }

    private static NamedFormat usual(StateDictFormats formats) {
        return formats.find(StateDictFormats.USUAL)
                .orElseThrow(() -> new ConversionException(
                        ProblemCode.UNKNOWN_OUTPUT_FORMAT,
                        "the usual format, `" + StateDictFormats.USUAL + "`, is not at hand",
                        "give --format"));
    }

    private static NamedFormat ofName(Path path, StateDictFormats formats) {
        List<NamedFormat> found = formats.ofName(path);
        String name = "the name `" + path.getFileName() + "`";
        if (found.size() > 1) {
            throw new ConversionException(
                    ProblemCode.MALFORMED_VALUE,
                    name + " may stand for "
                            + found.stream()
                                    .map(format -> "`" + format.id() + "` (" + format.origin() + ")")
                                    .collect(Collectors.joining(" and ")),
                    found.stream().map(NamedFormat::id).distinct().count() == 1
                            ? "keep one of the jars"
                            : "give --format, or keep one of the jars");
        }
        return found.stream()
                .findFirst()
                .orElseThrow(() -> new ConversionException(
                        ProblemCode.MALFORMED_VALUE,
                        name + " does not tell the format to write",
                        "call the file " + formats.extensions() + ", or give --format"));
    }

    /** Writes the files. */
    StateDictFormat writer() {
        return format.format();
    }

    /**
     * Checks that the output can be divided as asked.
     *
     * @throws ConversionException if not
     */
    void requireDivisible(Conversion conversion) {
        if (conversion.maxShardSize().isPresent() && !(folder && writer().isDivisible())) {
            throw new ConversionException(
                    ProblemCode.REQUIRES,
                    "shards are written into a folder, in a format that can be divided, and `" + path + "` is to be "
                            + (folder ? "a folder with one " + format.id() + " file" : "a file"),
                    "name a folder and such a format, or leave the size of shards out");
        }
    }

    /**
     * Checks that the format holds what is asked for.
     *
     * @throws ConversionException if not
     */
    void requireBlocks(Conversion conversion) {
        conversion
                .dtype()
                .flatMap(NewDtype::blocks)
                .filter(type -> !writer().blockTypes().contains(type.name()))
                .ifPresent(type -> {
                    throw new ConversionException(
                            ProblemCode.REQUIRES,
                            type + " is a type of blocks that only a GGUF file holds, and `" + path + "` is to be "
                                    + (folder ? "a folder of " + format.id() : "a file of " + format.id()),
                            "call the file .gguf, give --format gguf, or convert to another dtype, such as BF16");
                });
    }

    /** The place for files, none of which replaces the input. */
    Destination destination(Checkpoint input, List<CarriedFile> carried, boolean overwrite) throws IOException {
        List<Path> read = new ArrayList<>(input.files());
        carried.forEach(file -> read.add(file.file().path()));
        InputFiles inputs = InputFiles.of(read);
        return folder
                ? new Destination.ModelFolder(path, overwrite, inputs)
                : new Destination.SingleFile(path, overwrite, inputs);
    }
}
