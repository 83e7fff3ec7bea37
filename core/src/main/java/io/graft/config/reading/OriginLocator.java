package io.graft.config.reading;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import io.graft.config.hocon.SourceText;
import io.graft.config.hocon.Span;
import io.graft.config.hocon.Token;
import io.graft.config.hocon.Token.Kind;
import io.graft.config.hocon.ValueOrigin;
import io.graft.config.hocon.WrittenEntry;
import io.graft.problem.SourceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the place of a value. The parser tells file and line; the column comes from the text, by walking down the same path
 * or, where a path is not written as such, by looking for the key or the literal on the line. A column that could be another
 * one's is dropped.
 */
final class OriginLocator {
    private OriginLocator() {}

    /** Where the value stands, or the nearest value above it if there is none. */
    static Optional<SourceRef> value(ConfigCursor cursor) {
        return locate(cursor, false);
    }

    /** Where the key stands. */
    static Optional<SourceRef> key(ConfigCursor cursor) {
        return locate(cursor, true);
    }

    private static Optional<SourceRef> locate(ConfigCursor cursor, boolean key) {
        ConfigValue value = cursor.value();
        if (value == null || (cursor.parent() != null && ValueOrigin.isDefault(value.origin()))) {
            // what is missing is missing where its object begins
            return cursor.parent() == null
                    ? Optional.empty()
                    : locate(cursor.parent(), false).map(OriginLocator::start);
        }
        ConfigOrigin origin = known(value);
        if (ValueOrigin.isNowhere(origin)) {
            return Optional.empty();
        }
        Optional<String> file = ValueOrigin.file(origin);
        Optional<SourceText> text = file.flatMap(cursor.texts()::toSeekIn);
        if (text.isEmpty()) {
            int line = ValueOrigin.isOutside(origin) ? 0 : Math.max(0, origin.lineNumber());
            return Optional.of(new SourceRef(ValueOrigin.name(origin), line, 0, 0, ""));
        }
        Optional<Span> place = key ? keyPlace(cursor, text.get(), origin) : valuePlace(cursor, text.get(), origin);
        if (place.isEmpty()) {
            int line = Math.max(0, origin.lineNumber());
            return Optional.of(new SourceRef(file.get(), line, 0, 0, text.get().line(line)));
        }
        Token first = place.get().first();
        int length = place.get().length();
        return Optional.of(new SourceRef(
                file.get(), first.line(), first.column(), length, text.get().line(first.line())));
    }

    private static SourceRef start(SourceRef at) {
        return new SourceRef(at.file(), at.line(), at.column(), Math.min(1, at.length()), at.text());
    }

    /** An object that was merged from several places has no line; the first line of what it holds is the next best. */
    private static ConfigOrigin known(ConfigValue value) {
        if (value.origin().lineNumber() > 0 && value.origin().filename() != null) {
            return value.origin();
        }
        if (!(value instanceof ConfigObject object)) {
            return value.origin();
        }
        return object.keySet().stream()
                .map(key -> object.get(key).origin())
                .filter(origin -> origin.lineNumber() > 0 && origin.filename() != null)
                .min((a, b) -> Integer.compare(a.lineNumber(), b.lineNumber()))
                .orElse(value.origin());
    }

    private static Optional<Span> keyPlace(ConfigCursor cursor, SourceText text, ConfigOrigin origin) {
        if (cursor.key().isEmpty()) {
            return valuePlace(cursor, text, origin);
        }
        return entry(cursor, text, origin).map(WrittenEntry::key);
    }

    private static Optional<Span> valuePlace(ConfigCursor cursor, SourceText text, ConfigOrigin origin) {
        Optional<Span> place = entry(cursor, text, origin)
                .map(WrittenEntry::value)
                .filter(span -> origin.lineNumber() <= 0 || span.first().line() == origin.lineNumber());
        return place.isPresent() ? place : literal(cursor, text, origin);
    }

