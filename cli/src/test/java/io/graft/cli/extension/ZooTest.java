package io.graft.cli.extension;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred extensions, and twelve that are broken, each in its own way. */
class ZooTest {
    private static final int HERD = 200;

    @TempDir
    static Path zoo;

    @TempDir
    Path folder;

    @BeforeAll
    static void build() throws IOException {
        Path extensions = Files.createDirectory(zoo.resolve("extensions"));
        Zoo.herd(HERD, extensions, Files.createDirectory(zoo.resolve("herd")));
        new Zoo(extensions, Files.createDirectory(zoo.resolve("broken"))).build();
    }

    @Test
    void theOthersAreUsableAndEachBrokenOneIsOneLine() throws IOException {
        List<String> list = place().graft("modifiers", "list", "--extensions", extensions())
                .is(ExitCode.DONE)
                .out()
                .lines()
                .toList();

        assertEquals(
                HERD - 1,
                list.stream()
                        .filter(line -> line.matches("m\\d+ .*  API 1  usable  .*"))
                        .count());
        assertEquals(
                List.of("com.acme.duplicate_id.Own", "com.acme.m0.Own"),
                list.stream()
                        .filter(line -> line.contains("  usable as "))
                        .map(line -> line.replaceFirst(".*  usable as (\\S+) .*", "$1"))
                        .toList());
        String broken = String.join(
                "\n", list.stream().filter(line -> line.startsWith("!")).toList());
        assertEquals(12, broken.lines().count());
        assertGolden("ZooTest/list.txt", onJava17(broken) + "\n");
    }

    @Test
    void programsAreToldTheSame() throws IOException {
        String json = place().graft("modifiers", "list", "--extensions", extensions(), "--json")
                .is(ExitCode.DONE)
                .out();

        assertGolden("ZooTest/problems.json", onJava17(json.substring(json.indexOf("\"problems\""))));
    }

    @Test
    void aModifierBesideThemRuns() {
        Outcome run = place().with("m43/init.safetensors")
                .config("init.safetensors", "{ type = m7 }")
                .graft("plan", "-c", "DIR/x.conf", "--extensions", extensions())
                .is(ExitCode.DONE);

        assertTrue(run.out().contains("1. m7  (m7-1.0.jar)\n   ~ 1 frozen\n       encoder.bias\n"), run.out());
    }

    @Test
    void whatIsNeededAndBrokenIsAnErrorOfOneLine() throws IOException {
        Outcome run = place().with("m43/init.safetensors")
                .config(
                        "init.safetensors",
                        "{ type = com.acme.for_java_25.Own }",
                        "{ type = com.acme.api_level_99.Own }",
                        "{ type = m0 }",
                        "{ type = m7 }")
                .graft("plan", "-c", "DIR/x.conf", "--extensions", extensions());

        assertGolden("ZooTest/needed.txt", onJava17(run.err()));
        assertEquals(ExitCode.USAGE, run.code());
    }

    @Test
    void whoAsksForABrokenOneIsToldWhyItCannotBeUsed() {
        place().graft("modifiers", "describe", "com.acme.api_level_99.Own", "--extensions", extensions())
                .is(
                        ExitCode.USAGE,
                        "graft: `com.acme.api_level_99.Own` of api-level-99.jar needs API level 99, this runtime supports 1;"
                                + " update Graft\n");
        place().graft("modifiers", "sample", "m0", "--extensions", extensions())
                .is(
                        ExitCode.USAGE,
                        "graft: `m0` is the name of com.acme.duplicate_id.Own (duplicate-id.jar) and com.acme.m0.Own"
                                + " (m0-1.0.jar); name one by its class: type = \"com.acme.duplicate_id.Own\"\n");
    }

    @Test
    void oneOfTwoWithTheSameIdRunsByItsClassName() {
        Outcome run = place().with("m43/init.safetensors")
                .config("init.safetensors", "{ type = com.acme.m0.Own }")
                .graft("plan", "-c", "DIR/x.conf", "--extensions", extensions())
                .is(ExitCode.DONE);

        assertTrue(run.out().contains("1. m0  (m0-1.0.jar)\n"), run.out());
    }

    private Place place() {
        return new Place(folder);
    }

    private static String extensions() {
        return zoo.resolve("extensions").toString();
    }

    /** What is expected is written as it is on Java 17. */
    private static String onJava17(String text) {
        int running = Runtime.version().feature();
        return text.replace("running " + running, "running 17").replace("for Java " + running, "for Java 17");
    }
}
