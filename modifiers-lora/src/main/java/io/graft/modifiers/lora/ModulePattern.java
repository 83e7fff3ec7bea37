package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of an adapter's configuration, for whole names of modules.
 *
 * @param text as written
 */
record ModulePattern(String text, Pattern pattern, String key, Path file) {
    /** The whole name has to match. */
    static ModulePattern whole(String text, String key, Path file) {
        return compile(text, text, key, file);
    }

    /** The name, or what comes after one of its dots, has to match. */
    static ModulePattern suffix(String text, String key, Path file) {
        return compile(text, "(?:.*\\.)?(?:" + text + ")", key, file);
    }

    private static ModulePattern compile(String text, String expression, String key, Path file) {
        try {
            return new ModulePattern(text, Pattern.compile(expression), key, file);
        } catch (PatternSyntaxException malformed) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "`" + key + "` has `" + text + "`, which is no regular expression: " + malformed.getDescription(),
                    "save the adapter again with PEFT",
                    malformed);
        }
    }

    boolean matches(String module) {
        try {
            return pattern.matcher(new BoundedText(module)).matches();
        } catch (BoundedText.TooSlowException | StackOverflowError endless) {
            throw new CheckpointException(
                    Reason.REFUSED,
                    file,
                    "`" + key + "` has `" + text + "`, which takes too long to match `" + module + "`",
                    "write a simpler expression");
        }
    }
}