    private static Optional<WrittenEntry> entry(ConfigCursor cursor, SourceText text, ConfigOrigin origin) {
        ConfigCursor parent = cursor.parent();
        if (parent == null) {
            return Optional.empty();
        }
        Optional<Span> around = parent.value() == null || parent.parent() == null
                ? Optional.empty()
                : text.remember(parent.path(), () -> entry(parent, text, known(parent.value())))
                        .map(WrittenEntry::value);
        if (cursor.index() >= 0) {
            return around.flatMap(span -> element(cursor, parent, span, origin));
        }
        List<WrittenEntry> inside =
                around.map(span -> entries(span.inside(), cursor.key(), true)).orElse(List.of());
        if (inside.size() == 1) {
            return Optional.of(inside.get(0));
        }
        List<WrittenEntry> candidates = inside.isEmpty() ? entries(text.tokens(), cursor.key(), false) : inside;
        List<WrittenEntry> onLine = candidates.stream()
                .filter(entry -> entry.value().first().line() == origin.lineNumber()
                        || entry.key().first().line() == origin.lineNumber())
                .toList();
        return onLine.size() == 1 ? Optional.of(onLine.get(0)) : Optional.empty();
    }

    private static Optional<WrittenEntry> element(
            ConfigCursor cursor, ConfigCursor parent, Span list, ConfigOrigin origin) {
        List<Span> written = list.elements();
        List<ConfigValue> values = parent.value() instanceof ConfigList all ? List.copyOf(all) : List.of();
        if (values.size() == written.size()) {
            return Optional.of(WrittenEntry.of(written.get(cursor.index())));
        }
        // the list is put together from several, so only those of one line can be counted
        List<Span> onLine = written.stream()
                .filter(span -> span.first().line() == origin.lineNumber())
                .toList();
        List<Integer> same = IntStream.range(0, values.size())
                .filter(index -> values.get(index).origin().lineNumber() == origin.lineNumber())
                .boxed()
                .toList();
        int position = same.indexOf(cursor.index());
        return onLine.size() == same.size() && position >= 0
                ? Optional.of(WrittenEntry.of(onLine.get(position)))
                : Optional.empty();
    }

    private static Optional<Span> literal(ConfigCursor cursor, SourceText text, ConfigOrigin origin) {
        String literal = cursor.text().orElse("");
        List<Token> tokens = text.tokensOf(origin.lineNumber());
        List<Span> found = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean isKey = i + 1 < tokens.size() && tokens.get(i + 1).is(Kind.SEPARATOR);
            if (token.isScalar() && !isKey && token.text().equals(literal)) {
                found.add(new Span(List.of(token)));
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The entries of a key among tokens; at the top level of the tokens only, or at any. */
    private static List<WrittenEntry> entries(List<Token> tokens, String key, boolean topLevel) {
        List<WrittenEntry> entries = new ArrayList<>();
        int depth = 0;
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is(Kind.OPEN)) {
                depth++;
            } else if (token.is(Kind.CLOSE)) {
                depth--;
            } else if (token.isScalar() && (depth == 0 || !topLevel)) {
                Token next = tokens.get(i + 1);
                int start = next.is(Kind.SEPARATOR) ? i + 2 : next.opens('{') ? i + 1 : -1;
                Optional<Token> written = start < 0 || start >= tokens.size() ? Optional.empty() : keyToken(token, key);
                if (written.isPresent()) {
                    entries.add(new WrittenEntry(new Span(List.of(written.get())), Span.valueAt(tokens, start)));
                }
            }
        }
        return entries;
    }

    /** The part of a token that is the key: all of it, or what follows the last dot of a path. */
    private static Optional<Token> keyToken(Token token, String key) {
        if (token.text().equals(key)) {
            return Optional.of(token);
        }
        if (token.is(Kind.WORD) && token.text().endsWith("." + key)) {
            int column = token.end() - key.length();
            return Optional.of(new Token(Kind.WORD, key, token.line(), column, token.end()));
        }
        return Optional.empty();
    }
}
