package io.graft.cli.doctor;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.JavaProcess;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.extension.Javac;
import io.graft.cli.output.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds on a healthy machine, and on others. */
class DoctorTest {
    @TempDir
    Path folder;

    @Test
    void allIsWell() throws IOException {
        ExtensionJar.oneTensor(folder.resolve("acme-1.0.jar"));
        Outcome doctor = doctor("--extensions", "DIR/acme-1.0.jar").is(ExitCode.DONE);

        assertGolden("DoctorTest/well.txt", anonymous(doctor.out()));
    }

    @Test
    void programsAreToldTheSame() {
        String json = anonymous(doctor("--json").is(ExitCode.DONE).out());

        assertTrue(
                json.contains(
                        "{\"state\":\"ok\",\"subject\":\"modifiers\",\"text\":\"adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\",\"cure\":\"\"}"),
                json);
    }

    @Test
    void anExtensionThatCannotBeUsedIsWrong() throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Javac.compile(classes, Map.of("com/acme/Plain.java", """
                package com.acme;

                /** Does nothing. */
                @io.graft.Modifier("plain")
                public class Plain implements io.graft.ModelModifier {
                    @Override public void apply(io.graft.model.ModelDraft model, io.graft.ModifierContext context) {}
                }
                """));
        ExtensionJar.pack(classes, folder.resolve("plain.jar"), name -> name.endsWith("Plain.class"));
        Files.writeString(folder.resolve("half.jar"), "PK");
        Outcome doctor = doctor("--extensions", "DIR/plain.jar", "--extensions", "DIR/half.jar")
                .is(ExitCode.FAILED);

        assertEquals(
                """
                ok extension DIR/plain.jar: no usable services
                WRONG extension the extension DIR/half.jar is left out: it is not a jar (zip END header not found)
                 -> remove it or build it again
                WRONG extension `com.acme.Plain` of plain.jar has @Modifier and no generated provider
                 -> compile it with graft-processor among the annotationProcessorPaths: since Java 23 a processor on the class path alone does not run
                """,
                doctor.out().substring(doctor.out().indexOf("ok     extension")).replaceAll(" {2,}", " "));
    }

    @Test
    void aMissingEngineHasACodeOfItsOwn() throws Exception {
        String withoutEngine = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("pytorch-"))
                .collect(Collectors.joining(File.pathSeparator));
        Outcome doctor = JavaProcess.run(folder, folder, List.of("-cp", withoutEngine, Main.class.getName(), "doctor"));

        assertTrue(
                doctor.out()
                        .contains("WRONG  engine     pytorch-engine is not on the class path\n"
                                + "                  -> add ai.djl.pytorch:pytorch-engine in version "),
                doctor.out());
        assertEquals(ExitCode.ENGINE, doctor.code());
    }

    @Test
    void nativesThatDoNotLoadAreTold() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        Outcome doctor =
                JavaProcess.run(folder, folder, List.of("-DENGINE_CACHE_DIR=" + file, Main.class.getName(), "doctor"));

        assertTrue(doctor.out().contains("WRONG  engine     DJL's PyTorch engine does not start: "), doctor.out());
        assertEquals(ExitCode.ENGINE, doctor.code());
    }

    private Outcome doctor(String... arguments) {
        String[] line = new String[arguments.length + 1];
        line[0] = "doctor";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        return new Place(folder).environment("XDG_CACHE_HOME", "DIR/caches").graft(line);
    }

    /** A report without what differs between machines. */
    private static String anonymous(String report) {
        return report.replaceAll("(?m)^(ok +java +).*", "$1JAVA")
                .replaceAll("(?m)^(ok +natives +loaded from ).*", "$1FOLDER")
                .replaceAll("(?m)^(ok +cache +DJL's cache ).*", "$1FOLDER")
                .replaceAll("(?<=pytorch-native )[^ ]+ \\(cpu, [^)]+\\)", "NATIVE (cpu, PLATFORM)");
    }
}
