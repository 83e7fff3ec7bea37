package io.graft.djl;

/** Exceptions of other people's code, in a sentence. */
final class Failures {
    private Failures() {}

    /** The first line of the message of what went wrong first. */
    static String sentence(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String type = root.getClass().getSimpleName();
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? type
                : type + ": " + message.lines().findFirst().orElse("");
    }
}
