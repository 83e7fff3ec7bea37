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
    private static final String COLLECTOR = "-XX:\\+Use\\w+GC\\b";
    private static final String HEAP = "-(Xm[nsx]|XX:NewSize=)\\d+\\w";

    @TempDir
    Path folder;

    /** What every start gives the JVM, before what depends on the machine and on the command. */
    private static List<String> options(String script, String begin) throws IOException {
        String text = Files.readString(SCRIPTS.resolve(script));
        int start = text.indexOf(begin) + begin.length();
        return List.of(text.substring(start, text.indexOf('"', start)).split(" "));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> all(String pattern, Path script) throws IOException {
        return all(pattern, Files.readString(script));
    }

    @Test
    void bothGiveTheJvmTheSame() throws IOException {
        assertEquals(options("graft", "\nvm=\""), options("graft.bat", "set \"VM="));
        for (String script : List.of("graft", "graft.bat")) {
            assertEquals(List.of("-XX:+UseParallelGC"), all(COLLECTOR + "(?! -Xshare)", SCRIPTS.resolve(script)));
            assertEquals(List.of("-XX:NewSize=48m", "-Xms24m", "-Xms64m"), all(HEAP, SCRIPTS.resolve(script)));
        }
    }

    /** A distribution whose Java tells what it was started with. */
    private String started(String trim, String options) throws Exception {
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
        builder.environment().put("GRAFT_JAVA_OPTS", options);
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
        assertEquals("268435456 33554432", started("", "").substring(0, 18));
        assertEquals("7 33554432", started("7", "").substring(0, 10));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theUsersCollectorIsTheOnlyOne() throws Exception {
        String told = started("", "-XX:+UseSerialGC");
        assertEquals(List.of("-XX:+UseSerialGC"), all(COLLECTOR, told));
        assertTrue(told.endsWith("io.graft.cli.Main apply -c x y.conf"), told);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aHeapOfTheUsersOwnSizeBeginsSmall() throws Exception {
        assertEquals(List.of("-XX:NewSize=48m", "-Xms64m"), all(HEAP, started("", "-Dx=y")));
        assertEquals(List.of("-Xms24m", "-Xmx40m"), all(HEAP, started("", "-Xmx40m")));
    }
}
