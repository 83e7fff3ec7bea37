package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** In a real shell. */
@DisabledOnOs(OS.WINDOWS)
class CompletionTest {
    @TempDir
    Path folder;

    @Test
    void commandsAreCompleted() throws IOException, InterruptedException {
        assertEquals("config convert", completed("graft con"));
    }

    @Test
    void commandsOfACommandAreCompleted() throws IOException, InterruptedException {
        assertEquals("describe", completed("graft modifiers de"));
    }

    @Test
    void optionsAreCompleted() throws IOException, InterruptedException {
        assertEquals("--detailed-exitcode", completed("graft plan --det"));
    }

    @Test
    void wordsOfAnOptionAreCompleted() throws IOException, InterruptedException {
        assertEquals("always", completed("graft plan --color al"));
    }

    /** What bash offers for the last word of a line. */
    private String completed(String line) throws IOException, InterruptedException {
        Path script = Files.writeString(
                folder.resolve("completion"),
                new Place(folder).graft("generate-completion").is(ExitCode.DONE).out());
        Process shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source \"$1\"; read -ra COMP_WORDS <<< \"$2\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                                + " _complete_graft 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\" | sort | xargs",
                        "bash",
                        script.toString(),
                        line)
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return said.strip();
    }
}
