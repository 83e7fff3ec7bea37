package io.graft.problem;

import java.util.Locale;

/** The spellings of a key; kebab-case is canonical, snake_case is the same key. */
public final class Spelling {
    private Spelling() {}

    public static String snake(String kebab) {
        return kebab.indexOf('-') < 0 ? kebab : kebab.replace('-', '_');
    }

    public static String kebab(String snake) {
        return snake.indexOf('_') < 0 ? snake : snake.replace('_', '-');
    }

    /** What stays when case and word marks are taken away: the same for {@code targetModules} and {@code target-modules}. */
    public static String bare(String key) {
        return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }
}
