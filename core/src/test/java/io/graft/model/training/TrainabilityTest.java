package io.graft.model.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.model.training.Trainability.During;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TrainabilityTest {
    private static final Optional<Moment> NONE = Optional.empty();

    @Test
    void aTimeWithoutBeginningAndEndIsAlways() {
        assertEquals(Trainability.always(), Trainability.during(NONE, NONE));
        assertEquals(Trainability.always(), Trainability.during(epoch(0), NONE));
        assertEquals(Trainability.always(), Trainability.during(step(0), NONE));
    }

    @Test
    void aTimeThatEndsAtTheStartIsNever() {
        assertEquals(Trainability.never(), Trainability.during(NONE, step(0)));
        assertEquals(Trainability.never(), Trainability.during(epoch(3), epoch(0)));
    }

    @Test
    void theFirstStepIsTrainedUnlessTheTimeBeginsLater() {
        assertTrue(Trainability.always().atStart());
        assertFalse(Trainability.never().atStart());
        assertTrue(Trainability.during(NONE, step(100)).atStart());
        assertTrue(Trainability.during(epoch(0), step(100)).atStart());
        assertFalse(Trainability.during(epoch(3), NONE).atStart());
    }

    @Test
    void aTimeTellsItself() {
        assertEquals("trained from epoch 3", Trainability.during(epoch(3), NONE).toString());
        assertEquals(
                "trained until step 100", Trainability.during(NONE, step(100)).toString());
        assertEquals(
                "trained from epoch 3 until step 100",
                Trainability.during(epoch(3), step(100)).toString());
        assertEquals("trained", Trainability.of(true).toString());
        assertEquals("frozen", Trainability.of(false).toString());
        assertEquals(
                List.of(Optional.empty(), Optional.empty(), Optional.of(new During(epoch(3), NONE))),
                List.of(
                        Trainability.always().schedule(),
                        Trainability.never().schedule(),
                        Trainability.during(epoch(3), NONE).schedule()));
    }

    @Test
    void theEndIsAfterTheBeginning() {
        assertEquals(new During(epoch(3), epoch(4)), Trainability.during(epoch(3), epoch(4)));
        assertMessage(
                "the end, epoch 3, is not after the beginning, epoch 3", () -> Trainability.during(epoch(3), epoch(3)));
        assertMessage(
                "the end, step 99, is not after the beginning, step 100",
                () -> Trainability.during(step(100), step(99)));
        // Nobody knows how many steps an epoch has.
        assertEquals(new During(step(100), epoch(1)), Trainability.during(step(100), epoch(1)));
    }

    @Test
    void aMomentHasComeWhenSoMuchIsCompleted() {
        assertTrue(Trainability.always().at(0, 0));
        assertFalse(Trainability.never().at(9, 9));
        Trainability during = Trainability.during(epoch(2), step(50));
        assertFalse(during.at(1, 20));
        assertTrue(during.at(2, 20));
        assertTrue(during.at(2, 49));
        assertFalse(during.at(2, 50));
        assertFalse(during.at(3, 60));
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertMessage("moments are counted from 0, not from -1", () -> new Moment(Unit.EPOCH, -1));
        assertMessage("a time without a beginning and an end is always", () -> new During(NONE, NONE));
        String start = "training begins at step 0: leave that out as a beginning, and freeze what would end there";
        assertMessage(start, () -> new During(epoch(0), step(1)));
        assertMessage(start, () -> new During(NONE, step(0)));
    }

    private static Optional<Moment> epoch(long count) {
        return Optional.of(new Moment(Unit.EPOCH, count));
    }

    private static Optional<Moment> step(long count) {
        return Optional.of(new Moment(Unit.STEP, count));
    }

    private static void assertMessage(String message, Executable executable) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, executable).getMessage());
    }
}
