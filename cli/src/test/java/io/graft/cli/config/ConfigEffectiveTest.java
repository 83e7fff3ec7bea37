package io.graft.cli.config;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft config effective}. */
class ConfigEffectiveTest {
    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void write() {
        place = new Place(folder)
                .file("base.conf", "base { path = pretrained.ckpt, modules = [encoder, \"processor.0\"] }\n")
                .file("x.conf", """
                        include "base.conf"
                        graft {
                          model {
                            checkpoint { uri = "https://example.com/model.safetensors", token = hf_verysecretverysecret }
                            buffers = ["**.mask"]
                          }
                          modifiers = [
                            { type = transfer-learning, checkpoint_path = ${base.path}
                              rename = [ { from = "a.*", to = "b.$1" } ] }
                            { _target_ = "anemoi.training.train.modify.FreezingModelModifier", submodules-to-freeze = ${base.modules} }
                          ]
                          output { path = out, max_shard_size = 20kB }
                        }
                        """);
    }

    @Test
    void everythingIsSaidAsItIsUnderstood() throws IOException {
        assertGolden(
                "ConfigTest/effective.txt",
                place.graft("config", "effective", "-c", "DIR/x.conf")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void documentSaysTheSame() throws IOException {
        assertGolden(
                "ConfigTest/effective.json",
                place.graft("config", "effective", "-c", "DIR/x.conf", "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void whatIsPrintedIsUnderstoodAsTheSame() {
        String text = place.file("y.conf", plain())
                .graft("config", "effective", "-c", "DIR/y.conf")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                text,
                place.file("z.conf", text.replace("DIR", folder.toString()))
                        .graft("config", "effective", "-c", "DIR/z.conf")
                        .is(ExitCode.DONE)
                        .out());
        place.graft("config", "check", "-c", "DIR/z.conf").is(ExitCode.DONE);
    }

    @Test
    void overridesCount() {
        String text = place.file("y.conf", plain())
                .graft("config", "effective", "-c", "DIR/y.conf", "--set", "graft.modifiers[0].strict=false")
                .is(ExitCode.DONE)
                .out();
        assertTrue(text.contains("strict = false"), text);
    }

    @Test
    void wrongFileIsToldAsByCheck() {
        place.file("y.conf", "graft { modifiers = [ { type = freezin } ] }\n");
        place.graft("config", "effective", "-c", "DIR/y.conf")
                .is(
                        ExitCode.USAGE,
                        place.graft("config", "check", "-c", "DIR/y.conf").err());
    }

    private static String plain() {
        return """
                graft {
                  model.checkpoint = "model.safetensors"
                  modifiers = [
                    { type = transfer-learning, checkpoint-path = "pretrained.ckpt", "include" = [encoder] }
                    { type = freezing, submodules-to-freeze = [encoder] }
                  ]
                }
                """;
    }
}
