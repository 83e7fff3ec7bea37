package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            assertEquals(List.of(), containing(loaded, "ModelModifier "));
        }
    }

    @Test
    void librariesAreSilent() throws Exception {
        place().with("epd/inputs.safetensors", "epd/outputs-pretrained.safetensors", "epd/pretrained.ckpt")
                .file("block.conf", """
                        graft {
                          model { block-factory = "io.graft.examples.EncoderProcessorDecoder$Factory", input-shapes = [[6, 8]] }
                          modifiers = [ { type = transfer-learning, checkpoint-path = pretrained.ckpt } ]
                        }
                        """);
        graft("-Dunused", "verify -c block.conf --inputs inputs.safetensors --expected outputs-pretrained.safetensors")
                .is(ExitCode.DONE);
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
