package io.graft.apply;

import java.util.ArrayList;
import java.util.List;

/** Refuses null by the name of the argument. */
final class Given {
    private Given() {}

    static <T> T notNull(T argument, String name) {
        if (argument == null) {
            throw new NullPointerException("`" + name + "` is null");
        }
        return argument;
    }

    /** A copy of a list, none of whose elements is null. */
    static <T> List<T> noneNull(List<? extends T> arguments, String name) {
        List<T> given = new ArrayList<>(notNull(arguments, name));
        for (int i = 0; i < given.size(); i++) {
            notNull(given.get(i), name + "[" + i + "]");
        }
        return List.copyOf(given);
    }
}
