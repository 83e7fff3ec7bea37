package io.graft.extension;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The extensions of a process, as a class loader that sees the host and every extension; the extensions do not see each other.
 *
 * <pre>{@code
 * ModelModifierApplier applier = ModelModifierApplier.create(LoadedExtensions.load(List.of(Path.of("extensions"))));
 * }</pre>
 *
 * <p>How a path is read: a file is a jar, and one extension. Of a folder, each jar that lies in it is an extension, and each folder
 * that lies in it is one extension with the jars there; jars that need each other therefore go into a folder of their own. Hidden
 * files and {@code README}, {@code LICENSE} and {@code NOTICE} are passed over; everything else that cannot be used is among {@link
 * #refused()}. A jar that bundles {@code ai.djl} is refused: its native libraries load once in a process.
 *
 * <p>Each extension has a class loader of its own, an {@link ExtensionLoader}. A class that two of them hold is two classes, both of
 * which are found by {@link ServiceScan} and {@link ClassLookup}; {@link #loadClass} takes the first one.
 */
public final class LoadedExtensions extends ClassLoader implements AutoCloseable {
    static {
        registerAsParallelCapable();
    }

    private final List<Extension> extensions;
    private final List<RefusedExtension> refused;
    private volatile Consumer<String> watcher = message -> {};

    private LoadedExtensions(ExtensionFinder found, ClassLoader host) {
        super("extensions", host);
        this.extensions = List.copyOf(found.extensions());
        this.refused = List.copyOf(found.refused());
        this.extensions.forEach(extension -> extension.loader().join(this));
    }

    /** Reads jars and folders, beside the class loader of Graft itself. */
    public static LoadedExtensions load(List<Path> paths) {
        return load(paths, List.of(), LoadedExtensions.class.getClassLoader());
    }

    /**
     * Reads jars and folders.
     *
     * @param paths each must be there
     * @param folders these may be empty or absent
     * @param host what the extensions share; it sees Graft
     */
    public static LoadedExtensions load(List<Path> paths, List<Path> folders, ClassLoader host) {
        ExtensionFinder finder = new ExtensionFinder(host);
        paths.forEach(finder::addGiven);
        folders.forEach(finder::addStanding);
        return new LoadedExtensions(finder, host);
    }

    /**
     * The same, of which somebody is told what keeps them waiting.
     *
     * @param told takes a sentence, on any thread
     */
    public LoadedExtensions watchedBy(Consumer<String> told) {
        watcher = told;
        return this;
    }

    void tell(String message) {
        watcher.accept(message);
    }

    /** The extensions, in the order of the paths, and by name within a folder. */
    public List<Extension> extensions() {
        return extensions;
    }

    /** What is there and is no extension. */
    public List<RefusedExtension> refused() {
        return refused;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        for (Extension extension : extensions) {
            if (extension.loader().findResource(file) != null) {
                return extension.loader().loadClass(name);
            }
        }
        throw new ClassNotFoundException(name);
    }

    @Override
    protected URL findResource(String name) {
        for (Extension extension : extensions) {
            URL found = extension.loader().findResource(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        List<URL> found = new ArrayList<>();
        for (Extension extension : extensions) {
            found.addAll(Collections.list(extension.loader().findResources(name)));
        }
        return Collections.enumeration(found);
    }

    /** Releases the jars. Classes that are loaded go on working, but load no others. */
    @Override
    public void close() throws IOException {
        for (Extension extension : extensions) {
            extension.loader().close();
        }
    }
}
