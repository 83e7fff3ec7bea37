package io.graft.cli;

import io.graft.cli.apply.ApplyCommand;
import io.graft.cli.apply.PlanCommand;
import io.graft.cli.config.ConfigCommand;
import io.graft.cli.config.EffectiveCommand;
import io.graft.cli.config.SampleCommand;
import io.graft.cli.convert.ConvertCommand;
import io.graft.cli.diff.DiffCommand;
import io.graft.cli.doctor.DoctorCommand;
import io.graft.cli.featurize.FeaturizeCommand;
import io.graft.cli.inspect.InspectCommand;
import io.graft.cli.map.MapCommand;
import io.graft.cli.map.SuggestCommand;
import io.graft.cli.modifiers.ModifiersCommand;
import io.graft.cli.option.Extensions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.verify.VerifyCommand;
import io.graft.extension.LoadedExtensions;
import io.graft.problem.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The commands. Of Graft's own, only the one that is asked for is made, since reading the annotations of every one takes longer than
 * the work of some; jars are looked through only for a name that is none of those, and for the list of all.
 */
final class Commands {
    private static final Set<String> HELP = Set.of("-h", "--help");
    private static final String EXTENSIONS = "--extensions";

    /** By name, in the order in which help lists them. */
    private static final Map<String, Function<Console, CommandLine>> OWN = new LinkedHashMap<>();

    static {
        OWN.put("apply", console -> new CommandLine(new ApplyCommand(console)));
        OWN.put("plan", console -> new CommandLine(new PlanCommand(console)));
        OWN.put("verify", console -> new CommandLine(new VerifyCommand(console)));
        OWN.put("featurize", console -> new CommandLine(new FeaturizeCommand(console)));
        OWN.put("inspect", console -> new CommandLine(new InspectCommand(console)));
        OWN.put("diff", console -> new CommandLine(new DiffCommand(console)));
        OWN.put("convert", console -> new CommandLine(new ConvertCommand(console)));
        OWN.put("map", Commands::map);
        OWN.put("doctor", console -> new CommandLine(new DoctorCommand(console)));
        OWN.put("modifiers", Commands::modifiers);
        OWN.put("config", Commands::config);
        OWN.put("generate-completion", console -> new CommandLine(new CompletionCommand(console)));
    }

    private Commands() {}

    /**
     * The command line with the command that arguments ask for, or with all.
     *
     * @throws CommandException if extensions cannot be loaded, or if the command of a jar cannot be used
     * @throws ParameterException if there is no such command
     */
    static CommandLine askedFor(Console console, String... arguments) {
        String asked = arguments.length == 0 ? "--help" : arguments[0];
        if (OWN.containsKey(asked)) {
            return root(Set.of(asked), console);
        }
        CommandLine root = root(OWN.keySet(), console);
        if (asked.startsWith("-") && !HELP.contains(asked)) {
            return root;
        }
        LoadedExtensions extensions = Extensions.load(extensions(arguments), console);
        JarCommands jars = JarCommands.in(extensions, OWN.keySet());
        Optional<JarCommand> ofJar = jars.find(asked);
        if (ofJar.isPresent()) {
            return root.addSubcommand(asked, ofJar.get().made(console, extensions));
        }
        if (HELP.contains(asked)) {
            jars.unusable().forEach(reason -> console.err().println("graft: not usable: " + Printable.of(reason)));
            jars.usable().forEach(command -> root.addSubcommand(command.name(), command.listed()));
            return root;
        }
        throw new ParameterException(root.setErr(console.err()), jars.refusal(asked));
    }

    /** The command line with every command, those of jars too; what cannot be used is told. */
    static CommandLine whole(Console console) {
        CommandLine root = root(OWN.keySet(), console);
        LoadedExtensions extensions = Extensions.load(List.of(), console);
        JarCommands jars = JarCommands.in(extensions, OWN.keySet());
        jars.unusable().forEach(reason -> console.err().println("graft: not usable: " + Printable.of(reason)));
        for (JarCommand command : jars.usable()) {
            try {
                root.addSubcommand(command.name(), command.made(console, extensions));
            } catch (CommandException unusable) {
                console.err().println("graft: " + Printable.of(unusable.getMessage()));
            }
        }
        return root;
    }

    private static CommandLine root(Set<String> commands, Console console) {
        CommandLine line = new CommandLine(new GraftCommand());
        commands.forEach(name -> line.addSubcommand(name, OWN.get(name).apply(console)));
        return line;
    }

    /** The values of an option that has to be read before it is known which command has it. */
    private static List<Path> extensions(String... arguments) {
        List<Path> given = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(EXTENSIONS + "=")) {
                given.add(Path.of(arguments[i].substring(EXTENSIONS.length() + 1)));
            } else if (arguments[i].equals(EXTENSIONS) && i + 1 < arguments.length) {
                given.add(Path.of(arguments[i + 1]));
            }
        }
        return given;
    }

    private static CommandLine modifiers(Console console) {
        return new CommandLine(new ModifiersCommand())
                .addSubcommand(new ModifiersCommand.ListCommand(console))
                .addSubcommand(new ModifiersCommand.DescribeCommand(console))
                .addSubcommand(new ModifiersCommand.SampleCommand(console))
                .addSubcommand(new ModifiersCommand.SchemaCommand(console));
    }

    private static CommandLine map(Console console) {
        return new CommandLine(new MapCommand()).addSubcommand(new SuggestCommand(console));
    }

    private static CommandLine config(Console console) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigCommand.CheckCommand(console))
                .addSubcommand(new EffectiveCommand(console))
                .addSubcommand(new ConfigCommand.SchemaCommand(console))
                .addSubcommand(new SampleCommand(console));
    }
}
