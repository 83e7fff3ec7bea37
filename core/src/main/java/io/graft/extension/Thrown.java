package io.graft.extension;

import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What other people's code threw, in words. */
public final class Thrown {
    private Thrown() {}

    /** The class and the first line of the message. */
    public static String sentence(Throwable thrown) {
        String message = firstLine(thrown);
        String type = thrown.getClass().getSimpleName();
        return message.isEmpty() ? type : type + ": " + message;
    }

    /** The first line of the message; empty if there is none. */
    public static String firstLine(Throwable thrown) {
        return firstLine(thrown.getMessage() == null ? "" : thrown.getMessage());
    }

    /** Why something cannot be read, in words. */
    public static String reason(Exception failure) {
        if (failure instanceof ClosedByInterruptException) {
            return "interrupted";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("").strip();
    }

    /** What was thrown first, which led to the other. */
    public static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** The jar or folder of the extension whose code threw it, or was running then; empty if none was. */
    public static Optional<String> extension(Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .flatMap(each -> Arrays.stream(each.getStackTrace()))
                .map(StackTraceElement::getClassLoaderName)
                .filter(Objects::nonNull)
                .filter(loader -> loader.startsWith(ExtensionLoader.NAMED))
                .map(loader -> loader.substring(ExtensionLoader.NAMED.length()))
                .findFirst();
    }
}
