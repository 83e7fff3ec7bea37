package io.graft.examples;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.config.reading.ConfigOverrides;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One run of an example: where its configurations lie, where its results go, and whether it shall only show that it works.
 *
 * @param folder of the example's configurations
 * @param output of everything that it writes
 * @param isShort a few steps on a little data
 * @param screen what is told meanwhile
 */
public record Example(Path folder, Path output, boolean isShort, PrintStream screen) {
    private static final String USAGE = "usage: run [--out DIR] [--short]";

    /**
     * From the arguments of a launcher: the folder of the example, and then what the user has typed.
     *
     * @throws IllegalArgumentException if that is nothing that an example understands
     */
    public static Example of(PrintStream screen, String... arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path output = folder.resolve("out");
        boolean isShort = false;
        for (int i = 1; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--short" -> isShort = true;
                case "--out" -> {
                    if (++i == arguments.length) {
                        throw new IllegalArgumentException("--out names no folder; " + USAGE);
                    }
                    output = Path.of(arguments[i]);
                }
                default -> throw new IllegalArgumentException("`" + arguments[i] + "` is not known; " + USAGE);
            }
        }
        return new Example(folder, Files.createDirectories(output).toAbsolutePath(), isShort, screen);
    }

    /** A body of {@code main} that may fail. */
    @FunctionalInterface
    public interface Body {
        void run(Example example) throws Exception;
    }

    /** Runs an example as a command; wrong arguments end it with exit code 2 and a sentence. */
    public static void main(Body body, String... arguments) throws Exception {
        Example example;
        try {
            example = of(System.out, arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
            return;
        }
        body.run(example);
    }

    /**
     * A configuration of the example, ready to be run.
     *
     * @param set what the program knows better than the file, as {@code key=value}
     */
    public FileRun configuration(String name, String... set) {
        ConfigOverrides overrides = new ConfigOverrides(List.of(set), Map.of(), Map.of());
        return ModelModifierApplier.create().configuration(folder.resolve(name), overrides);
    }

    /** What a configuration says under {@code example}, which is none of Graft's business. */
    public Config settings(String name) {
        return ConfigFactory.parseFile(folder.resolve(name).toFile()).resolve().getConfig("example");
    }

    /** As many as the configuration says, or a few. */
    public int epochs(String name) {
        return isShort ? 2 : settings(name).getInt("epochs");
    }

    /** A file or folder of the results, which is not there: what an earlier run has left of it is removed. */
    public Path fresh(String name) throws IOException {
        Path path = output.resolve(name);
        if (Files.exists(path)) {
            List<Path> left;
            try (Stream<Path> files = Files.walk(path)) {
                left = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : left) {
                Files.delete(each);
            }
        }
        return path;
    }

    /** Writes a file of tensors, {@code STEM.safetensors}, under names that are numbers. */
    public void write(String stem, List<NamedTensor> tensors) throws IOException {
        fresh(stem + ".safetensors");
        List<OutputTensor> numbered = new ArrayList<>();
        for (NamedTensor tensor : tensors) {
            numbered.add(
                    new OutputTensor(Integer.toString(numbered.size()), tensor.dtype(), tensor.shape(), tensor::data));
        }
        new SafetensorsWriter(output, stem, SafetensorsWriter.UNLIMITED, Map.of()).write(numbered);
    }

    /** Tells a line. */
    public void tell(String line) {
        screen.println(line);
        screen.flush();
    }
}
