package io.graft.modifiers.lora.command;

import io.graft.lora.dialect.AdapterDialects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Whose file an adapter is. */
final class FromOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "DIALECT",
            description = "The dialect of IN, such as peft, where several claim it. Without it, the file tells.")
    private String from;

    /** Those that the adapter may be of. */
    AdapterDialects dialects(AdapterDialects all) {
        try {
            return from == null ? all : all.only(from);
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), "--from: " + unknown.getMessage());
        }
    }
}
