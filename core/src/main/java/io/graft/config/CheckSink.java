package io.graft.config;

/** Takes what a {@link Check} finds, and gives it its place in the file. */
public interface CheckSink {
    /** Where something is wrong. */
    interface Place {
        /** Reports what must be changed; one line, in the words of the configuration. */
        void error(String message);

        /** Reports what is likely to be a mistake; the options are used nevertheless. */
        void warn(String message);
    }

    /**
     * The value of a key, or the object if the file does not give it.
     *
     * @param key in kebab-case; of what is inside the value, a path: {@code rename[0].from}
     */
    Place on(String key);

    /** The options as a whole. */
    Place onOptions();
}
