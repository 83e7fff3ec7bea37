package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.extension.Javac;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that jars bring. */
class JarCommandsTest {
    private static final String SERVICE = "META-INF/services/io.graft.command.CommandProvider";
    private static final String COMMAND = """
            package com.acme;

            import io.graft.command.CommandConsole;
            import java.util.concurrent.Callable;
            import picocli.CommandLine.Command;
            import picocli.CommandLine.Option;

            @Command(name = "measure", description = "Measures.")
            public final class MeasureCommand implements Callable<Integer> {
                private final CommandConsole console;

                @Option(names = "--how", defaultValue = "well")
                private String how;

                public MeasureCommand(CommandConsole console) {
                    this.console = console;
                }

                @Override
                public Integer call() {
                    switch (how) {
                        case "badly" -> throw new IllegalStateException("the ruler is bent\\nbeyond repair");
                        case "never" -> throw new LinkageError("no ruler");
                        default -> console.out().println("measured " + how);
                    }
                    return how.equals("well") ? 0 : 1;
                }
            }
            """;
    private static final String PROVIDER = """
            package com.acme;

            import io.graft.command.*;

            public final class Measure implements CommandProvider {
                @Override public String name() { return "measure"; }
                @Override public String summary() { return "Measures, 100% of it."; }
                @Override public Object command(CommandConsole console) { return new MeasureCommand(console); }
            }
            """;

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void makePlace() {
        place = new Place(folder);
    }

