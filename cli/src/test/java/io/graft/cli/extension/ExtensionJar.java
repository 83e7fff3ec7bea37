package io.graft.cli.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Jars with modifiers, as people other than Graft's make them. */
public final class ExtensionJar {
    private static final String ONE_TENSOR = """
            package com.acme;

            import io.graft.ModelModifier;
            import io.graft.Modifier;
            import io.graft.ModifierContext;
            import io.graft.model.ModelDraft;

            /** Freezes one tensor. It is all that a test needs. */
            @Modifier("one-tensor")
            public final class OneTensorModelModifier implements ModelModifier {
                private final OneTensorOptions options;

                public OneTensorModelModifier(OneTensorOptions options) {
                    this.options = options;
                }

                @Override
                public void apply(ModelDraft model, ModifierContext context) {
                    model.freeze(options.tensor());
                }
            }
            """;
    private static final String ONE_TENSOR_OPTIONS = """
            package com.acme;

            import io.graft.config.NotBlank;

            /**
             * Options.
             *
             * @param tensor the one tensor
             */
            public record OneTensorOptions(@NotBlank String tensor) {}
            """;
    private static final String FAILING = """
            package com.acme;

            import io.graft.ModelModifier;
            import io.graft.Modifier;
            import io.graft.ModifierContext;
            import io.graft.tensor.DType;
            import io.graft.tensor.Shape;
            import io.graft.tensor.TensorData;
            import io.graft.tensor.LazyTensor;
            import io.graft.model.ModelDraft;
            import io.graft.tensor.Provenance;
            import java.io.IOException;
            import java.util.List;

            /** Fails where values are read. */
            @Modifier("failing")
            public final class FailingModelModifier implements ModelModifier {
                @Override
                public void apply(ModelDraft model, ModifierContext context) {
                    model.assign("decoder.bias", new Unreadable());
                }

                private record Unreadable() implements LazyTensor {
                    @Override
                    public DType dtype() {
                        return DType.F32;
                    }

                    @Override
                    public Shape shape() {
                        return Shape.of(2);
                    }

                    @Override
                    public List<LazyTensor> inputs() {
                        return List.of();
                    }

                    @Override
                    public Provenance provenance() {
                        return new Provenance.Stored("nowhere", "decoder.bias");
                    }

                    @Override
                    public TensorData materialize() throws IOException {
                        throw new IOException("the disk is gone");
                    }
                }
            }
            """;

    /** The same classes give the same bytes. */
    private static final LocalDateTime BUILT = LocalDateTime.of(2026, 1, 1, 0, 0);

    private ExtensionJar() {}

    /** The modifier {@code one-tensor}, which freezes the tensor that its option {@code tensor} names. */
    public static void oneTensor(Path jar) {
        build(
                jar,
                path -> true,
                Map.of(
                        "com/acme/OneTensorModelModifier.java", ONE_TENSOR,
                        "com/acme/OneTensorOptions.java", ONE_TENSOR_OPTIONS));
    }

    /** The same without the files that tell of it. */
    public static void bare(Path jar) {
        build(
                jar,
                path -> !path.startsWith("META-INF/graft/"),
                Map.of(
                        "com/acme/OneTensorModelModifier.java", ONE_TENSOR,
                        "com/acme/OneTensorOptions.java", ONE_TENSOR_OPTIONS));
    }

    /** The same under the name {@code broken}, without the provider's class. */
    public static void broken(Path jar) {
        build(
                jar,
                path -> !path.endsWith("_Provider.class"),
                Map.of(
                        "com/acme/BrokenModelModifier.java",
                        ONE_TENSOR.replace("one-tensor", "broken").replace("OneTensor", "Broken"),
                        "com/acme/BrokenOptions.java",
                        ONE_TENSOR_OPTIONS.replace("OneTensor", "Broken")));
    }

    /** The modifier {@code failing}, which gives {@code decoder.bias} values that cannot be read. */
    public static void failing(Path jar) {
        build(jar, path -> true, Map.of("com/acme/FailingModelModifier.java", FAILING));
    }

    /** The sources of a folder, compiled. */
    public static void of(Path sources, Path jar) {
        try (Stream<Path> tree = Files.walk(sources)) {
            Map<String, String> files = new HashMap<>();
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put(sources.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
            build(jar, path -> true, files);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Sources, compiled; of what comes of them, a part is kept. */
    public static void build(Path jar, Predicate<String> kept, Map<String, String> files) {
        try {
            Path classes = Files.createTempDirectory("extension");
            Javac.compile(classes, files);
            pack(classes, jar, kept);
            delete(classes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Packs a folder of classes. */
    public static void pack(Path classes, Path jar, Predicate<String> kept) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> tree = Files.walk(classes)) {
            for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(file).toString().replace('\\', '/');
                if (kept.test(name)) {
                    JarEntry entry = new JarEntry(name);
                    entry.setTimeLocal(BUILT);
                    out.putNextEntry(entry);
                    Files.copy(file, out);
                    out.closeEntry();
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
