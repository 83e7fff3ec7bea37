package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.Provenance.Computed;
import io.graft.tensor.Provenance.Initial;
import io.graft.tensor.Provenance.Stored;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
    private static final Provenance A = new Stored("a.pt", "w");
    private static final Provenance B = new Initial("head.weight");

    @Test
    void theOriginsOfWhatIsComputedAreThoseOfAllThatItIsComputedFromEachOnceInOrder() {
        Provenance sum = new Computed("sum", List.of(B, new Computed("cast F16 to F32", List.of(A)), B, A));
        assertEquals(List.of(B, A), sum.origins());
        assertEquals(List.of(A), A.origins());
        assertEquals(List.of(B), B.origins());
    }

    @Test
    void eachCaseIsToldFromTheOthers() {
        Provenance.Cases<String> cases = new Provenance.Cases<>() {
            @Override
            public String initial(Initial initial) {
                return "initial " + initial.name();
            }

            @Override
            public String stored(Stored stored) {
                return "stored " + stored.key();
            }

            @Override
            public String computed(Computed computed) {
                return "computed by " + computed.operation();
            }
        };
        assertEquals(
                List.of("stored w", "initial head.weight", "computed by sum"),
                List.of(A.on(cases), B.on(cases), new Computed("sum", List.of(A)).on(cases)));
    }
}
