package io.graft.cli.problem;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.JavaProcess;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.BrokenJars;
import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file with many mistakes, among extensions of which one cannot be used, and the whole of what a person reads of them. */
class SampleTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "goldens", "SampleTest");
    private static final Path EXTENSIONS = Path.of("src", "test", "resources", "extensions");
    private static final String ESCAPE = "\u001b";
    private static final String NOTHING = ". Nothing was applied to the model.";

    @TempDir
    static Path jars;

    @BeforeAll
    static void buildExtensions() throws IOException {
        ExtensionJar.of(EXTENSIONS.resolve("lora"), jars.resolve("acme-lora-1.2.jar"));
        BrokenJars.ofAnotherApiLevel(jars.resolve("acme-prune-2.0.jar"), "Prune", 5);
    }

    @Test
    void everyMistakeIsNamedWithItsPlace() throws Exception {
        Outcome plain = graft("config", "check");
        assertGolden("SampleTest/plain.txt", plain.err());
        assertEquals("", plain.out());
        assertEquals(ExitCode.USAGE, plain.code());
        Outcome coloured = graft("config", "check", "--color", "always");
        assertGolden("SampleTest/colour.txt", coloured.err().replace(ESCAPE, "ESC"));
        assertEquals(plain.err(), coloured.err().replaceAll(ESCAPE + "\\[[\\d;]*m", ""));
    }

    @Test
    void planAndApplyTellTheSameOfAModelThatTheyAreGiven() throws Exception {
        String told = graft("config", "check").err();
        String model = "graft.model.checkpoint=model.safetensors";
        assertEquals(told, graft("plan", "--set", model).err());
        assertEquals(told, graft("apply", "--set", model, "-o", "out").err());
    }

    /** The file is one for a program that has the model, so the command misses what it needs itself. */
    @Test
    void withoutAModelTheyMissOne() throws Exception {
        assertEquals(
                "3 modifiers configured in conf/train.conf: 9 errors, 1 warning" + NOTHING,
                graft("plan").err().lines().findFirst().orElse(""));
        Outcome apply = graft("apply");
        assertEquals(
                "3 modifiers configured in conf/train.conf: 10 errors, 1 warning" + NOTHING,
                apply.err().lines().findFirst().orElse(""));
        assertTrue(apply.err().contains("error[missing-key]"), apply.err());
    }

    /** Runs the command in the sample's folder. */
    private static Outcome graft(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Main.class.getName()));
        line.addAll(List.of(command));
        line.addAll(List.of("-c", "conf/train.conf", "--extensions", jars.toString()));
        Outcome outcome = JavaProcess.run(FOLDER, Path.of("target", "classes"), line);
        Place place = new Place(jars);
        return new Outcome(outcome.code(), place.anonymous(outcome.out()), place.anonymous(outcome.err()));
    }
}
