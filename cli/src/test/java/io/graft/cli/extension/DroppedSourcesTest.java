package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.graft.cli.FileServer;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.extension.Extension;
import io.graft.extension.LoadedExtensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders that the modules of sources leave, dropped in as they are. */
class DroppedSourcesTest {
    private static final Path S3 = built("source-s3");
    private static final Path MLFLOW = built("source-mlflow");
    private static final String CLIENT = "software.amazon.awssdk.services.s3.S3Client";

    @TempDir
    Path folder;

    @BeforeEach
    void giveCredentials() {
        System.setProperty("aws.accessKeyId", "access");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    @AfterEach
    void takeCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private static Path built(String module) {
        return Path.of("..", module, "target", "extensions").toAbsolutePath().normalize();
    }

    static String[] with(Path extensions, String... arguments) {
        if (!Files.isDirectory(extensions)) {
            fail("there is no " + extensions + "; `mvn -pl cli -am verify` builds it before the tests of cli");
        }
        return Stream.concat(Stream.of(arguments), Stream.of("--extensions", extensions.toString()))
                .toArray(String[]::new);
    }

    @Test
    void theirClientsStayInTheirOwnClassLoaders() throws Exception {
        assertThrows(ClassNotFoundException.class, () -> Class.forName(CLIENT));
        with(S3);
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(S3))) {
            Extension extension = loaded.extensions().get(0);
            assertEquals(1, loaded.extensions().size());
            assertEquals(List.of(), loaded.refused());
            assertSame(extension.loader(), extension.loader().loadClass(CLIENT).getClassLoader());
            assertEquals(
                    List.of(),
                    extension.jars().stream()
                            .map(jar -> jar.getFileName().toString())
                            .filter(jar -> jar.matches("(graft-core|api|config|slf4j|jspecify|jackson-core|gson).*"))
                            .toList());
        }
    }

    @Test
    void anObjectOfAStoreIsBoundWithoutItAndReadFromIt() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors");
        Path bucket = Files.createDirectory(folder.resolve("models"));
        Files.copy(place.path("init.safetensors"), bucket.resolve("model.safetensors"));
        config(place, "localhost:1");
        place.graft(with(S3, "config", "check", "-c", "DIR/x.conf")).is(ExitCode.DONE);
        place.graft("config", "check", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                        1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                        error[malformed-value] DIR/x.conf:3:11 graft.model.checkpoint.uri
                           3 |     uri = "s3://models/model.safetensors"
                             |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `s3://models/model.safetensors`: no source takes `s3:`; at hand are file, http, https, run; add graft-source-s3 to the class path or to the extensions
                        """);
        try (FileServer server = new FileServer(folder)) {
            config(place, server.address());
            String plan = place.graft(with(S3, "plan", "-c", "DIR/x.conf"))
                    .is(ExitCode.DONE, """
                warning[checkpoint-warning]
                     = what lies beside the model, such as its tokenizer, was not fetched and does not go along; copy it
                """)
                    .out();
            assertEquals(
                    List.of("plan for checkpoint s3://models/model.safetensors", "4 tensors, 92 bytes"),
                    plan.lines()
                            .filter(line -> line.startsWith("plan") || line.startsWith("4"))
                            .toList());
        }
    }

    private static void config(Place place, String address) {
        place.file("x.conf", """
                graft {
                  model.checkpoint {
                    uri = "s3://models/model.safetensors"
                    settings { endpoint = "http://%s", path-style = true }
                  }
                  modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ]
                  output.path = out
                }
                """.formatted(address));
    }

    @Test
    void aModelOfARegistryIsBoundWithoutIt() {
        Place place = new Place(folder).file("x.conf", """
                graft {
                  model.checkpoint { uri = "models:/encoder/3", settings { tracking-uri = "http://localhost:1" } }
                  modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ]
                  output.path = out
                }
                """);
        place.graft(with(MLFLOW, "config", "check", "-c", "DIR/x.conf")).is(ExitCode.DONE);
    }

    @Test
    void theyAreNoBrokenExtensions() {
        Place place = new Place(folder).environment("XDG_CACHE_HOME", "DIR/caches");
        assertEquals(
                place.graft("modifiers", "list").is(ExitCode.DONE).out(),
                place.graft(with(S3, with(MLFLOW, "modifiers", "list")))
                        .is(ExitCode.DONE)
                        .out());
        String doctor =
                place.graft(with(MLFLOW, with(S3, "doctor"))).is(ExitCode.DONE).out();
        List<String> told =
                doctor.lines().filter(line -> line.matches("ok +extension .*")).toList();
        assertEquals(2, told.size(), doctor);
        assertTrue(told.get(0).endsWith(": source of s3:"), doctor);
        assertTrue(told.get(1).endsWith(": source of models: and runs:"), doctor);
    }
}
