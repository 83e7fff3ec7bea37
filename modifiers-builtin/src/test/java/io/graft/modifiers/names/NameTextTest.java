package io.graft.modifiers.names;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NameTextTest {
    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    @Test
    void asksForTheNearestNames() {
        assertEquals(Optional.of("did you mean `a` or `b`?"), NameText.names(List.of("a", "b")));
        assertEquals(Optional.empty(), NameText.names(List.of()));
    }

    @Test
    void cutsLongListsAndSaysSo() {
        assertEquals("`0`, `1`", NameText.some(names(2)));
        assertEquals("`0`, `1`, `2`, `3`", NameText.some(names(4)));
        assertEquals("`0`, `1`, `2`, `3` and 2 more", NameText.some(names(6)));
    }
}
