package io.graft.config;

import io.graft.config.Token.Kind;
import java.util.List;
import java.util.Optional;

/** Finds the line that includes a file, which the parser does not keep. */
final class IncludeStatements {
    private IncludeStatements() {}

    /** The place of the name in the first of these files that includes it; the first file as a whole if none does. */
    static SourceRef find(String name, List<String> files, SourceTexts texts) {
        for (String file : files) {
            Optional<SourceText> text = texts.of(file);
            Optional<Token> token = text.flatMap(found -> find(name, found.tokens()));
            if (token.isPresent()) {
                Token quoted = token.get();
                return new SourceRef(
                        file,
                        quoted.line(),
                        quoted.column(),
                        quoted.end() - quoted.column(),
                        text.get().line(quoted.line()));
            }
        }
        return SourceRef.of(files.get(0));
    }

    private static Optional<Token> find(String name, List<Token> tokens) {
        int statement = 0;
        for (Token token : tokens) {
            if (token.is(Kind.WORD) && token.text().equals("include")) {
                statement = token.line();
            } else if (token.is(Kind.QUOTED)
                    && token.line() == statement
                    && token.text().equals(name)) {
                return Optional.of(token);
            }
        }
        return Optional.empty();
    }
}
