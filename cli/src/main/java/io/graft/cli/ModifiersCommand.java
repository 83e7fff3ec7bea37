package io.graft.cli;

import io.graft.config.ProblemCode;
import io.graft.config.Suggestions;
import io.graft.registry.ModifierRegistry;
import io.graft.registry.RegisteredModifier;
import java.util.List;
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
final class ModifiersCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command: list or describe.");
    }

    /** Lists the modifiers, and what keeps others from being used. */
    @Command(name = "list", description = "Lists the modifiers that are found.")
    static final class ListCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        ListCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            ModifierRegistry registry = ModifierRegistry.discover(Extensions.load(common, console));
            if (json) {
                JsonOutput.print(console.out(), "modifiers list", document -> ModifiersJson.write(document, registry));
            } else {
                new ModifiersText(console.out()).print(registry);
            }
            return ExitCode.DONE;
        }
    }

    /** Shows one modifier's options. */
    @Command(name = "describe", description = "Shows what a modifier does and its options.")
    static final class DescribeCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The modifier's id, an alias of it, or its class name.")
        private String id;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        DescribeCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            ModifierRegistry registry = ModifierRegistry.discover(Extensions.load(common, console));
            RegisteredModifier modifier = registry.find(id).orElseThrow(() -> unknown(registry));
            if (json) {
                JsonOutput.print(
                        console.out(), "modifiers describe", document -> ModifiersJson.write(document, modifier));
            } else {
                new ModifiersText(console.out()).print(modifier);
            }
            return ExitCode.DONE;
        }

        private CommandException unknown(ModifierRegistry registry) {
            List<String> ids =
                    registry.modifiers().stream().map(RegisteredModifier::id).toList();
            String advice = Suggestions.didYouMean(id, ids);
            return new CommandException(
                    ProblemCode.UNKNOWN_MODIFIER,
                    "no modifier has id `" + id + "`" + (advice.isEmpty() ? "" : "; " + advice),
                    "found: " + (ids.isEmpty() ? "none" : String.join(", ", ids)));
        }
    }
}
