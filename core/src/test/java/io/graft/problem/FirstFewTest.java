package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How messages list names, and ask for the near ones. */
class FirstFewTest {
    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    @Test
    void cutsLongListsAndSaysSo() {
        assertEquals("`0`, `1`", FirstFew.names(names(2)));
        assertEquals("`0`, `1`, `2`, `3`", FirstFew.names(names(4)));
        assertEquals("`0`, `1`, `2`, `3` and 2 more", FirstFew.names(names(6)));
        assertEquals("0 and 1 more", FirstFew.of(names(2), 1));
        assertEquals("`0`, `1`, `2`, `3`, `4`", Quoting.names(names(5)));
    }

    @Test
    void asksForTheNearestNames() {
        assertEquals("did you mean `a` or `b`?", Suggestions.didYouMean(List.of("a", "b")));
        assertEquals("", Suggestions.didYouMean(List.of()));
    }

    @Test
    void aLongWordIsNearToItselfOnly() {
        String word = "x".repeat(200);
        assertEquals(List.of(), Suggestions.near(word, List.of(word + "y")));
        assertEquals(List.of(word), Suggestions.near(word, List.of(word)));
    }
}
