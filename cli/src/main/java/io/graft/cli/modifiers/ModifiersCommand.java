package io.graft.cli.modifiers;

import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.Version;
import io.graft.problem.ProblemCode;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about the modifiers that are found. They load no modifier class and no engine. */
@Command(
        name = "modifiers",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        description = "Shows the modifiers that a configuration can name.")
public final class ModifiersCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command: list, describe, sample or schema.");
    }

    /** Lists the modifiers, and what keeps others from being used. */
    @Command(name = "list", description = "Lists the modifiers that are found.")
    public static final class ListCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        public ListCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            PlugRegistry registry = PlugRegistry.discover(Extensions.find(common, console));
            if (json) {
                console.printDocument("modifiers list", document -> ModifiersJson.write(document, registry));
            } else {
                new ModifiersText(console.out()).print(registry);
            }
            return ExitCode.DONE;
        }
    }

    /** Shows one modifier's options. */
    @Command(name = "describe", description = "Shows what a modifier does and its options.")
    public static final class DescribeCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The modifier's id, an alias of it, or its class name.")
        private String id;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        public DescribeCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            RegisteredPlug<?> modifier = find(id, common, console);
            if (json) {
                console.printDocument("modifiers describe", document -> ModifiersJson.write(document, modifier));
            } else {
                new ModifiersText(console.out()).print(modifier);
            }
            return ExitCode.DONE;
        }
    }

    /** Prints a configuration to start from. */
    @Command(
            name = "sample",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            optionListHeading = "%nOptions:%n",
            description = "Prints a configuration with every option of a modifier, to start from.")
    public static final class SampleCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The modifier's id, an alias of it, or its class name.")
        private String id;

        public SampleCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            RegisteredPlug<?> modifier = find(id, common, console);
            return print(modifier, "sample", modifier.sample(), console);
        }
    }

    /** Prints the JSON Schema of a modifier's entry. */
    @Command(
            name = "schema",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            optionListHeading = "%nOptions:%n",
            description = "Prints the JSON Schema of a modifier's entry, for editors and other tools.")
    public static final class SchemaCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The modifier's id, an alias of it, or its class name.")
        private String id;

        public SchemaCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            RegisteredPlug<?> modifier = find(id, common, console);
            return print(modifier, "schema", modifier.schema(), console);
        }
    }

    private static RegisteredPlug<?> find(String id, CommonOptions common, Console console) {
        return new ModifierLookup(PlugRegistry.discover(Extensions.load(common, console))).find(id);
    }

    private static int print(RegisteredPlug<?> modifier, String name, Optional<String> text, Console console) {
        console.out()
                .print(text.orElseThrow(() -> new CommandException(
                        ProblemCode.PROVIDER_CLASS_MISSING,
                        "modifier `" + modifier.id() + "` of " + modifier.origin() + " brings no " + name,
                        "rebuild it with graft-processor, which writes one")));
        return ExitCode.DONE;
    }
}