    @Test
    void commandOfAJarRuns() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        assertEquals(
                "measured well\n",
                place.graft("measure", "--extensions", "DIR/acme.jar")
                        .is(ExitCode.DONE)
                        .out());
        assertEquals(
                "measured so-so\n",
                place.graft("measure", "--how", "so-so", "--extensions=DIR/acme.jar", "-v")
                        .is(ExitCode.FAILED)
                        .out());
        place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar");
        assertEquals("measured well\n", place.graft("measure").is(ExitCode.DONE).out());
    }

    @Test
    void commandOfAJarHasTheOptionsThatEveryCommandTakes() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        String help = place.graft("measure", "--help", "--extensions", "DIR/acme.jar")
                .is(ExitCode.DONE)
                .out();
        assertTrue(help.startsWith("Usage: graft measure [-hvV]"), help);
        assertTrue(help.contains("--stacktrace"), help);
        assertEquals(
                "graft development\n",
                place.graft("measure", "--version", "--extensions", "DIR/acme.jar")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void listOfCommandsHasThoseOfJarsAndLoadsNone() throws IOException {
        // a provider whose command cannot be loaded is listed all the same
        jar("acme.jar", PROVIDER.replace("new MeasureCommand(console)", "new Gone()"), """
                package com.acme;

                final class Gone {
                    static { if (true) { throw new IllegalStateException("loaded"); } }
                }
                """);
        String help = place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar")
                .graft("--help")
                .is(ExitCode.DONE)
                .out();
        assertTrue(help.contains("  measure              Measures, 100% of it.\n"), help);
        assertEquals(help, place.graft().is(ExitCode.USAGE, help).err());
        assertFalse(new Place(folder).graft("--help").out().contains("measure"));
    }

    @Test
    void unknownCommandGetsTheNearestOfAll() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        place.graft("mesure", "--extensions", "DIR/acme.jar").is(ExitCode.USAGE, """
                graft: no command is called `mesure`; did you mean `measure`?
                See `graft --help`.
                """);
        place.graft("zzzzzzzz").is(ExitCode.USAGE, """
                graft: no command is called `zzzzzzzz`; `graft --help` lists all; if a jar brings it, put that jar\
                 into extensions/, or name it with --extensions
                See `graft --help`.
                """);
    }

    @Test
    void jarThatIsMissingIsNamed() {
        assertEquals(
                "no command is called `lora`; it comes with graft-modifiers-lora: put that jar into extensions/, or name it"
                        + " with --extensions",
                JarCommands.in(ClassLoader.getPlatformClassLoader(), java.util.Set.of("apply"))
                        .refusal("lora"));
    }

    @Test
    void twoJarsWithOneNameAreNamed() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        jar("other.jar", PROVIDER.replace("com.acme", "com.other"), COMMAND.replace("com.acme", "com.other"));
        place.graft("measure", "--extensions", "DIR/acme.jar", "--extensions", "DIR/other.jar")
                .is(ExitCode.USAGE, """
                graft: `measure` is a command of acme.jar and of other.jar; keep one of them among the extensions
                See `graft --help`.
                """);
    }

    @Test
    void oneClassInTwoJarsIsOneCommand() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        Files.copy(place.path("acme.jar"), place.path("copy.jar"));
        place.graft("measure", "--extensions", "DIR/acme.jar", "--extensions", "DIR/copy.jar")
                .is(ExitCode.DONE);
    }

    @Test
    void namesOfGraftsOwnCommandsAreTaken() throws IOException {
        jar("acme.jar", PROVIDER.replace("\"measure\"", "\"apply\""), COMMAND);
        Outcome help = place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar").graft("--help");
        help.is(
                ExitCode.DONE,
                "graft: not usable: the command `apply` of acme.jar: Graft has one of this name itself\n");
        assertFalse(help.out().contains("Measures"));
        place.graft("aply").is(ExitCode.USAGE, """
                graft: no command is called `aply`; did you mean `apply`?; not usable: the command `apply` of acme.jar: Graft has\
                 one of this name itself
                See `graft --help`.
                """);
    }

    @Test
    void nameThatCannotBeTypedIsRefused() throws IOException {
        jar("acme.jar", PROVIDER.replace("\"measure\"", "\"Measure it\""), COMMAND);
        assertEquals(
                "graft: not usable: the command `Measure it` of acme.jar: a name is lower-case words with hyphens, as"
                        + " `my-command`\n",
                place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar")
                        .graft("--help")
                        .err());
    }

    @Test
    void brokenProviderIsToldAndKeepsNoOtherFromRunning() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        jar(
                "broken.jar",
                PROVIDER.replace("com.acme", "com.broken")
                        .replace("return \"measure\"", "throw new IllegalStateException(\"no name\")"),
                COMMAND.replace("com.acme", "com.broken"));
        place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar" + java.io.File.pathSeparator + "DIR/broken.jar");
        place.graft("measure").is(ExitCode.DONE);
        assertEquals(
                "graft: not usable: `com.broken.Measure` of broken.jar cannot be made: IllegalStateException: no name\n",
                place.graft("--help").err());
    }

    @Test
    void commandThatCannotBeMadeIsToldInALine() throws IOException {
        jar("acme.jar", PROVIDER.replace("return new MeasureCommand(console)", "return \"text\""), COMMAND);
        Outcome outcome = place.graft("measure", "--extensions", "DIR/acme.jar");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertTrue(
                outcome.err()
                        .startsWith(
                                "graft: the command `measure` of acme.jar cannot be made: InitializationException: "),
                outcome.err());
        assertTrue(outcome.err().endsWith("; tell the author of the jar\n"), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void exceptionOfACommandIsALineAndAStackTraceOnlyIfAskedFor() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        String said = "graft: the extension DIR/acme.jar failed: IllegalStateException: the ruler is bent; report it to"
                + " whoever wrote the extension, with what --stacktrace prints\n";
        place.graft("measure", "--how", "badly", "--extensions", "DIR/acme.jar").is(ExitCode.FAILED, said);
        Outcome traced = place.graft("measure", "--how", "badly", "--stacktrace", "--extensions", "DIR/acme.jar");
        assertTrue(traced.err().contains("at extension"), traced.err());
        assertTrue(traced.err().endsWith(said), traced.err());
        Outcome linkage = place.graft("measure", "--how", "never", "--extensions", "DIR/acme.jar");
        assertEquals(ExitCode.FAILED, linkage.code());
        assertTrue(
                linkage.err().startsWith("graft: the extension DIR/acme.jar failed: LinkageError: no ruler"),
                linkage.err());
    }

    @Test
    void extensionThatIsNotThereIsNamedBeforeThereIsACommand() {
        place.graft("measure", "--extensions", "DIR/gone.jar").is(ExitCode.USAGE, """
                graft: the extension DIR/gone.jar does not exist; give a jar or a folder of jars in --extensions or GRAFT_EXTENSIONS
                """);
    }

    @Test
    void commandOfAJarIsCompleted() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        String script = place.environment("GRAFT_EXTENSIONS", "DIR/acme.jar")
                .graft("generate-completion")
                .is(ExitCode.DONE)
                .out();
        assertTrue(script.contains("_picocli_graft_measure"), "a function for the command");
        assertTrue(script.contains("'--how'"), "its own option");
    }

    @Test
    void doctorTellsOfCommands() throws IOException {
        jar("acme.jar", PROVIDER, COMMAND);
        String said = place.graft("doctor", "--extensions", "DIR/acme.jar").out();
        assertTrue(said.contains("command measure"), said);
    }

    private void jar(String name, String provider, String command) throws IOException {
        String packageName = provider.substring("package ".length(), provider.indexOf(';'));
        String type = command.contains("class Gone") ? "Gone" : "MeasureCommand";
        Path classes = Files.createDirectories(folder.resolve(name + "-classes"));
        Javac.compile(
                classes,
                Map.of(
                        packageName.replace('.', '/') + "/Measure.java",
                        provider,
                        packageName.replace('.', '/') + "/" + type + ".java",
                        command));
        Path services = classes.resolve(SERVICE);
        Files.createDirectories(services.getParent());
        Files.writeString(services, packageName + ".Measure\n");
        ExtensionJar.pack(classes, folder.resolve(name), path -> true);
    }
}
