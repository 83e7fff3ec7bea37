package io.graft.torchscript.code;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** How code writes the names of fields. */
public final class FieldText {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
    private static final Set<String> KEYWORDS = Set.of(
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "inf",
            "is",
            "lambda",
            "nan",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield");

    private FieldText() {}

    private static boolean isPlain(String name) {
        return IDENTIFIER.matcher(name).matches() && !KEYWORDS.contains(name);
    }

    /** The line of a class's header that declares a field. */
    static String declaration(String name, String type) {
        return isPlain(name) ? "  " + name + " : " + type : "  __annotations__[" + quoted(name) + "] = " + type;
    }

    /** A field of an object, read. */
    public static String read(String object, String name) {
        return isPlain(name) ? object + "." + name : "getattr(" + object + ", " + quoted(name) + ")";
    }

    /** The name of a method that stands for a field. */
    public static String method(String field) {
        return "graft_" + field.replaceAll("[^A-Za-z_0-9]", "_");
    }

    /** A text as code has it: bytes that are not printable as three octal digits. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            int character = each & 0xff;
            if (character == '"' || character == '\\') {
                quoted.append('\\').append((char) character);
            } else if (character >= ' ' && character < 0x7f) {
                quoted.append((char) character);
            } else {
                quoted.append(String.format(Locale.ROOT, "\\%03o", character));
            }
        }
        return quoted.append('"').toString();
    }
}
