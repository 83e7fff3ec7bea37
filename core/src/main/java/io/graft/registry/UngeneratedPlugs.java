package io.graft.registry;

import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Classes that are marked as plugs, with {@code @Modifier} for one, for which nothing was generated, because the compiler ran no processor. Finding them reads every
 * class file; only a class that bears the annotation is loaded, and none is initialized.
 */
final class UngeneratedPlugs {
    private static final String CLASS = ".class";

    /** Bytes of a class file; constants are at its beginning. */
    private static final int LARGEST = 1 << 24;

    private final ClassLoader loader;
    private final String origin;
    private final List<BrokenProvider> found = new ArrayList<>();

    private UngeneratedPlugs(ClassLoader loader, String origin) {
        this.loader = loader;
        this.origin = origin;
    }

    /**
     * Looks through a jar or a folder of classes.
     *
     * @param loader loads its classes
     */
    static List<BrokenProvider> in(Path root, ClassLoader loader) {
        UngeneratedPlugs search =
                new UngeneratedPlugs(loader, root.getFileName().toString());
        try {
            if (Files.isDirectory(root)) {
                search.walk(root);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(root)) {
                    search.walk(jar.getPath("/"));
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // The class loader found nothing in it either, and says so where a class is missing.
            return List.of();
        }
        return search.found;
    }

    private void walk(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(each -> each.toString().endsWith(CLASS))
                    .sorted()
                    .toList()) {
                String path = root.relativize(file).toString().replace('\\', '/');
                String name = path.substring(0, path.length() - CLASS.length()).replace('/', '.');
                Path provider = root.resolve(ProviderName.of(name).replace('.', '/') + CLASS);
                if (!Files.exists(provider)) {
                    String bytes = bytes(file);
                    PlugKind.ALL.stream()
                            .filter(kind ->
                                    bytes.contains(mark(kind.annotation().descriptorString())))
                            .forEach(kind -> add(kind, name));
                }
            }
        }
    }

    private static String bytes(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return new String(bytes.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
        }
    }

    private void add(PlugKind<?> kind, String className) {
        // One that cannot be loaded bears the mark; what else is wrong with it is told when it has a provider.
        DeclaredId.of(kind, className, loader)
                .ifPresent(id -> found.add(new BrokenProvider(
                        kind,
                        ProblemCode.ANNOTATED_BUT_NOT_GENERATED,
                        className,
                        id,
                        origin,
                        "has @" + kind.annotation().getSimpleName() + " and no generated provider",
                        "compile it with graft-processor among the annotationProcessorPaths: since Java 23 a processor on the"
                                + " class path alone does not run")));
    }

    /** An annotation as it stands among a class file's constants: a tag, a length, and the text. */
    private static String mark(String descriptor) {
        return "\u0001" + (char) (descriptor.length() >> 8) + (char) (descriptor.length() & 0xff) + descriptor;
    }
}
