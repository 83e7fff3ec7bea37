package io.graft.extension;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * The class loader of one extension. What the host shares (Java, Graft's core, DJL, HOCON, slf4j) is the host's; everything else
 * comes from the extension's own jars first, so that two extensions may use different versions of one library.
 */
public final class ExtensionLoader extends URLClassLoader {
    /** How the names of these loaders begin, which stack traces show. */
    static final String NAMED = "extension ";

    private static final String SERVICES = "META-INF/services/";

    static {
        registerAsParallelCapable();
    }

    /** Code that is run with a context class loader of its own. */
    @FunctionalInterface
    public interface Call<T, X extends Exception> {
        T run() throws X;
    }

    private volatile LoadedExtensions all;

    ExtensionLoader(String name, URL[] jars, ClassLoader host) {
        super(NAMED + name, jars, host);
    }

    /** The jar or folder, as it was given. */
    String place() {
        return getName().substring(NAMED.length());
    }

    /** Says something of this extension to whoever watches. */
    void tell(String message) {
        if (all != null) {
            all.tell(message);
        }
    }

    void join(LoadedExtensions extensions) {
        all = extensions;
    }

    /** The extensions of which it is one; null while they are being read. */
    LoadedExtensions all() {
        return all;
    }

    /**
     * Runs code of an extension with its class loader as the thread's context loader, where libraries look for what they need;
     * code of the host runs as it is.
     *
     * @param code a class of the code that is run
     */
    public static <T, X extends Exception> T around(Class<?> code, Call<T, X> call) throws X {
        return code.getClassLoader() instanceof ExtensionLoader own ? within(own, call) : call.run();
    }

    /** Runs code with a class loader as the thread's context loader, and puts back the one before. */
    public static <T, X extends Exception> T within(ClassLoader loader, Call<T, X> call) throws X {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && !HostPackages.contain(name)) {
                loaded = findOwn(name);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    private Class<?> findOwn(String name) {
        try {
            return findClass(name);
        } catch (ClassNotFoundException notHere) {
            return null;
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? super.getResource(name) : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> found = Collections.list(findResources(name));
        if (!isOwnService(name)) {
            found = new ArrayList<>(found);
            found.addAll(Collections.list(getParent().getResources(name)));
        }
        return Collections.enumeration(found);
    }

    /**
     * Whether a services file of the host is none of this extension's business: the host's providers of Graft's services are found
     * once, there, and those of a library that the extension brings itself implement another class of the same name.
     */
    private boolean isOwnService(String resource) {
        if (!resource.startsWith(SERVICES)) {
            return false;
        }
        String service = resource.substring(SERVICES.length());
        return HostPackages.isCore(service)
                || (!HostPackages.contain(service) && findResource(service.replace('.', '/') + ".class") != null);
    }
}
