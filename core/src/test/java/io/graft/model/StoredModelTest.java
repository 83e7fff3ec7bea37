package io.graft.model;

import static io.graft.model.Shifts.codes;
import static io.graft.model.Shifts.floats;
import static io.graft.model.Shifts.parameter;
import static io.graft.model.Shifts.values;
import static io.graft.tensor.expression.Expressions.multiply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Totals;
import io.graft.model.Shifts.Lora;
import io.graft.model.Shifts.Rows;
import io.graft.model.Shifts.Shift;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model that comes with a storage, whose codes have the tensor's own name in the file, as 8-bit floats have. */
class StoredModelTest {
    private static final Shape MATRIX = Shape.of(2, 2);

    private final LazyTensor codes = codes("q.weight", MATRIX, 1, 2, 3, 4);
    private final LazyTensor scale = floats("q.weight_scale", Shape.of(2, 1), 10, 100);
    private ModelDraft model;

    private record InPlace(LazyTensor codes, LazyTensor scale) implements Parametrization {
        @Override
        public String id() {
            return "bytes";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("weight", codes), OwnedTensor.buffer("weight_scale", scale));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(
                    multiply(owned().get(0).expression(), owned().get(1).expression()));
        }

        /** Whole multiples of the scales. */
        @Override
        public Parametrization requantized(LazyTensor other, OptionalDouble allowed) {
            List<Float> numbers = values(other);
            List<Float> scales = values(scale);
            int[] again = IntStream.range(0, numbers.size())
                    .map(i -> Math.round(numbers.get(i) / scales.get(i / 2)))
                    .toArray();
            return new InPlace(Shifts.codes("again", MATRIX, again), scale);
        }
    }

    @BeforeEach
    void setUp() {
        Applied stored = new Applied(
                "",
                new InPlace(codes, scale),
                1,
                Map.of(
                        "weight", new Applied.Owned("q.weight", codes),
                        "weight_scale", new Applied.Owned("q.weight_scale", scale)));
        model = new ModelDraft(
                List.of(),
                List.of(
                        DraftTensor.initial(
                                        "q.weight",
                                        Set.of(),
                                        TensorKind.PARAMETER,
                                        false,
                                        floats("q.weight", MATRIX, 10, 20, 300, 400))
                                .withParametrizations(List.of(stored)),
                        DraftTensor.initial("q.weight_scale", Set.of(), TensorKind.BUFFER, false, scale)
                                .withOwner(new Owner("q.weight", "", "weight_scale", Sharing.TENSOR)),
                        parameter("q.bias", Shape.of(2), 1, 1)));
    }

    private DraftTensor tensor(String name) {
        return model.find(name).orElseThrow();
    }

    private List<String> names() {
        return model.tensors().stream().map(DraftTensor::name).toList();
    }

    @Test
    void theFileHasCodesUnderTheTensorsName() {
        DraftTensor weight = tensor("q.weight");
        assertTrue(weight.cameStored());
        assertTrue(weight.isStored());
        assertEquals(DType.F32, weight.dtype());
        assertEquals(MATRIX, weight.shape());
        assertEquals(List.of(10f, 20f, 300f, 400f), values(weight.value()));
        assertEquals(codes, weight.written());
        assertEquals(new Totals(2, 6, 2, 0, 4 + 8 + 8), Totals.of(List.copyOf(model.tensors())));
    }

    @Test
    void partsFollowTheTensorsName() {
        model.rename(Map.of("q.weight", "attention.kernel"));
        assertEquals(List.of("attention.kernel", "attention.kernel_scale", "q.bias"), names());
        assertTrue(tensor("attention.kernel").isStored());
        assertEquals(codes, tensor("attention.kernel").written());
        assertEquals(
                List.of(10f, 20f, 300f, 400f), values(tensor("attention.kernel").value()));
    }

    @Test
    void newValuesTakeThePlaceOfCodes() {
        model.assign("q.weight", floats("new", MATRIX, 1, 2, 3, 4));
        assertEquals(List.of("q.weight", "q.bias"), names());
        assertEquals(List.of(1f, 2f, 3f, 4f), values(tensor("q.weight").written()));
        assertEquals(new Change.Folded("q.weight", "bytes"), model.changes().get(0));
        assertFalse(tensor("q.weight").cameStored());
    }

    @Test
    void aCastNeedsValuesWhateverTheDtype() {
        model.cast("q.weight", DType.F32);
        assertEquals(List.of("q.weight", "q.bias"), names());
        assertEquals(List.of(10f, 20f, 300f, 400f), values(tensor("q.weight").written()));
        assertEquals(List.of(new Change.Folded("q.weight", "bytes")), model.changes());
    }

    @Test
    void anUpdateIsAddedToWhatIsMeant() {
        model.fold("q.weight", new Lora(floats("A", Shape.of(1, 2), 1, 2), floats("B", Shape.of(2, 1), 3, 4), 2));
        assertEquals(List.of(16f, 32f, 308f, 416f), values(tensor("q.weight").written()));
        assertEquals(List.of("q.weight", "q.bias"), names());
    }

    @Test
    void anUpdateIsAddedToWhatIsMeantAndStoredAgain() {
        model.parametrize("q.weight", "default", new Shift("shift", 1));
        model.requantize(
                "q.weight",
                new Lora(floats("A", Shape.of(1, 2), 1, 2), floats("B", Shape.of(2, 1), 3, 4), 20),
                OptionalDouble.empty());
        assertEquals(List.of("q.weight", "q.weight_scale", "q.bias"), names());
        DraftTensor weight = tensor("q.weight");
        // 10 + 60, 20 + 120; 300 + 80, 400 + 160 in hundreds.
        assertEquals(codes("again", MATRIX, 7, 14, 4, 6), weight.written());
        assertEquals(List.of(71f, 141f, 401f, 601f), values(weight.value()));
        assertEquals(
                new Change.Requantized("q.weight", "lora", "bytes", true),
                weight.changes().get(1));
        assertTrue(weight.cameStored());
        assertTrue(weight.wasFilled());
        model.rename(Map.of("q.weight", "k.weight"));
        assertEquals(List.of("k.weight", "k.weight_scale", "q.bias"), names());
    }

    @Test
    void whatIsNotStoredCannotBeStoredAgain() {
        assertEquals(
                "`q.bias` is stored as it is",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> model.requantize("q.bias", new Shift("shift", 1), OptionalDouble.empty()))
                        .getMessage());
    }

    @Test
    void aStorageSaysThatItCannotHoldOtherValues() {
        Rows rows = new Rows(codes("codes", Shape.of(2, 2), 1, 2, 3, 4), floats("scale", Shape.of(2, 1), 1, 1));
        assertEquals(
                "is stored as `rows`, whose codes are not made of values alone",
                assertThrows(IllegalArgumentException.class, () -> rows.requantized(codes, OptionalDouble.empty()))
                        .getMessage());
    }

    @Test
    void anAdapterStandsOnItAndFoldsWithIt() {
        model.parametrize("q.weight", "default", new Shift("shift", 5));
        assertEquals(codes, tensor("q.weight").written());
        assertEquals(List.of(15f, 25f, 305f, 405f), values(tensor("q.weight").value()));
        model.foldAdapter("default");
        assertEquals(List.of(15f, 25f, 305f, 405f), values(tensor("q.weight").written()));
    }

    @Test
    void itIsNotTrained() {
        assertEquals(
                "`q.weight` is stored as `bytes`: fold that first",
                assertThrows(IllegalArgumentException.class, () -> model.unfreeze("q.weight"))
                        .getMessage());
    }

    @Test
    void partsGoWithTheirTensor() {
        model.remove("q.weight");
        assertEquals(List.of("q.bias"), names());
    }

    @Test
    @Timeout(10)
    void removingOneAfterTheOtherTakesNoLookAtAllOthers() {
        int count = 20_000;
        ModelDraft large = new ModelDraft(
                List.of(),
                IntStream.range(0, count)
                        .mapToObj(i -> parameter("layers." + i + ".weight", Shape.of(2, 2), 0, 0, 0, 0))
                        .toList());
        for (int i = 0; i < count; i++) {
            large.parametrize(
                    "layers." + i + ".weight",
                    new Rows(codes("codes", Shape.of(2, 2), 1, 2, 3, 4), floats("scale", Shape.of(2, 1), 1, 1)));
        }
        for (int i = 0; i < count; i++) {
            large.remove("layers." + i + ".weight");
        }
        assertTrue(large.tensors().isEmpty());
    }
}
