package io.graft.cli.config;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ColorChoice;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    private static final String ESCAPE = "\u001b";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aFileWithMistakes() {
        place = new Place(folder).with("m43/init.safetensors").file("x.conf", """
                        graft {
                          model.checkpoint = "init.safetensors"
                          modifiers = [
                            {
                              type = transfer-learning
                              chekpoint-path = "full7.pt"
                              strict = maybe
                              min-coverage = 1.5
                              buffers = lod
                            }
                            { type = freezing, submodulesToFreeze = [encoder], strict = 1 }
                            { type = distillation, bits = 3 }
                          ]
                          output { path = out, overwrite = ture }
                        }
                        """);
    }

    @Test
    void everyMistakeIsShownAtOnce() throws IOException {
        Map<String, String> before = place.files();
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertEquals("", outcome.out());
        assertGolden("ConfigTest/mistakes.txt", outcome.err());
        assertEquals(before, place.files());
    }

    @Test
    void aProgramGetsThemToo() throws IOException {
        Outcome outcome = place.graft("plan", "-c", "DIR/x.conf", "--json");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertGolden("ConfigTest/mistakes.json", outcome.out());
        assertEquals(
                outcome.out().replace("\"plan\"", "\"config check\""),
                place.graft("config", "check", "-c", "DIR/x.conf", "--json").out());
    }

    @Test
    void checkTellsTheSame() {
        Outcome apply = place.graft("apply", "-c", "DIR/x.conf");
        place.graft("config", "check", "-c", "DIR/x.conf").is(ExitCode.USAGE, apply.err());
    }

    @Test
    void aCorrectFileIsSaidToBe() {
        place.config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        assertEquals(
                "DIR/x.conf is correct\n",
                place.graft("config", "check", "-c", "DIR/x.conf")
                        .is(ExitCode.DONE)
                        .out());
        assertEquals(
                "{\"schema\":1,\"tool\":\"graft\",\"version\":\"VERSION\",\"command\":\"config check\",\"status\":\"ok\","
                        + "\"model\":null,\"modifiers\":[],\"tensors\":[],"
                        + "\"totals\":{\"tensors\":0,\"parameters\":0,\"trainable\":0,\"frozen\":0,\"scheduled\":0,\"bytes\":0},"
                        + "\"problems\":[],\"outputs\":[]}\n",
                place.graft("config", "check", "-c", "DIR/x.conf", "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aFileForAModelOfAProgramIsCorrectToo() {
        place.file("x.conf", "graft.modifiers = [{ type = freezing, submodules-to-freeze = [encoder] }]\n");
        assertEquals(
                "DIR/x.conf is correct\n",
                place.graft("config", "check", "-c", "DIR/x.conf")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aSyntaxErrorIsShown() throws IOException {
        place.file("x.conf", "graft {\n  model.checkpoint = \"init.safetensors\"\n  modifiers = [\n");
        Outcome outcome = place.graft("config", "check", "-c", "DIR/x.conf");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertGolden("ConfigTest/syntax.txt", outcome.err());
    }

    @Test
    void colourIsForPeople() throws IOException {
        place.file(
                "x.conf", "graft {\n  model.checkpoint = \"init.safetensors\"\n  modifiers = []\n  outputs = 1\n}\n");
        String plain = place.graft("config", "check", "-c", "DIR/x.conf").err();
        String coloured = place.graft("config", "check", "-c", "DIR/x.conf", "--color", "always")
                .err();
        assertFalse(plain.contains(ESCAPE), plain);
        assertGolden("ConfigTest/colour.txt", coloured.replace(ESCAPE, "ESC"));
        assertEquals(plain, coloured.replaceAll(ESCAPE + "\\[[\\d;]*m", ""));
    }

    @Test
    void autoColoursTerminalsUnlessAskedNotTo() {
        assertTrue(console(true, Map.of()).coloured(ColorChoice.auto));
        assertFalse(console(false, Map.of()).coloured(ColorChoice.auto));
        assertFalse(console(true, Map.of("NO_COLOR", "1")).coloured(ColorChoice.auto));
        assertTrue(console(true, Map.of("NO_COLOR", "")).coloured(ColorChoice.auto));
        assertFalse(console(true, Map.of("TERM", "dumb")).coloured(ColorChoice.auto));
        assertTrue(console(false, Map.of("NO_COLOR", "1")).coloured(ColorChoice.always));
        assertFalse(console(true, Map.of()).coloured(ColorChoice.never));
    }

    private static Console console(boolean terminal, Map<String, String> environment) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return new Console(nowhere, nowhere, environment, terminal, terminal);
    }
}
