package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ResultWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own can show: the classes that it loads, and what the libraries say on its streams. */
class ProcessTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "modifiers list",
                "modifiers describe freezing",
                "inspect init.safetensors",
                "diff init.safetensors init.safetensors",
                "convert init.safetensors out.pt",
                "plan -c x.conf",
                "config check -c x.conf",
                "doctor"
            })
    void whatComputesNothingLoadsNoEngine(String command) throws Exception {
        place();
        Path log = folder.resolve("classes.log");
        graft("-Xlog:class+load:file=" + log, command).is(ExitCode.DONE);
        List<String> loaded = Files.readAllLines(log);
        assertFalse(containing(loaded, " io.graft.cli.Main ").isEmpty());
        assertEquals(List.of(), containing(loaded, " ai.djl."));
        assertEquals(List.of(), containing(loaded, " java.net.http."));
        if (command.startsWith("modifiers")) {
            // The interface is named by the registry; none that implements it is looked at.
            assertEquals(
                    List.of(),
                    containing(loaded, "ModelModifier ").stream()
                            .filter(line -> !line.contains(" io.graft.ModelModifier "))
                            .toList());
        }
    }

    @Test
    void librariesAreSilent() throws Exception {
        place().with("epd/inputs.safetensors", "epd/outputs-pretrained.safetensors", "epd/pretrained.ckpt")
                .file("block.conf", """
                        graft {
                          model { block-factory = "io.graft.models.EncoderProcessorDecoder" }
                          modifiers = [ { type = transfer-learning, checkpoint-path = pretrained.ckpt } ]
                        }
                        """);
        graft("-Dunused", "verify -c block.conf --inputs inputs.safetensors --expected outputs-pretrained.safetensors")
                .is(ExitCode.DONE);
    }

    @Test
    void outputsAreNamedAsTheyWereTyped() throws Exception {
        place().file("out.conf", """
                graft {
                  model.checkpoint = init.safetensors
                  modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ]
                  output.path = out
                }
                """);
        graft("-Dunused", "apply -c out.conf").is(ExitCode.DONE);
        graft("-Dunused", "apply -c out.conf").is(ExitCode.USAGE, """
                        1 modifier configured in out.conf: 1 error. Nothing was applied to the model.

                        error[output-exists] out.conf:4:17  graft.output.path
                           4 |   output.path = out
                             |                 ^^^ the output folder `out` exists; choose another path, or replace what Graft wrote there with overwrite = true
                        """);
        graft("-Dunused", "convert init.safetensors init.safetensors")
                .is(
                        ExitCode.USAGE,
                        "graft: the output `init.safetensors` exists; choose another path, or replace the file with"
                                + " `overwrite`\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "apply --help",
                "apply -c DIR/x.conf",
                "apply -c DIR/x.conf --json",
                "plan -c DIR/x.conf",
                "plan -c DIR/x.conf --json --detailed-exitcode",
                "inspect DIR/init.safetensors",
                "diff DIR/init.safetensors DIR/init.safetensors --json",
                "convert DIR/init.safetensors DIR/out.pt",
                "modifiers list",
                "modifiers describe freezing",
                "modifiers sample freezing",
                "modifiers schema freezing",
                "config check -c DIR/x.conf",
                "generate-completion",
                "doctor"
            })
    void standardOutputOnAFullDeviceIsAFailure(String command) {
        StringWriter err = new StringWriter();
        Console full = new Console(
                new ResultWriter(new Full("No space left on device")), new PrintWriter(err), Map.of(), false, false);
        int code = place().graft(full, command.split(" "));
        assertEquals(
                "graft: the result cannot be written to standard output (No space left on device); files that the command"
                        + " wrote are there\n",
                err.toString());
        assertEquals(ExitCode.FAILED, code);
    }

    @Test
    void whoReadsNoFurtherIsNotTold() {
        StringWriter err = new StringWriter();
        Console closed =
                new Console(new ResultWriter(new Full("Broken pipe")), new PrintWriter(err), Map.of(), false, false);
        assertEquals(ExitCode.DONE, GraftCommand.run(closed, "--help"));
        assertEquals("", err.toString());
    }

    @Test
    void aFullDeviceIsToldByTheProcess() throws Exception {
        List<String> line = List.of(
                "sh",
                "-c",
                "exec \"$0\" -cp \"$1\" io.graft.cli.Main modifiers list > /dev/full",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(line).start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.FAILED, process.waitFor());
        assertEquals(
                "graft: the result cannot be written to standard output (No space left on device); files that the command"
                        + " wrote are there\n",
                err);
    }

    /** A device on which nothing can be written. */
    private static final class Full extends OutputStream {
        private final String reason;

        Full(String reason) {
            this.reason = reason;
        }

        @Override
        public void write(int one) throws IOException {
            throw new IOException(reason);
        }
    }

    private Place place() {
        return new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
    }

    private Outcome graft(String option, String command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(option, Main.class.getName()));
        arguments.addAll(List.of(command.split(" ")));
        return JavaProcess.run(folder, folder, arguments);
    }

    private static List<String> containing(List<String> lines, String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }
}
