package io.graft.cli;

import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Suggestions;
import io.graft.registry.ModifierDescriptor;
import io.graft.registry.ModifierDescriptor.OptionDescriptor;
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
import tools.jackson.core.JsonGenerator;

/** Commands about the modifiers that are found. They load no modifier class and no engine. */
@Command(
        name = "modifiers",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
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
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the modifiers that are found.")
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
                JsonOutput.print(console.out(), "modifiers list", document -> write(document, registry));
                return ExitCode.DONE;
            }
            TextTable table = new TextTable();
            for (RegisteredModifier modifier : registry.modifiers()) {
                table.row(
                        modifier.id(),
                        modifier.version(),
                        Printable.of(modifier.origin()),
                        Printable.of(modifier.descriptor().summary()));
            }
            table.print(console.out(), "");
            if (registry.modifiers().isEmpty()) {
                console.out()
                        .println("no modifiers are found; put a jar of them into extensions/ or give --extensions");
            }
            registry.problems().forEach(problem -> console.out().println("! " + Printable.of(line(problem))));
            return ExitCode.DONE;
        }

        private static void write(JsonGenerator json, ModifierRegistry registry) {
            json.writeArrayPropertyStart("modifiers");
            for (RegisteredModifier modifier : registry.modifiers()) {
                json.writeStartObject();
                json.writeStringProperty("id", modifier.id());
                json.writeStringProperty("version", modifier.version());
                json.writeStringProperty("origin", modifier.origin());
                json.writeStringProperty("class", modifier.descriptor().className());
                json.writeStringProperty("summary", modifier.descriptor().summary());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("problems");
            for (Problem problem : registry.problems()) {
                json.writeStartObject();
                json.writeStringProperty("code", problem.code().id());
                json.writeStringProperty("severity", problem.isError() ? "error" : "warning");
                json.writeStringProperty("message", problem.message());
                json.writeStringProperty("help", problem.help());
                json.writeEndObject();
            }
            json.writeEndArray();
        }

        private static String line(Problem problem) {
            return problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
        }
    }

    /** Shows one modifier's options. */
    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description = "Shows what a modifier does and its options.")
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
                JsonOutput.print(console.out(), "modifiers describe", document -> write(document, modifier));
            } else {
                print(modifier);
            }
            return ExitCode.DONE;
        }

        private CommandException unknown(ModifierRegistry registry) {
            List<String> ids =
                    registry.modifiers().stream().map(RegisteredModifier::id).toList();
            String advice = Suggestions.didYouMean(id, ids);
            return new CommandException(
                    ProblemCode.UNKNOWN_MODIFIER,
                    "no modifier is named `" + id + "`" + (advice.isEmpty() ? "" : "; " + advice) + "; found: "
                            + String.join(", ", ids));
        }

        private void print(RegisteredModifier modifier) {
            ModifierDescriptor descriptor = modifier.descriptor();
            console.out().println(descriptor.id() + "  (" + Printable.of(modifier.origin()) + ")");
            console.out().println();
            descriptor.documentation().lines().forEach(line -> console.out().println(Printable.of(line)));
            if (!descriptor.aliases().isEmpty()) {
                console.out().println();
                console.out().println("also: " + String.join(", ", descriptor.aliases()));
            }
            if (!descriptor.options().isEmpty()) {
                console.out().println();
                console.out().println("options");
            }
            for (OptionDescriptor option : descriptor.options()) {
                console.out()
                        .println("  " + option.key() + ": " + option.type() + presence(option) + constraints(option));
                option.documentation().lines().forEach(line -> console.out().println("      " + Printable.of(line)));
            }
        }

        private static String presence(OptionDescriptor option) {
            if (option.required()) {
                return ", required";
            }
            return option.defaultValue().isEmpty() ? "" : ", default " + option.defaultValue();
        }

        private static String constraints(OptionDescriptor option) {
            return option.constraints().isEmpty() ? "" : ", " + String.join(", ", option.constraints());
        }

        private static void write(JsonGenerator json, RegisteredModifier modifier) {
            ModifierDescriptor descriptor = modifier.descriptor();
            json.writeObjectPropertyStart("modifier");
            json.writeStringProperty("id", descriptor.id());
            json.writeStringProperty("version", modifier.version());
            json.writeStringProperty("origin", modifier.origin());
            json.writeStringProperty("class", descriptor.className());
            json.writeStringProperty("documentation", descriptor.documentation());
            writeStrings(json, "aliases", descriptor.aliases());
            json.writeArrayPropertyStart("options");
            for (OptionDescriptor option : descriptor.options()) {
                json.writeStartObject();
                json.writeStringProperty("key", option.key());
                json.writeStringProperty("type", option.type());
                json.writeBooleanProperty("required", option.required());
                if (!option.defaultValue().isEmpty()) {
                    json.writeStringProperty("default", option.defaultValue());
                }
                writeStrings(json, "constraints", option.constraints());
                json.writeStringProperty("documentation", option.documentation());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private static void writeStrings(JsonGenerator json, String name, List<String> texts) {
            json.writeArrayPropertyStart(name);
            texts.forEach(json::writeString);
            json.writeEndArray();
        }
    }
}
