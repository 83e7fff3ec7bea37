package io.graft.cli;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "apply",
                "plan",
                "verify",
                "featurize",
                "inspect",
                "diff",
                "convert",
                "map",
                "map suggest",
                "doctor",
                "modifiers",
                "modifiers list",
                "modifiers describe",
                "modifiers sample",
                "modifiers schema",
                "config",
                "config check",
                "config effective",
                "config schema",
                "config sample",
                "lora",
                "lora combine",
                "lora convert",
                "lora extract",
                "lora resize",
                "generate-completion"
            })
    void everyCommandExplainsItself(String command) throws IOException {
        String name = ("graft " + command).strip().replace(' ', '-');
        assertGolden(
                "HelpTest/" + name + ".txt",
                graft((command + " --help").strip().split(" "))
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void noCommandShowsTheHelpAsAnError() {
        String help = graft("--help").out();
        assertEquals("", graft().is(ExitCode.USAGE, help).out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-V", "apply -V", "modifiers --version", "modifiers list --version"})
    void theVersionIsSaid(String arguments) {
        assertEquals(
                "graft development\n",
                graft(arguments.split(" ")).is(ExitCode.DONE).out());
    }

    @Test
    void anUnknownCommandGetsTheNearest() {
        graft("aply").is(ExitCode.USAGE, """
                        graft: no command is called `aply`; did you mean `apply`?
                        See `graft --help`.
                        """);
    }

    @Test
    void anUnknownOptionGetsTheNearest() {
        graft("apply", "-c", "x.conf", "--jsno").is(ExitCode.USAGE, """
                        graft: `graft apply` has no option `--jsno`; did you mean `--json`?
                        See `graft apply --help`.
                        """);
        graft("plan", "-c", "x.conf", "--partition", "1/2").is(ExitCode.USAGE, """
                        graft: `graft plan` has no option `--partition`
                        See `graft plan --help`.
                        """);
    }

    @Test
    void anUnknownSubcommandGetsTheNearestOrAll() {
        graft("modifiers", "lst").is(ExitCode.USAGE, """
                        graft: `graft modifiers` has no command `lst`; did you mean `list`?
                        See `graft modifiers --help`.
                        """);
        graft("config", "frobnicate").is(ExitCode.USAGE, """
                        graft: `graft config` has no command `frobnicate`; it has check, effective, schema, sample
                        See `graft config --help`.
                        """);
    }

    @Test
    void anArgumentTooManyIsNamed() {
        graft("inspect", "a", "b").is(ExitCode.USAGE, """
                        graft: `b` is one argument more than `graft inspect` takes
                        See `graft inspect --help`.
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "help -h", "help --help", "--help help"})
    void helpHelpsWithItself(String arguments) {
        assertEquals(
                graft("--help").out(),
                graft(arguments.split(" ")).is(ExitCode.DONE).out());
    }

    @Test
    void aMissingOptionIsNamed() {
        graft("apply").is(ExitCode.USAGE, """
                        graft: Missing required option: '--config=FILE'
                        See `graft apply --help`.
                        """);
    }

    @Test
    void ofSeveralOptionsOneIsAskedFor() {
        graft("lora", "resize", "adapter", "-o", "out").is(ExitCode.USAGE, """
                        graft: Missing required argument (specify one of these): (--rank=R | --energy=SHARE | --threshold=SHARE)
                        See `graft lora resize --help`.
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"modifiers", "config"})
    void aMissingSubcommandIsNamed(String group) {
        String commands =
                group.equals("config") ? "check, effective, schema or sample" : "list, describe, sample or schema";
        graft(group)
                .is(ExitCode.USAGE, "graft: Missing a command: " + commands + ".\nSee `graft " + group + " --help`.\n");
    }

    private Outcome graft(String... arguments) {
        return new Place(folder).graft(arguments);
    }
}
