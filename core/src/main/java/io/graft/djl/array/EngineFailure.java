package io.graft.djl.array;

import io.graft.extension.Thrown;

/** What the engine says of a failure, in a line. */
public final class EngineFailure {
    /** PyTorch tells where its interpreter was first, and what happened last. */
    private static final String LAST = "RuntimeError: ";

    private EngineFailure() {}

    public static String sentence(Throwable failure) {
        Throwable root = Thrown.root(failure);
        String message = root.getMessage() == null ? "" : root.getMessage();
        return message.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(LAST))
                .reduce((earlier, later) -> later)
                .map(line -> line.substring(LAST.length()))
                .orElseGet(() -> Thrown.sentence(root));
    }
}
