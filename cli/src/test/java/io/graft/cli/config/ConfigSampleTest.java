package io.graft.cli.config;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft config sample}. */
class ConfigSampleTest {
    @TempDir
    Path folder;

    @Test
    void sampleExplainsEverythingAndIsCorrect() throws IOException {
        Place place = new Place(folder);
        String text = place.graft("config", "sample").is(ExitCode.DONE).out();
        assertGolden("ConfigTest/sample.txt", sections(text));
        place.file("x.conf", text).graft("config", "check", "-c", "DIR/x.conf").is(ExitCode.DONE, """
                warning[empty]       DIR/x.conf:13:15  graft.modifiers
                  13 |   modifiers = []
                     |               ^^ no modifiers are listed, so nothing is changed; list at least one modifier
                """);
    }

    @Test
    void sampleForAModelHasItsNamesAndRuns() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors");
        String text = place.graft("config", "sample", "--for", "DIR/init.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertGolden("ConfigTest/sample-for.txt", sections(text));
        place.file("x.conf", text.replace("DIR", folder.toString()));
        assertEquals(
                "",
                place.graft("config", "check", "-c", "DIR/x.conf")
                        .is(ExitCode.DONE)
                        .err());
        assertEquals(
                "", place.graft("plan", "-c", "DIR/x.conf").is(ExitCode.DONE).err());
    }

    private static String sections(String text) {
        return text.substring(0, text.indexOf("\n# Take the first mark off each line of a modifier that you want.\n"));
    }

    @Test
    void everyModifierThatIsFoundIsExplained() {
        String text = new Place(folder).graft("config", "sample").out();
        PlugRegistry.discover(getClass().getClassLoader())
                .modifiers()
                .forEach(modifier -> assertTrue(text.contains("\n#  type = " + modifier.id() + "\n"), modifier.id()));
        String forModel = new Place(folder)
                .with("m43/init.safetensors")
                .graft("config", "sample", "--for", "DIR/init.safetensors")
                .out();
        assertTrue(forModel.contains("#  #except = [\"decoder\"]"), forModel);
    }

    /** Each modifier, with its mark taken away, is an entry of the list. */
    @Test
    void everyModifierCanBeTaken() {
        Place place = new Place(folder);
        String text = place.graft("config", "sample").out();
        for (String block : text.substring(text.indexOf("# Take the first")).split("\n\n")) {
            if (block.contains("#graft.modifiers += {")) {
                String taken =
                        block.lines().map(line -> line.substring(1)).reduce("", (one, other) -> one + other + "\n");
                Outcome outcome = place.file("y.conf", text + taken).graft("config", "check", "-c", "DIR/y.conf");
                assertTrue(
                        outcome.code() == ExitCode.DONE
                                || outcome.err().contains("error[missing-key]")
                                || outcome.err().contains("nothing is adapted: name modules"),
                        taken + outcome.err());
            }
        }
    }

    @Test
    void modelThatIsNotThereIsNamed() {
        Outcome outcome = new Place(folder).graft("config", "sample", "--for", "DIR/gone.pt");
        assertEquals(ExitCode.CHECKPOINT, outcome.code());
        assertEquals("graft: DIR/gone.pt: no such file; its folder is empty\n", outcome.err());
    }
}
