package io.graft.problem;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The spellings of a key and of a constant; kebab-case is canonical, snake_case is the same. */
public final class Spelling {
    private Spelling() {}

    public static String snake(String kebab) {
        return kebab.indexOf('-') < 0 ? kebab : kebab.replace('-', '_');
    }

    public static String kebab(String snake) {
        return snake.indexOf('_') < 0 ? snake : snake.replace('_', '-');
    }

    /** A constant of an enum as files and reports spell it: {@code load-buffers}. */
    public static String of(Enum<?> constant) {
        return kebab(constant.name().toLowerCase(Locale.ROOT));
    }

    /** The constant of an enum that a text names, in upper or lower case: {@code bf16}, {@code BF16}, {@code load_buffers}. */
    public static <E extends Enum<E>> Optional<E> constant(Class<E> type, String text) {
        String wanted = kebab(text.toLowerCase(Locale.ROOT));
        return Stream.of(type.getEnumConstants())
                .filter(constant -> of(constant).equals(wanted))
                .findFirst();
    }

    /** What stays when case and word marks are taken away: the same for {@code targetModules} and {@code target-modules}. */
    public static String bare(String key) {
        return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }
}
