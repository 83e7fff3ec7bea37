package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of the distribution that start the command. */
class LaunchersTest {
    private static final Path SCRIPTS = Path.of("src/main/distribution/bin");

    @TempDir
    Path folder;

    /** What every start gives the JVM, before what depends on the machine and on the command. */
    private static List<String> options(String script, String begin) throws IOException {
        String text = Files.readString(SCRIPTS.resolve(script));
        int start = text.indexOf(begin) + begin.length();
        return List.of(text.substring(start, text.indexOf('"', start)).split(" "));
    }

    private static List<String> collectors(String script) throws IOException {
        return Pattern.compile("-XX:\\+Use\\w+GC\\b(?! -Xshare)")
                .matcher(Files.readString(SCRIPTS.resolve(script)))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void bothGiveTheJvmTheSame() throws IOException {
        assertEquals(options("graft", "\nvm=\""), options("graft.bat", "set \"VM="));
        assertEquals(List.of("-XX:+UseParallelGC"), collectors("graft"));
        assertEquals(List.of("-XX:+UseParallelGC"), collectors("graft.bat"));
    }

    /** A distribution whose Java tells what it was started with. */
    private String started(String trim) throws Exception {
        Files.createDirectories(folder.resolve("home/bin"));
        Files.createDirectories(folder.resolve("home/lib"));
        Files.createDirectories(folder.resolve("java/bin"));
        Files.writeString(folder.resolve("home/lib/graft-cli-1.jar"), "");
        Path launcher = folder.resolve("home/bin/graft");
        Files.deleteIfExists(launcher);
        Files.copy(SCRIPTS.resolve("graft"), launcher);
        Path java = folder.resolve("java/bin/java");
        Files.writeString(java, "#!/bin/sh\necho \"$MALLOC_TRIM_THRESHOLD_ $MALLOC_MMAP_THRESHOLD_ $*\"\n");
        java.toFile().setExecutable(true);
        ProcessBuilder builder = new ProcessBuilder("sh", launcher.toString(), "apply", "-c", "x y.conf");
        builder.environment().put("JAVA_HOME", folder.resolve("java").toString());
        builder.environment().put("GRAFT_CDS", "off");
        builder.environment().put("GRAFT_JAVA_OPTS", "-XX:+UseSerialGC");
        builder.environment().remove("MALLOC_MMAP_THRESHOLD_");
        builder.environment().remove("MALLOC_TRIM_THRESHOLD_");
        if (!trim.isEmpty()) {
            builder.environment().put("MALLOC_TRIM_THRESHOLD_", trim);
        }
        Process process = builder.redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), told);
        return told;
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theCLibraryIsToldToKeepWhatIsGivenBack() throws Exception {
        assertEquals("268435456 33554432", started("").substring(0, 18));
        assertEquals("7 33554432", started("7").substring(0, 10));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theUsersCollectorIsTheOnlyOne() throws Exception {
        String told = started("");
        assertEquals(
                List.of("-XX:+UseSerialGC"),
                Pattern.compile("-XX:\\+Use\\w+GC\\b")
                        .matcher(told)
                        .results()
                        .map(MatchResult::group)
                        .toList());
        assertTrue(told.endsWith("io.graft.cli.Main apply -c x y.conf"), told);
    }
}
