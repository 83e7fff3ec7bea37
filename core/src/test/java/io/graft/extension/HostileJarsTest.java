package io.graft.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.registry.ModifierProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that would keep Graft from starting. */
class HostileJarsTest {
    private static final String ENDLESS = """
            package com.acme;
            public final class Endless_Provider implements io.graft.registry.ModifierProvider {
                static { while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait(); }
                @Override public int apiLevel() { return 1; }
                @Override public io.graft.registry.PlugDescriptor descriptor() { return null; }
                @Override public io.graft.config.reading.Bound<io.graft.ModelModifier> bind(io.graft.config.reading.ConfigCursor e) {
                    return null;
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aPipeOrAFolderCalledAJarIsLeftOut() throws Exception {
        Path pipe = folder.resolve("x.jar");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (Path given : List.of(folder, pipe)) {
            assertEquals(
                    List.of("the extension " + pipe + " is left out: it is a pipe or a device, not a file; remove it"),
                    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> refused(given)));
        }
    }

    @Test
    void aServicesFileWithoutEndIsLeftOut() throws Exception {
        String[] lines = new String[200_000];
        Arrays.setAll(lines, i -> "com.acme.Gone" + i);
        Path jar = folder.resolve("many.jar");
        TestJar.compile(folder, Map.of()).provides(lines).write(jar);
        assertEquals(
                List.of("the extension " + jar + " is left out: it lists more providers than any jar has"
                        + " (META-INF/services/io.graft.registry.ModifierProvider, over 64 KB); build it again; each provider"
                        + " is listed once"),
                assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refused(jar)));
    }

    @Test
    void codeThatDoesNotComeBackIsNamed() throws Exception {
        Path jar = folder.resolve("slow.jar");
        TestJar.compile(folder, Map.of("Main", "package com.acme; public class Main {}"))
                .write(jar);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(jar)).watchedBy(told::add)) {
            ExtensionLoader loader = loaded.extensions().get(0).loader();
            assertEquals("x", SlowCode.watch(loader, "com.acme.Main", Duration.ofMinutes(1), () -> "x"));
            String sentence = SlowCode.watch(
                    loader, "com.acme.Main", Duration.ofMillis(10), () -> told.poll(30, TimeUnit.SECONDS));
            assertEquals(
                    "waiting for `com.acme.Main` of the extension " + jar
                            + ", which has not come back for 0 seconds; if it never does, remove the extension",
                    sentence);
            assertTrue(told.isEmpty());
        }
    }

    @Test
    void anInitializerThatNeverEndsIsNamed() throws Exception {
        Path jar = folder.resolve("endless.jar");
        TestJar.compile(folder, Map.of("Endless_Provider", ENDLESS))
                .provides("com.acme.Endless_Provider")
                .write(jar);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(jar)).watchedBy(told::add)) {
            Thread discovery = new Thread(() -> ServiceScan.of(ModifierProvider.class, loaded));
            discovery.setDaemon(true);
            discovery.start();
            assertEquals(
                    "waiting for `com.acme.Endless_Provider` of the extension " + jar
                            + ", which has not come back for 5 seconds; if it never does, remove the extension",
                    told.poll(60, TimeUnit.SECONDS));
            discovery.interrupt();
            discovery.join(60_000);
        }
    }

    @Test
    void theExtensionOfAThrowableIsKnown() throws Exception {
        Path jar = folder.resolve("thrower.jar");
        TestJar.compile(
                        folder,
                        Map.of(
                                "Main",
                                "package com.acme; public class Main implements Runnable { public void run() { run(); } }"))
                .write(jar);
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(jar))) {
            Runnable endless = (Runnable)
                    loaded.loadClass("com.acme.Main").getConstructor().newInstance();
            Throwable thrown = null;
            try {
                endless.run();
            } catch (StackOverflowError error) {
                thrown = new IllegalStateException("wrapped", error);
            }
            assertEquals(Optional.of(jar.toString()), Thrown.extension(thrown));
            assertEquals("StackOverflowError", Thrown.sentence(Thrown.root(thrown)));
            assertEquals("IllegalStateException: wrapped", Thrown.sentence(thrown));
            assertEquals(Optional.empty(), Thrown.extension(new IllegalStateException()));
        }
    }

    private List<String> refused(Path path) throws IOException {
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(path))) {
            return loaded.refused().stream()
                    .filter(refused -> refused.path().toString().endsWith(".jar"))
                    .map(refused -> refused.message() + "; " + refused.help())
                    .toList();
        }
    }
}
