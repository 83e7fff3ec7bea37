package io.graft.config.hocon;

import io.graft.config.hocon.Token.Kind;
import io.graft.problem.SourceRef;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Finds the line that includes a file, which the parser does not keep. */
public final class IncludeStatements {
    private IncludeStatements() {}

    /** The place of the name in the first of these files that includes it; the first file as a whole if none does. */
    public static SourceRef find(String name, List<String> files, SourceTexts texts) {
        return first(files, texts, (file, written) -> written.equals(name)).orElseGet(() -> SourceRef.of(files.get(0)));
    }

    /** The place in the first of these files that includes a file; empty if none does. */
    public static Optional<SourceRef> including(String included, List<String> files, SourceTexts texts) {
        return first(files, texts, (file, written) -> isNamed(included, file, written));
    }

    /** Whether a name, written in a file, is that of an included file, whose ending may be left out. */
    private static boolean isNamed(String included, String file, String written) {
        try {
            String meant = Path.of(file).resolveSibling(written).normalize().toString();
            String found = Path.of(included).normalize().toString();
            return found.equals(meant) || found.startsWith(meant + ".");
        } catch (InvalidPathException url) {
            return false;
        }
    }

    private static Optional<SourceRef> first(
            List<String> files, SourceTexts texts, BiPredicate<String, String> isIncluded) {
        for (String file : files) {
            Optional<SourceText> text = texts.of(file);
            Optional<Token> token =
                    text.flatMap(found -> find(found.tokens(), written -> isIncluded.test(file, written)));
            if (token.isPresent()) {
                Token quoted = token.get();
                return Optional.of(new SourceRef(
                        file,
                        quoted.line(),
                        quoted.column(),
                        quoted.end() - quoted.column(),
                        text.get().line(quoted.line())));
            }
        }
        return Optional.empty();
    }

    private static Optional<Token> find(List<Token> tokens, Predicate<String> isIncluded) {
        int statement = 0;
        for (Token token : tokens) {
            if (token.is(Kind.WORD) && token.text().equals("include")) {
                statement = token.line();
            } else if (token.is(Kind.QUOTED) && token.line() == statement && isIncluded.test(token.text())) {
                return Optional.of(token);
            }
        }
        return Optional.empty();
    }
}
