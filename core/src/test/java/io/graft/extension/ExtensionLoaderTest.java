package io.graft.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.ModelModifier;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.registry.ModifierProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose class and whose file an extension sees. */
class ExtensionLoaderTest {
    private static final String SUPPLIER = """
            package com.acme;
            public class Main implements java.util.function.Supplier<String> {
                @Override public String get() { return %s; }
            }
            """;
    private static final String LIBRARY =
            "package org.lib; public class Lib { public static String version() { return \"%s\"; } }";

    @TempDir
    Path folder;

    private final List<LoadedExtensions> opened = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (LoadedExtensions loaded : opened) {
            loaded.close();
        }
    }

    @Test
    void twoExtensionsUseTwoVersionsOfOneLibrary() throws Exception {
        withLibrary("one", "1.0");
        withLibrary("two", "2.0");
        LoadedExtensions loaded = load(folder.resolve("extensions"), getClass().getClassLoader());

        List<String> said = new ArrayList<>();
        for (Class<?> type : ClassLookup.find("com.acme.Main", loaded)) {
            said.add(ClassLookup.origin(type) + " " + call(type));
        }

        assertEquals(List.of("main.jar library 1.0", "main.jar library 2.0"), said);
    }

    @Test
    void theExtensionsLibraryComesBeforeTheHosts() throws Exception {
        URL hosts = library("1.0").write(folder.resolve("host.jar"));
        withLibrary("one", "2.0");
        try (URLClassLoader host =
                new URLClassLoader(new URL[] {hosts}, getClass().getClassLoader())) {
            LoadedExtensions loaded = load(folder.resolve("extensions"), host);
            ExtensionLoader own = loaded.extensions().get(0).loader();

            assertEquals("library 2.0", call(own.loadClass("com.acme.Main")));
            assertNotSame(host.loadClass("org.lib.Lib"), own.loadClass("org.lib.Lib"));
        }
    }

    @Test
    void whatTheExtensionLacksIsTheHosts() throws Exception {
        URL hosts = library("1.0").write(folder.resolve("host.jar"));
        TestJar.compile(folder, Map.of("Main", SUPPLIER.formatted("org.lib.Lib.version()"), "org/lib/Lib", LIBRARY))
                .without("org/lib/Lib.class")
                .write(folder.resolve("main.jar"));
        try (URLClassLoader host =
                new URLClassLoader(new URL[] {hosts}, getClass().getClassLoader())) {
            LoadedExtensions loaded = load(folder.resolve("main.jar"), host);

            assertEquals("1.0", call(loaded.loadClass("com.acme.Main")));
        }
    }

    @Test
    void theContractIsTheHosts() throws Exception {
        TestJar.compile(
                        folder,
                        Map.of(
                                "io/graft/ModelModifier",
                                "package io.graft; public interface ModelModifier {}",
                                "org/slf4j/Logger",
                                "package org.slf4j; public interface Logger {}",
                                "com/typesafe/config/Config",
                                "package com.typesafe.config; public interface Config {}",
                                "io/graft/modifiers/Own",
                                "package io.graft.modifiers; public class Own {}"))
                .write(folder.resolve("shaded.jar"));
        LoadedExtensions loaded = load(folder.resolve("shaded.jar"), getClass().getClassLoader());
        ExtensionLoader own = loaded.extensions().get(0).loader();

        assertSame(ModelModifier.class, own.loadClass(ModelModifier.class.getName()));
        assertSame(org.slf4j.Logger.class, own.loadClass("org.slf4j.Logger"));
        assertSame(com.typesafe.config.Config.class, own.loadClass("com.typesafe.config.Config"));
        assertSame(own, own.loadClass("io.graft.modifiers.Own").getClassLoader());
    }

    @Test
    void everyPackageOfCoreIsTheHostsAndNoOther() throws IOException {
        Path classes = Path.of("target", "classes");
        try (Stream<Path> files = Files.walk(classes)) {
            List<String> notShared = files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && name.startsWith("io"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .map(name -> name.replace(java.io.File.separatorChar, '.'))
                    .filter(name -> !HostPackages.contain(name))
                    .toList();
            assertEquals(List.of(), notShared);
        }
        for (String foreign : List.of("io.graft.modifiers.X", "io.graft.testkit.X", "io.grafted.X", "ai.other.X")) {
            assertTrue(!HostPackages.contain(foreign), foreign);
        }
    }

    @Test
    void filesAreTheExtensionsFirst() throws IOException {
        TestJar.compile(folder, Map.of()).with("settings.txt", "own").write(folder.resolve("own.jar"));
        URL hosts = TestJar.compile(folder, Map.of())
                .with("settings.txt", "host")
                .with("host.txt", "host")
                .write(folder.resolve("host.jar"));
        try (URLClassLoader host = new URLClassLoader(new URL[] {hosts}, null)) {
            ExtensionLoader own =
                    load(folder.resolve("own.jar"), host).extensions().get(0).loader();

            assertEquals("own", text(own.getResource("settings.txt")));
            assertEquals("host", text(own.getResource("host.txt")));
            List<String> all = new ArrayList<>();
            for (URL each : Collections.list(own.getResources("settings.txt"))) {
                all.add(text(each));
            }
            assertEquals(List.of("own", "host"), all);
        }
    }

    @Test
    void aServiceOfABundledLibraryHasNoProvidersOfTheHosts() throws Exception {
        String service = "package org.lib; public interface Codec {}";
        String provider = "package org.lib; public class %s implements Codec {}";
        URL hosts = TestJar.compile(
                        folder, Map.of("org/lib/Codec", service, "org/lib/Host", provider.formatted("Host")))
                .with("META-INF/services/org.lib.Codec", "org.lib.Host\n")
                .write(folder.resolve("host.jar"));
        TestJar.compile(folder, Map.of("org/lib/Codec", service, "org/lib/Own", provider.formatted("Own")))
                .with("META-INF/services/org.lib.Codec", "org.lib.Own\n")
                .write(folder.resolve("own.jar"));
        try (URLClassLoader host =
                new URLClassLoader(new URL[] {hosts}, getClass().getClassLoader())) {
            ExtensionLoader own =
                    load(folder.resolve("own.jar"), host).extensions().get(0).loader();

            assertEquals(
                    List.of("org.lib.Own"),
                    ServiceLoader.load(own.loadClass("org.lib.Codec"), own).stream()
                            .map(found -> found.type().getName())
                            .toList());
        }
    }

    @Test
    void theHostsProvidersAreFoundOnce() {
        for (String name : List.of("a", "b")) {
            TestJar.compile(folder, TestJar.modifier(name.toUpperCase(java.util.Locale.ROOT) + "ModelModifier", name))
                    .provides("com.acme." + name.toUpperCase(java.util.Locale.ROOT) + "ModelModifier_Provider")
                    .write(folder.resolve(name + ".jar"));
        }
        LoadedExtensions loaded = LoadedExtensions.load(List.of(folder.resolve("a.jar"), folder.resolve("b.jar")));
        opened.add(loaded);

        assertEquals(
                List.of("a.jar", "b.jar"),
                ServiceScan.of(ModifierProvider.class, loaded).found().stream()
                        .map(FoundService::origin)
                        .toList());
        List<String> formats = ServiceScan.of(CheckpointFormat.class, loaded).found().stream()
                .map(found -> found.service().id())
                .toList();
        assertEquals(formats.stream().distinct().toList(), formats);
        assertTrue(formats.contains("safetensors"), formats.toString());
    }

    @Test
    void graftsOwnProvidersAreFoundWithAnyLoader() throws IOException {
        try (URLClassLoader foreign = new URLClassLoader(new URL[0], null)) {
            assertEquals(
                    ServiceScan.of(CheckpointFormat.class, getClass().getClassLoader())
                            .found()
                            .size(),
                    ServiceScan.of(CheckpointFormat.class, foreign).found().size());
        }
    }

    @Test
    void codeOfAnExtensionRunsWithItsLoaderAsContext() throws Exception {
        TestJar.compile(
                        folder,
                        Map.of("Main", SUPPLIER.formatted("Thread.currentThread().getContextClassLoader().toString()")))
                .write(folder.resolve("main.jar"));
        LoadedExtensions loaded = load(folder.resolve("main.jar"), getClass().getClassLoader());
        Class<?> type = loaded.loadClass("com.acme.Main");
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertEquals(type.getClassLoader().toString(), ExtensionLoader.around(type, () -> call(type)));
        assertSame(before, Thread.currentThread().getContextClassLoader());
        assertThrows(
                IllegalStateException.class,
                () -> ExtensionLoader.around(type, () -> {
                    throw new IllegalStateException("failed");
                }));
        assertSame(before, Thread.currentThread().getContextClassLoader());
        assertSame(
                before,
                ExtensionLoader.around(
                        String.class, () -> Thread.currentThread().getContextClassLoader()));
    }

    private void withLibrary(String name, String version) throws IOException {
        Path extension = Files.createDirectories(folder.resolve("extensions").resolve(name));
        library(version).write(extension.resolve("lib-" + version + ".jar"));
        TestJar.compile(
                        folder,
                        Map.of(
                                "Main",
                                SUPPLIER.formatted("\"library \" + org.lib.Lib.version()"),
                                "org/lib/Lib",
                                LIBRARY))
                .without("org/lib/Lib.class")
                .write(extension.resolve("main.jar"));
    }

    private TestJar library(String version) {
        return TestJar.compile(folder, Map.of("org/lib/Lib", LIBRARY.formatted(version)));
    }

    private LoadedExtensions load(Path path, ClassLoader host) {
        LoadedExtensions loaded = LoadedExtensions.load(List.of(path), List.of(), host);
        opened.add(loaded);
        return loaded;
    }

    private static Object call(Class<?> type) throws ReflectiveOperationException {
        return ((Supplier<?>) type.getConstructor().newInstance()).get();
    }

    private static String text(URL file) throws IOException {
        try (var in = file.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
