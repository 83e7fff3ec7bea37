package io.graft.extension;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A jar of freshly compiled classes. */
public final class TestJar {
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

    private final Map<String, byte[]> entries = new TreeMap<>();
    private final Manifest manifest = new Manifest();

    /** Compiles sources, each given as {@code name -> source}; a name without a package is one of {@code com.acme}. */
    public static TestJar compile(Path scratch, Map<String, String> sources) {
        TestJar jar = new TestJar();
        try {
            Path classes = Files.createTempDirectory(scratch, "classes");
            run(classes, sources);
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = classes.relativize(file).toString().replace('\\', '/');
                    jar.entries.put(name, Files.readAllBytes(file));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return jar;
    }

    private static void run(Path classes, Map<String, String> sources) {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(messages, null, null, options, null, units(sources))
                .call();
        if (!compiled) {
            throw new IllegalArgumentException(messages.toString());
        }
    }

    private static List<JavaFileObject> units(Map<String, String> sources) {
        return sources.entrySet().stream()
                .<JavaFileObject>map(source -> new Source(source.getKey(), source.getValue()))
                .toList();
    }

    /** A modifier called {@code name} with the id {@code id}, and its provider, as the processor would write them. */
    public static Map<String, String> modifier(String name, String id) {
        Map<String, String> sources = new HashMap<>();
        sources.put(name, """
                package com.acme;
                public final class %s implements io.graft.ModelModifier {
                    static final Class<?> ENGINE = ai.djl.engine.Engine.class;
                    @Override public void apply(io.graft.model.ModelDraft model, io.graft.ModifierContext context) {}
                }
                """.formatted(name));
        sources.put(name + "_Provider", """
                package com.acme;
                import io.graft.ModelModifier;
                import io.graft.config.reading.Bound;
                import io.graft.config.reading.ConfigCursor;
                import io.graft.registry.*;
                import java.util.List;
                public final class %1$s_Provider implements ModifierProvider {
                    public %1$s_Provider() {}
                    @Override public int apiLevel() { return 1; }
                    @Override public PlugDescriptor descriptor() {
                        return new PlugDescriptor("%2$s", List.of("org.example.%1$s"), "com.acme.%1$s", "Does it.",
                                List.of(new PlugDescriptor.OptionDescriptor(
                                        "rank", "integer", "8", false, List.of(), "Rank of the update.")
                                                .withAliases("r").withFormerKeys("old-rank")));
                    }
                    @Override public Bound<ModelModifier> bind(ConfigCursor entry) {
                        var object = entry.object();
                        var rank = object.key("rank", io.graft.config.decoding.Decoders.int32())
                                .alias("r").renamedFrom("old-rank", "1.1", "").orDefault("8");
                        return object.finish(() -> { rank.get(); return new %1$s(); });
                    }
                }
                """.formatted(name, id));
        return sources;
    }

    public TestJar provides(String... lines) {
        entries.put(SERVICES, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds a file. */
    public TestJar with(String entry, String text) {
        entries.put(entry, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public TestJar version(String version) {
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        return this;
    }

    public TestJar without(String entry) {
        if (entries.remove(entry) == null) {
            throw new IllegalArgumentException(entry);
        }
        return this;
    }

    public TestJar patched(String entry, UnaryOperator<byte[]> patch) {
        entries.computeIfPresent(entry, (name, bytes) -> patch.apply(bytes.clone()));
        return this;
    }

    public URL write(Path file) {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
            }
            return file.toUri().toURL();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + (name.contains("/") ? name : "com/acme/" + name) + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
