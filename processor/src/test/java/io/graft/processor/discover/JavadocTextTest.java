package io.graft.processor.discover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavadocTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Plain text. | Plain text.",
                "A {@code List<String>} of names. | A List<String> of names.",
                "Braces {@code { rank = 8 }} stay. | Braces { rank = 8 } stay.",
                "See {@link java.util.List#of the factory}. | See the factory.",
                "See {@link Options#rank}. | See Options.rank.",
                "See {@link #rank}. | See rank.",
                "<b>Bold</b> and <a href=\"x\">linked</a>. | Bold and linked.",
                "One.<p>Two. | One. Two.",
                "a &lt; b &amp;&amp; c | a < b && c",
                "{@code a &lt; b} | a &lt; b",
                "{@value #SIZE} | #SIZE"
            })
    void becomesPlainText(String javadoc, String plain) {
        assertEquals(plain, JavadocText.parse(javadoc).description());
    }

    @Test
    void tagsAreKeptApart() {
        JavadocText text = JavadocText.parse("""
                 First line
                 and second.

                 @param rank rank of the
                     low-rank update
                 @param <T> a type
                 @param alpha scale, {@code alpha / rank}
                 @return nothing
                """);

        assertEquals("First line and second.", text.description());
        assertEquals("rank of the low-rank update", text.parameter("rank"));
        assertEquals("scale, alpha / rank", text.parameter("alpha"));
        assertEquals("", text.parameter("T"));
        assertEquals("", text.parameter("beta"));
    }

    @Test
    void noCommentIsNoText() {
        assertEquals("", JavadocText.parse(null).description());
    }
}
