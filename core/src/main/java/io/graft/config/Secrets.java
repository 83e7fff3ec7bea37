package io.graft.config;

import io.graft.config.Token.Kind;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which values never reach a message: those of keys that name a secret, and those of the environment. */
final class Secrets {
    private static final Pattern ENTRY = Pattern.compile(
            "(?:key|token|password)\"?\\s*\\+?[=:]\\s*(\"[^\"]*\"?|[^\\s\\[{,}\\]][^\\s,}\\]]*)",
            Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    static boolean isSecret(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return name.endsWith("key") || name.endsWith("token") || name.endsWith("password");
    }

    /** The line with the values of secret keys replaced by as many asterisks, so that columns stay. */
    static String blotOut(String line, List<Token> tokens) {
        StringBuilder shown = new StringBuilder(line);
        boolean secret = false;
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean isKey = token.isScalar() && isKey(tokens, i);
            if (!secret) {
                secret = isKey && isSecret(token.text());
                depth = 0;
            } else if (token.is(Kind.OPEN)) {
                depth++;
            } else if (token.is(Kind.CLOSE)) {
                depth--;
                secret = depth > 0;
            } else if (token.is(Kind.COMMA)) {
                secret = depth > 0;
            } else if (token.isScalar()) {
                for (int column = token.column(); column < token.end() && column <= line.length(); column++) {
                    shown.setCharAt(column - 1, '*');
                }
            }
        }
        blotOutUnseen(shown);
        return shown.toString();
    }

    /** In remarks, and where a stray quote turns keys into texts, only the look of an entry is left to go by. */
    private static void blotOutUnseen(StringBuilder shown) {
        Matcher entry = ENTRY.matcher(shown.toString());
        while (entry.find()) {
            for (int position = entry.start(1); position < entry.end(1); position++) {
                shown.setCharAt(position, '*');
            }
        }
    }

    /** Whether a token is a key; also one that lacks its separator, so that a slip of the pen shows nothing. */
    private static boolean isKey(List<Token> tokens, int index) {
        if (index + 1 == tokens.size()) {
            return false;
        }
        Token next = tokens.get(index + 1);
        Token former = index == 0 ? null : tokens.get(index - 1);
        boolean first = former == null || former.is(Kind.COMMA) || former.is(Kind.OPEN);
        return next.is(Kind.SEPARATOR) || next.opens('{') || (first && next.isScalar());
    }
}
