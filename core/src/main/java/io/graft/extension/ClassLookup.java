package io.graft.extension;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds classes by name where each extension may have one of that name. */
public final class ClassLookup {
    private ClassLookup() {}

    /**
     * Every class of a name that a class loader, and each of the extensions that it stands for, has; none is initialized.
     *
     * @param name as {@link Class#getName} gives it
     * @throws LinkageError if one cannot be linked
     */
    public static List<Class<?>> find(String name, ClassLoader loader) {
        Set<Class<?>> found = new LinkedHashSet<>();
        SearchPath.of(loader).forEach(each -> find(name, each, found));
        return List.copyOf(found);
    }

    private static void find(String name, ClassLoader loader, Set<Class<?>> found) {
        try {
            found.add(Class.forName(name, false, loader));
        } catch (ClassNotFoundException elsewhere) {
            // The caller sees what was found, and where.
        }
    }

    /** The jar or folder that a class comes from, by its name. */
    public static String origin(Class<?> type) {
        return Origins.of(type);
    }
}
