package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an extension can bring besides modifiers. */
class ExtensionKindsTest {
    private static final String FORMAT = """
            package com.acme;

            import io.graft.checkpoint.*;
            import java.nio.ByteBuffer;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.Path;
            import java.util.List;
            import java.util.Map;

            public final class AcmeFormat implements CheckpointFormat {
                @Override public String id() { return "acme"; }

                @Override public boolean recognizes(Path file, ByteBuffer head) {
                    return StandardCharsets.US_ASCII.decode(head).toString().startsWith("ACME");
                }

                @Override public Checkpoint open(Path file) {
                    return new Checkpoint(file, id(), "state_dict", Map.of(), Map.of("epoch", "7"), List.of());
                }
            }
            """;
    private static final String FACTORY = """
            package com.acme;

            import ai.djl.Model;
            import ai.djl.nn.*;
            import ai.djl.nn.core.Linear;
            import java.nio.file.Path;
            import java.util.Map;

            public final class Net implements BlockFactory {
                private static final long serialVersionUID = 1L;

                @Override public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
                    return Linear.builder().setUnits(UNITS).build();
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aFormatOfAnExtensionOpensItsFiles() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Javac.compile(classes, Map.of("com/acme/AcmeFormat.java", FORMAT));
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve("io.graft.checkpoint.CheckpointFormat"), "com.acme.AcmeFormat\n");
        ExtensionJar.pack(classes, folder.resolve("acme.jar"), name -> true);
        Files.writeString(folder.resolve("x.acme"), "ACME");
        Place place = new Place(folder);

        String shown = place.graft("inspect", "DIR/x.acme", "--json", "--extensions", "DIR/acme.jar")
                .is(ExitCode.DONE)
                .out();

        assertEquals("acme", shown.replaceFirst("(?s).*\"format\":\"(\\w+)\".*", "$1"), shown);
    }

    @Test
    void aBlockOfAnExtensionIsMade() throws IOException {
        net("net.jar", 2);
        Outcome plan = blockPlace()
                .graft("plan", "-c", "DIR/block.conf", "--extensions", "DIR/net.jar")
                .is(ExitCode.DONE);

        assertEquals(
                "plan for block ai.djl.nn.core.Linear",
                plan.out().lines().findFirst().orElse(""));
    }

    @Test
    void aBlockOfTwoExtensionsIsAmbiguous() throws IOException {
        net("net-1.jar", 2);
        net("net-2.jar", 3);
        blockPlace()
                .graft("plan", "-c", "DIR/block.conf", "--extensions", "DIR/net-1.jar", "--extensions", "DIR/net-2.jar")
                .is(ExitCode.USAGE, """
                        error[malformed-value] DIR/block.conf:1:31 graft.model.block-factory
                           1 | graft.model { block-factory = "com.acme.Net", input-shapes = [[1, 4]] }
                             |                               ^^^^^^^^^^^^^^ `com.acme.Net` is in net-1.jar and in net-2.jar; keep one of them among the extensions

                        DIR/block.conf: 1 error. Nothing was changed.
                        """);
    }

    private void net(String jar, int units) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(jar + "-classes"));
        Javac.compile(classes, Map.of("com/acme/Net.java", FACTORY.replace("UNITS", Integer.toString(units))));
        ExtensionJar.pack(classes, folder.resolve(jar), name -> true);
    }

    private Place blockPlace() {
        return new Place(folder).file("block.conf", """
                graft.model { block-factory = "com.acme.Net", input-shapes = [[1, 4]] }
                graft.modifiers = [ { type = freezing, submodules-to-freeze = ["weight"] } ]
                """);
    }
}
