package io.graft.registry;

import io.graft.extension.Extension;
import io.graft.extension.LoadedExtensions;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The jars and folders that classes come from, each with the loader of its classes. */
final class ClassRoots {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private ClassRoots() {}

    /** Those of a class loader, and of each extension that it stands for. */
    static Map<Path, ClassLoader> of(ClassLoader loader) {
        Map<Path, ClassLoader> roots = new LinkedHashMap<>();
        ClassLoader host = loader instanceof LoadedExtensions ? loader.getParent() : loader;
        for (Path root : ofHost(host)) {
            roots.put(root, host);
        }
        if (loader instanceof LoadedExtensions extensions) {
            extensions.extensions().forEach(extension -> roots.putAll(of(extension)));
        }
        return roots;
    }

    static Map<Path, ClassLoader> of(Extension extension) {
        Map<Path, ClassLoader> roots = new LinkedHashMap<>();
        extension.jars().forEach(jar -> roots.put(jar, extension.loader()));
        return roots;
    }

    /** A class loader tells neither jars nor folders, but finds the manifest of the ones and the root of the others. */
    private static List<Path> ofHost(ClassLoader host) {
        List<Path> roots = new ArrayList<>();
        try {
            for (URL folder : Collections.list(host.getResources(""))) {
                path(folder.toString()).ifPresent(roots::add);
            }
            for (URL manifest : Collections.list(host.getResources(MANIFEST))) {
                path(manifest.toString().replaceFirst("^jar:", "").replaceFirst("!?/" + MANIFEST + "$", ""))
                        .ifPresent(roots::add);
            }
        } catch (IOException unreadable) {
            return roots;
        }
        return roots;
    }

    private static Optional<Path> path(String url) {
        return url.startsWith("file:") ? Optional.of(Path.of(URI.create(url))).filter(Files::exists) : Optional.empty();
    }
}
