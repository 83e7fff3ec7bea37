package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Golden;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An extension that was compiled against version 1.0 works in this one. {@code acme-scaling-1.0.jar} is kept as it was built, by
 * this test, from the sources beside it; {@code docs/compatibility.md} says when and how that is done.
 */
class KeptExtensionTest {
    private static final Path KEPT =
            Path.of("src", "test", "resources", "compatibility").toAbsolutePath();
    private static final Path JAR = KEPT.resolve("acme-scaling-1.0.jar");

    @TempDir
    Path folder;

    @BeforeAll
    static void rebuildIfToldTo(@TempDir Path classes) throws IOException {
        if (!Boolean.getBoolean("kept.extension.rebuild")) {
            return;
        }
        Path sources = KEPT.resolve("sources");
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = sources.relativize(file).toString().replace(File.separatorChar, '/');
                texts.put(name, Files.readString(file));
            }
        }
        Javac.compile(classes, texts);
        ExtensionJar.pack(classes, JAR, name -> true);
    }

    @Test
    void isListedAndDescribed() throws IOException {
        Place place = new Place(folder);
        assertTrue(place.graft("modifiers", "list", "--extensions", JAR.toString())
                .is(ExitCode.DONE)
                .out()
                .replaceAll(" {2,}", " ")
                .contains("acme-scaling - acme-scaling-1.0.jar API 1 usable Multiplies tensors by a factor.\n"));
        Golden.assertGolden(
                "KeptExtensionTest/describe.txt",
                place.graft("modifiers", "describe", "acme-scaling", "--extensions", JAR.toString())
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void bindsAndRuns() {
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config(
                        "init.safetensors",
                        "{ type = acme-scaling, targets = [encoder.bias], factor = 4, mode = divide }");
        List<Float> before = Place.floats(folder.resolve("init.safetensors")).get("encoder.bias");

        place.graft("apply", "-c", "DIR/x.conf", "--extensions", JAR.toString()).is(ExitCode.DONE);

        assertEquals(
                before.stream().map(value -> value * 0.25f).toList(),
                Place.floats(folder.resolve("out/model.safetensors")).get("encoder.bias"));
    }

    @Test
    void itsMistakesAreToldWithTheirLines() throws IOException {
        Outcome run = new Place(folder)
                .with("m43/init.safetensors")
                .config(
                        "init.safetensors",
                        "{ type = com.acme.legacy.Scaler, tensors = [], factor = 0, mdoe = divide, schedule { name = \" \" } }",
                        "{ type = acme-scaling, tensors = [decoder], factor = 1 }")
                .graft("config", "check", "-c", "DIR/x.conf", "--extensions", JAR.toString());

        Golden.assertGolden("KeptExtensionTest/mistakes.txt", run.err());
        assertEquals(ExitCode.USAGE, run.code());
    }
}
