package io.graft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
    @ParameterizedTest
    @CsvSource({
        "1.548, 5, 0.0 0.5 1.0 1.5 2.0",
        "2.0, 5, 0.0 0.5 1.0 1.5 2.0",
        "0.693, 5, 0.0 0.2 0.4 0.6 0.8",
        "0.0371, 5, 0.00 0.01 0.02 0.03 0.04",
        "12, 5, 0 5 10 15",
        "45, 10, 0 5 10 15 20 25 30 35 40 45",
        "7, 10, 0 1 2 3 4 5 6 7"
    })
    void marksAreRoundNumbers(double highest, int most, String marks) {
        Ticks ticks = Ticks.upTo(highest, most);
        assertEquals(marks, ticks.places().stream().map(ticks::label).collect(Collectors.joining(" ")));
    }
}
