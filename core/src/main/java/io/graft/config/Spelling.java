package io.graft.config;

import java.util.Locale;

/** The spellings of a key; kebab-case is canonical, snake_case is the same key. */
final class Spelling {
    private Spelling() {}

    static String snake(String kebab) {
        return kebab.indexOf('-') < 0 ? kebab : kebab.replace('-', '_');
    }

    static String kebab(String snake) {
        return snake.indexOf('_') < 0 ? snake : snake.replace('_', '-');
    }

    /** What stays when case and word marks are taken away: the same for {@code targetModules} and {@code target-modules}. */
    static String bare(String key) {
        return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }
}
