package io.graft.registry;

/**
 * The levels of the contract between generated code and this library. A level rises when generated code must change.
 */
public final class ApiLevel {
    /** The oldest level whose providers still run. */
    public static final int OLDEST = 1;

    /** The level that the processor of this version generates for. */
    public static final int NEWEST = 1;

    private ApiLevel() {}

    static boolean supports(int level) {
        return OLDEST <= level && level <= NEWEST;
    }

    /** For messages: {@code 3..4}, or {@code 1} if there is one level. */
    static String range() {
        return OLDEST == NEWEST ? Integer.toString(NEWEST) : OLDEST + ".." + NEWEST;
    }
}
