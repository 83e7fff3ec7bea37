package io.graft.cli.option;

import io.graft.config.reading.ConfigOverrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every command that reads a configuration file. */
public final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "The HOCON file.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a key, such as graft.output.overwrite=true, whatever the file says. Repeatable.")
    private List<String> overrides = new ArrayList<>();

    public Path file() {
        return file;
    }

    public ConfigOverrides overrides() {
        return ConfigOverrides.ofProcess(overrides);
    }
}
