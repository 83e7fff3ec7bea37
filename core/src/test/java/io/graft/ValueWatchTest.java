package io.graft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Fixtures;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Values of tensors on their way to files. */
class ValueWatchTest {
    private static final int STRETCH = 1 << 17;
    private static final int ELEMENTS = 3 * STRETCH;

    private final AtomicLong computed = new AtomicLong();

    @Test
    void onlyWhatIsInDoubtIsComputedAgain() throws IOException {
        DraftTensor tensor = tensor(ELEMENTS - 1);
        ValueWatch watch = new ValueWatch();
        Fixtures.bytes(watch.materialize(tensor));
        assertEquals(ELEMENTS, computed.getAndSet(0));

        ValuesLostException lost = assertThrows(ValuesLostException.class, () -> watch.settle(List.of(tensor)));

        assertEquals(STRETCH, computed.get());
        assertEquals("`weight`: 1 of 393216 values became NaN or infinite: divided", lost.getMessage());
    }

    @Test
    void whatIsInNoDoubtIsNotComputedAgain() throws IOException {
        DraftTensor tensor = tensor(-1);
        ValueWatch watch = new ValueWatch();
        Fixtures.bytes(watch.materialize(tensor));
        computed.set(0);

        watch.settle(List.of(tensor));

        assertEquals(0, computed.get());
        assertEquals(List.of(), watch.rounded(List.of(tensor)));
    }

    /** Ones, but for a place that is divided by zero. */
    private DraftTensor tensor(int place) {
        LazyTensor ones = LazyTensors.generate("ones", DType.F32, Shape.of(ELEMENTS), at -> 1);
        LazyTensor divided = LazyTensors.combine("divided", List.of(ones), (first, count, inputs, result) -> {
            computed.addAndGet(count);
            for (int i = 0; i < count; i++) {
                result.floats()[i] = inputs.get(0).floats()[i] / (first + i == place ? 0 : 1);
            }
        });
        return DraftTensor.initial("weight", Set.of(), TensorKind.PARAMETER, true, divided);
    }
}
