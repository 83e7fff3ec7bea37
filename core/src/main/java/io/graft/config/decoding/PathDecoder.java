package io.graft.config.decoding;

import io.graft.config.hocon.ValueOrigin;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Found;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Decodes paths to absolute ones. A relative path is relative to the folder of the file that it is written in, and to the
 * working directory where it is written in none; {@code ~} is the home directory.
 */
final class PathDecoder implements ValueDecoder<Path> {
    private final ValueDecoder<String> texts = ScalarDecoder.of("a path", text -> text);

    @Override
    public Bound<Path> decode(ConfigCursor cursor) {
        Bound<String> text = texts.decode(cursor);
        if (!(text instanceof Bound.Ok<String> ok)) {
            return new Bound.Failed<>(text.problems());
        }
        if (ok.value().isBlank()) {
            return new Bound.Failed<>(
                    cursor.error(ProblemCode.MALFORMED_VALUE, "expected a path, found an empty text", ""));
        }
        try {
            return new Bound.Ok<>(folder(cursor).resolve(expandHome(ok.value())).normalize());
        } catch (InvalidPathException e) {
            String reason = cursor.isSecret() ? "" : ": " + Quoting.lowerFirst(e.getReason());
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.MALFORMED_VALUE, Found.quote(cursor) + " is no path on this system" + reason, ""));
        }
    }

    private static Path folder(ConfigCursor cursor) {
        Path file = cursor.origin()
                .flatMap(ValueOrigin::file)
                .map(name -> Path.of(name).toAbsolutePath())
                .orElse(null);
        return file == null || file.getParent() == null ? Path.of("").toAbsolutePath() : file.getParent();
    }

    private static String expandHome(String path) {
        boolean home = path.equals("~") || path.startsWith("~/");
        return home ? System.getProperty("user.home") + path.substring(1) : path;
    }
}
