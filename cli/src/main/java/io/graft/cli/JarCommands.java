package io.graft.cli;

import io.graft.command.CommandProvider;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceFailure;
import io.graft.extension.ServiceScan;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import io.graft.registry.MissingJar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The commands that jars bring, beside those that Graft has itself. */
final class JarCommands {
    private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    private static final String ANOTHER_JAR = "put that jar into extensions/, or name it with --extensions";

    private final Set<String> own;
    private final Map<String, List<JarCommand>> byName = new TreeMap<>();
    private final List<String> unusable = new ArrayList<>();

    private JarCommands(Set<String> own) {
        this.own = own;
    }

    /**
     * @param extensions where they are looked for
     * @param own the names of Graft's own commands
     */
    static JarCommands in(ClassLoader extensions, Set<String> own) {
        JarCommands commands = new JarCommands(own);
        ServiceScan<CommandProvider> scan = ServiceScan.of(CommandProvider.class, extensions);
        scan.found().forEach(commands::add);
        scan.broken().forEach(broken -> commands.unusable.add(broken.sentence()));
        return commands;
    }

    private void add(FoundService<CommandProvider> found) {
        CommandProvider provider = found.service();
        try {
            String name = String.valueOf(provider.name());
            String summary = String.valueOf(provider.summary());
            if (own.contains(name)) {
                unusable.add("the command `" + name + "` of " + found.origin() + ": Graft has one of this name itself");
            } else if (!name.matches(NAME)) {
                unusable.add("the command " + Quoting.quote(name) + " of " + found.origin()
                        + ": a name is lower-case words with hyphens, as `my-command`");
            } else {
                add(new JarCommand(name, summary, found.origin(), provider));
            }
        } catch (RuntimeException | LinkageError failure) {
            String reason = ServiceFailure.of(
                            failure, CommandProvider.class, provider.getClass().getClassLoader())
                    .reason();
            unusable.add("`" + provider.getClass().getName() + "` of " + found.origin() + " " + reason);
        }
    }

    /** One class that several class loaders find is one command: the first. */
    private void add(JarCommand command) {
        List<JarCommand> same = byName.computeIfAbsent(command.name(), name -> new ArrayList<>());
        String type = command.provider().getClass().getName();
        if (same.stream()
                .noneMatch(other -> other.provider().getClass().getName().equals(type))) {
            same.add(command);
        }
    }

    /** Those that can be called, by name. */
    List<JarCommand> usable() {
        return byName.values().stream()
                .filter(same -> same.size() == 1)
                .flatMap(List::stream)
                .toList();
    }

    /** Why others cannot be called, a sentence each. */
    List<String> unusable() {
        return Stream.concat(
                        unusable.stream(),
                        byName.values().stream().filter(same -> same.size() > 1).map(JarCommands::shared))
                .toList();
    }

    /** The command of a name; empty if there is none, or more than one. */
    Optional<JarCommand> find(String name) {
        List<JarCommand> found = byName.getOrDefault(name, List.of());
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Why there is no command of a name, and what to do. */
    String refusal(String name) {
        List<JarCommand> found = byName.getOrDefault(name, List.of());
        return found.size() > 1
                ? shared(found) + "; keep one of them among the extensions"
                : "no command is called " + Quoting.quote(name) + "; " + help(name);
    }

    private String help(String name) {
        List<String> sentences = new ArrayList<>();
        sentences.add(MissingJar.ofCommand(name)
                .map(jar -> "it comes with " + jar.artifact() + ": " + ANOTHER_JAR)
                .or(() -> GivenFile.commandFor(name).map(meant -> "did you mean `" + meant + "`?"))
                .orElseGet(() -> {
                    String nearest = Suggestions.didYouMean(name, names());
                    return nearest.isEmpty() ? "`graft --help` lists all; if a jar brings it, " + ANOTHER_JAR : nearest;
                }));
        unusable.forEach(reason -> sentences.add("not usable: " + reason));
        return String.join("; ", sentences);
    }

    private Collection<String> names() {
        return Stream.of(own, byName.keySet(), MissingJar.commands())
                .flatMap(Set::stream)
                .distinct()
                .sorted()
                .toList();
    }

    private static String shared(List<JarCommand> same) {
        return "`" + same.get(0).name() + "` is a command of "
                + String.join(" and of ", same.stream().map(JarCommand::origin).toList());
    }
}
