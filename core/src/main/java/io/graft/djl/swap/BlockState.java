package io.graft.djl.swap;

import ai.djl.nn.Block;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** What a block holds in its fields, handed from one to another that takes its place. */
public final class BlockState {
    private BlockState() {}

    /**
     * Gives a block what another one has in the fields of a class and of those above it; both then share it.
     *
     * @param type a class of both
     */
    public static void copy(Class<?> type, Block from, Block to) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    copy(field, from, to);
                }
            }
        }
    }

    private static void copy(Field field, Block from, Block to) {
        try {
            field.setAccessible(true);
            field.set(to, field.get(from));
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** An object whose fields are empty; no constructor runs, since what a class needs for it is its own business. */
    static Object allocate(Class<?> type) {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            Method allocate = unsafe.getMethod("allocateInstance", Class.class);
            return allocate.invoke(instance.get(null), type);
        } catch (ReflectiveOperationException otherJava) {
            throw new IllegalStateException(otherJava);
        }
    }

    /** A class as people write it. */
    static String name(Class<?> type) {
        return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
    }
}
