package io.graft.layer;

import io.graft.checkpoint.BoundedText;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of an adapter's configuration, written for Python, for whole names of modules.
 *
 * @param text as written
 * @param key the configuration's key that it stands under
 * @param location where the configuration is, for messages
 */
public record ModulePattern(String text, Pattern pattern, String key, String location) {
    /** The whole name has to match. */
    public static ModulePattern whole(String text, String key, String location) {
        return around("", text, "", key, location);
    }

    /** The name, or what comes after one of its dots, has to match. */
    public static ModulePattern suffix(String text, String key, String location) {
        return around("(?:.*\\.)?(?:", text, ")", key, location);
    }

    /** The expression with something of ours before and after it. */
    public static ModulePattern around(String before, String text, String after, String key, String location) {
        PythonExpression expression = PythonExpression.of(text);
        try {
            // Alone first: what is wrong has its place in the text that the person wrote.
            Pattern.compile(expression.java());
            return new ModulePattern(text, Pattern.compile(before + expression.java() + after), key, location);
        } catch (PatternSyntaxException malformed) {
            int place = expression.placeOf(malformed.getIndex());
            throw new CheckpointException(
                    Reason.MALFORMED,
                    location,
                    "`" + key + "` has `" + text + "`, which is no regular expression that can be read here: "
                            + malformed.getDescription() + (place < 0 ? "" : " at character " + (place + 1)),
                    "write the expression another way, or list the names",
                    malformed);
        }
    }

    public boolean matches(String module) {
        return with(module, Matcher::matches);
    }

    /** What the last group of the expression matched; empty if the name does not match. */
    public Optional<String> lastGroup(String module) {
        return with(
                module,
                matcher -> matcher.matches()
                        ? Optional.ofNullable(matcher.group(matcher.groupCount()))
                        : Optional.empty());
    }

    private <T> T with(String module, Function<Matcher, T> question) {
        try {
            return question.apply(pattern.matcher(new BoundedText(module)));
        } catch (BoundedText.TooSlowException | StackOverflowError endless) {
            throw new CheckpointException(
                    Reason.REFUSED,
                    location,
                    "`" + key + "` has `" + text + "`, which takes too long to match `" + module + "`",
                    "write a simpler expression",
                    endless);
        }
    }
}
