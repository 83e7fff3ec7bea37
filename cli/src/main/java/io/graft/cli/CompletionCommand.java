package io.graft.cli;

import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.Version;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints what a shell needs to complete commands and options. */
@Command(
        name = "generate-completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        optionListHeading = "%nOptions:%n",
        description = {
            "Prints a script by which bash or zsh completes commands and options.",
            "In a shell: source <(graft generate-completion)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out().println(AutoComplete.bash("graft", Commands.whole(console)));
        return ExitCode.DONE;
    }
}
