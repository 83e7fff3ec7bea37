package io.graft.config.hocon;

import java.util.regex.Pattern;

/** Recognises what is no HOCON because it is YAML. */
final class Yaml {
    /** What to write in its place. */
    static final String CURE =
            "write it as HOCON, with braces where YAML indents: `graft { model.checkpoint = \"model.safetensors\" }`;"
                    + " JSON is HOCON, too; `graft config sample` prints a file to start from";

    private static final Pattern NAME = Pattern.compile("(?i).*\\.ya?ml");

    /** A key whose value is the block of lines below it, which are keys that stand deeper, or entries of a list. */
    private static final Pattern BLOCK =
            Pattern.compile("(?m)^( *)(?:- )?[\\w.-]+:[ \\t]*(?:#.*)?\\R(?:[ \\t]*(?:#.*)?\\R){0,20}"
                    + "(?:\\1 +(?:- )?[\\w.-]+:(?:\\s|$)|\\1 *- )");

    /** Characters of a file that are looked at. */
    private static final int ENOUGH = 1 << 14;

    private Yaml() {}

    /** Whether a text that cannot be read is YAML, by its name or by its looks. */
    static boolean is(String file, SourceText text) {
        return NAME.matcher(file).matches()
                || BLOCK.matcher(text.text()
                                .substring(0, Math.min(ENOUGH, text.text().length())))
                        .find();
    }
}
