package io.graft.processor.model;

import io.graft.registry.PlugKind;

/**
 * Names of core's classes as the compiled program has them. The processor's jar works alone on a processor path, so it carries core
 * under packages of its own; classes and texts of the processor that name core lead there, and generated code must not.
 */
public final class CoreNames {
    /** Put together at run time: packing the jar changes every text that begins with it. */
    private static final String ROOT = String.join(".", "io", "graft");

    /** Where core's classes are that this processor runs with. */
    private static final String CARRIED = parent(PlugKind.class.getPackageName());

    private CoreNames() {}

    private static String parent(String packageName) {
        return packageName.substring(0, packageName.lastIndexOf('.'));
    }

    /** The name of a class of core. */
    public static String of(Class<?> type) {
        return of(type.getName());
    }

    /** A name, or the beginning of one, of core. */
    public static String of(String name) {
        return name.startsWith(CARRIED + ".") ? ROOT + name.substring(CARRIED.length()) : name;
    }

    /** A text with names of core in it. */
    public static String in(String text) {
        return text.replace(CARRIED + ".", ROOT + ".");
    }

    /** The class that the processor can load for one of the program: for core's its own copy. */
    public static String carried(String name) {
        return name.startsWith(ROOT + ".") && !name.startsWith(CARRIED + ".")
                ? CARRIED + name.substring(ROOT.length())
                : name;
    }
}
