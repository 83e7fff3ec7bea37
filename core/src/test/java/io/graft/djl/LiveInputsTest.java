package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.ValuesLostException;
import io.graft.model.ModelDraft;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a live model that are computed from others of it. */
class LiveInputsTest {
    private static final Shape SQUARE = Shape.of(2, 2);

    private BlockModel model;
    private BlockTarget target;

    @BeforeEach
    void open() throws IOException {
        model = Models.open(Square.class, Map.of(), Shape.of(1, 2));
        target = model.target();
        ModelDraft draft = target.draft();
        draft.assign("0.weight", Models.filled(SQUARE, 2));
        draft.assign("1.weight", Models.filled(SQUARE, 4));
        target.commit(Models.plan(target, draft)).close();
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoWeightsThatReadEachOtherAndACheckpointBothSeeTheOldValues(boolean told) throws IOException {
        ModelDraft draft = target.draft();
        LazyTensor first = draft.find("0.weight").orElseThrow().base();
        LazyTensor second = draft.find("1.weight").orElseThrow().base();
        LazyTensor checkpoint = Models.filled(SQUARE, 10);
        draft.assign("0.weight", new Mean(checkpoint, second, told));
        draft.assign("1.weight", new Mean(checkpoint, first, told));
        target.commit(Models.plan(target, draft)).close();
        assertEquals(7f, value("0.weight"));
        assertEquals(6f, value("1.weight"));
    }

    @Test
    void arithmeticThatOverflowsLeavesEveryBit() {
        ModelDraft draft = target.draft();
        draft.assign("1.weight", Models.filled(SQUARE, 5));
        LazyTensor first = draft.find("0.weight").orElseThrow().base();
        draft.assign("0.weight", new Mean(first, new Mean(huge(), huge(), true), true));
        Map<String, Models.Snapshot> before = Models.snapshot(model.model().getBlock());
        ValuesLostException lost =
                assertThrows(ValuesLostException.class, () -> target.commit(Models.plan(target, draft)));
        assertEquals("`0.weight`: 4 of 4 values became NaN or infinite: mean", lost.getMessage());
        assertEquals(before, Models.snapshot(model.model().getBlock()));
    }

    private static LazyTensor huge() {
        return Models.filled(SQUARE, Float.MAX_VALUE);
    }

    private float value(String name) {
        return Models.parameter(target, name).getArray().max().getFloat();
    }
}
