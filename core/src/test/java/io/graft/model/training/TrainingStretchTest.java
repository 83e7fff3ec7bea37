package io.graft.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainingStretchTest {
    private static Optional<Moment> epoch(long count) {
        return Optional.of(new Moment(Unit.EPOCH, count));
    }

    private static Optional<Moment> step(long count) {
        return Optional.of(new Moment(Unit.STEP, count));
    }

    private static List<String> after(Trainability... times) {
        return TrainingStretch.after(Stream.of(times).toList()).stream()
                .map(TrainingStretch::toString)
                .toList();
    }

    @Test
    void eachBeginsWhereAScheduleBeginsOrEnds() {
        Trainability always = Trainability.always();
        assertEquals(List.of(), after(always, Trainability.never()));
        assertEquals(
                List.of("from epoch 1 on", "from epoch 2 on", "from epoch 10 on"),
                after(
                        Trainability.during(epoch(2), epoch(10)),
                        always,
                        Trainability.during(Optional.empty(), epoch(1)),
                        Trainability.during(epoch(2), Optional.empty())));
        assertEquals(List.of("from step 5 on"), after(Trainability.during(Optional.empty(), step(5))));
    }

    @Test
    void ofEpochsAndStepsOnlyTheEndIsKnown() {
        assertEquals(
                List.of("from epoch 3 and step 100 on"),
                after(Trainability.during(epoch(3), step(100)), Trainability.during(step(7), epoch(1))));
    }

    @Test
    void itTellsWhatIsTrained() {
        Trainability time = Trainability.during(epoch(2), epoch(10));
        assertFalse(TrainingStretch.START.trains(time));
        assertTrue(new TrainingStretch(2, 0).trains(time));
        assertFalse(new TrainingStretch(10, 0).trains(time));
    }
}
