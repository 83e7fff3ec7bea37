package io.graft.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    private Path folder;

    @Test
    void aCacheThatCannotBeWrittenIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertEquals(
                Finding.wrong("cache", "DJL's cache " + file + " cannot be written", "make it writable for this user"),
                new CacheFolder("DJL's cache", file).finding());
        assertEquals(
                Finding.ok("cache", "DJL's cache " + folder.resolve("new") + ", not there yet"),
                new CacheFolder("DJL's cache", folder.resolve("new")).finding());
        Files.write(folder.resolve("file"), new byte[3 << 19]);
        assertEquals(
                Finding.ok("cache", "DJL's cache " + folder + ", 1.5 MiB"),
                new CacheFolder("DJL's cache", folder).finding());
    }

    @Test
    void cachesAreWhereTheirOwnersPutThem() {
        assertEquals(
                Path.of("/djl"),
                CacheFolder.ofDjl(Map.of("DJL_CACHE_DIR", "/djl")).path());
        assertEquals(
                Path.of("/engine"),
                CacheFolder.ofDjl(Map.of("DJL_CACHE_DIR", "/djl", "ENGINE_CACHE_DIR", "/engine"))
                        .path());
        assertEquals(
                Path.of(System.getProperty("user.home"), ".djl.ai"),
                CacheFolder.ofDjl(Map.of()).path());
        assertEquals(
                Path.of("/caches", "graft"),
                CacheFolder.ofGraft(Map.of("XDG_CACHE_HOME", "/caches")).path());
    }
}
