package io.graft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} has a section of one form for each code, and for nothing else, in the order of the phases. */
class ErrorsPageTest {
    private static final Pattern SECTION = Pattern.compile("""
            ### `([a-z-]+)`

            [A-Z`][^\\n]+\\.

                (?:error|warning)\\[\\1] \\S[^\\n]+

            - Cause: [^\\n]+\\.
            - Cure: [^\\n]+\\.
            """);

    @Test
    void everyCodeIsExplained() throws IOException {
        String page = Files.readString(Path.of("../docs/errors.md"));
        String part = page.substring(page.indexOf("## At run time"), page.indexOf("## At compile time"));
        List<String> codes =
                Stream.of(ProblemCode.values()).map(ProblemCode::id).toList();
        assertEquals(
                codes,
                part.lines()
                        .filter(line -> line.startsWith("### "))
                        .map(ErrorsPageTest::code)
                        .toList());
        assertEquals(
                codes,
                SECTION.matcher(part).results().map(found -> found.group(1)).toList());
    }

    private static String code(String heading) {
        return heading.substring("### `".length(), heading.length() - 1);
    }
}
