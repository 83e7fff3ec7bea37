package io.graft.cli.modifiers;

import io.graft.cli.output.CommandException;
import io.graft.problem.ProblemCode;
import io.graft.registry.RegisteredModifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A file that the processor wrote beside a modifier's classes. */
enum ModifierFile {
    SAMPLE("sample", ".conf"),
    SCHEMA("schema", ".schema.json");

    private static final String FOLDER = "/META-INF/graft/modifiers/";

    private final String name;
    private final String ending;

    ModifierFile(String name, String ending) {
        this.name = name;
        this.ending = ending;
    }

    /** The file's text, from the jar of the modifier's provider. */
    String read(RegisteredModifier modifier) throws IOException {
        try (InputStream file = modifier.provider().getClass().getResourceAsStream(FOLDER + modifier.id() + ending)) {
            if (file == null) {
                throw new CommandException(
                        ProblemCode.PROVIDER_CLASS_MISSING,
                        "modifier `" + modifier.id() + "` of " + modifier.origin() + " brings no " + name,
                        "rebuild it with graft-processor, which writes one");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
