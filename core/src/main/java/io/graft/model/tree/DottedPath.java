package io.graft.model.tree;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Dotted names and their segments. */
public final class DottedPath {
    private DottedPath() {}

    /** The segments of a path; the empty path, the root's, has none. */
    public static List<String> segments(String path) {
        return path.isEmpty() ? List.of() : Arrays.asList(path.split("\\.", -1));
    }

    /** The path of what the name stands in; empty, the root's, for a name without dots. */
    public static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** The last segment. */
    public static String last(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The paths of all modules above these names. */
    public static Set<String> modulesOf(Collection<String> names) {
        Set<String> modules = new HashSet<>();
        for (String name : names) {
            for (int dot = name.lastIndexOf('.'); dot >= 0 && modules.add(name.substring(0, dot)); ) {
                dot = name.lastIndexOf('.', dot - 1);
            }
        }
        return modules;
    }
}
