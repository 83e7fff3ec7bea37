package io.graft.registry;

import io.graft.extension.Extension;
import io.graft.extension.LoadedExtensions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Plugs for which nothing was generated, looked for once and no sooner than somebody misses one. */
final class NotGenerated {
    private static final String SERVICES = "META-INF/services/";
    private static final String GRAFTS = SERVICES + "io.graft.";

    private final ClassLoader loader;
    private List<BrokenProvider> silent;
    private List<BrokenProvider> everywhere;

    NotGenerated(ClassLoader loader) {
        this.loader = loader;
    }

    /** Those of extensions that offer nothing: without a word, people would not know why. */
    synchronized List<BrokenProvider> silent() {
        if (silent == null) {
            silent = loader instanceof LoadedExtensions extensions
                    ? extensions.extensions().stream()
                            .filter(NotGenerated::offersNothing)
                            .flatMap(extension -> in(ClassRoots.of(extension)))
                            .toList()
                    : List.of();
        }
        return silent;
    }

    /** The others; reads every class file of the class path and the extensions. */
    synchronized List<BrokenProvider> others() {
        if (everywhere == null) {
            Set<BrokenProvider> known = new HashSet<>(silent());
            everywhere = in(ClassRoots.of(loader))
                    .filter(plug -> !known.contains(plug))
                    .toList();
        }
        return everywhere;
    }

    private static Stream<BrokenProvider> in(Map<Path, ClassLoader> roots) {
        return roots.entrySet().stream().flatMap(root -> UngeneratedPlugs.in(root.getKey(), root.getValue()).stream());
    }

    /** Only such an extension is looked through at once: the library that a source brings has thousands of classes. */
    private static boolean offersNothing(Extension extension) {
        return PlugKind.ALL.stream()
                        .allMatch(kind -> extension
                                        .loader()
                                        .findResource(SERVICES + kind.service().getName())
                                == null)
                && extension.jars().stream().noneMatch(NotGenerated::offersAService);
    }

    private static boolean offersAService(Path jar) {
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            return opened.stream().anyMatch(entry -> entry.getName().startsWith(GRAFTS));
        } catch (IOException gone) {
            return false;
        }
    }
}
