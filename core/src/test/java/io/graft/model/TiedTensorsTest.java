package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Totals;
import io.graft.ValueWatch;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A tensor under several names is one tensor, whatever they are called meanwhile. */
class TiedTensorsTest {
    private static final ByteRange SHARED = new ByteRange(Path.of("model.pt"), 64, 16);
    private static final ByteRange OTHER = new ByteRange(Path.of("model.pt"), 128, 16);

    private static final Shifts.Lora LORA =
            new Shifts.Lora(Shifts.floats("A", Shape.of(1, 2), 1, 2), Shifts.floats("B", Shape.of(2, 1), 3, 4), 2);
    private static final List<String> TIED = List.of("embedding.weight", "head.weight", "draft.weight");

    private final ModelDraft model = new ModelDraft(
            List.of(),
            List.of(
                    tensor("embedding.weight", SHARED),
                    tensor("norm.weight", OTHER),
                    tensor("head.weight", SHARED),
                    tensor("draft.weight", SHARED)));

    @Test
    void theRenamedTensorKnowsTheOthersAndTheyKnowItsNewName() {
        model.rename(Map.of("head.weight", "lm_head.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("lm_head.weight"));
        assertEquals(List.of("lm_head.weight", "draft.weight"), model.tiedTo("embedding.weight"));
        assertEquals(List.of("embedding.weight", "lm_head.weight"), model.tiedTo("draft.weight"));
    }

    @Test
    void aNameThatATiedTensorGaveUpTiesWhoeverTakesItToNothing() {
        model.rename(Map.of("head.weight", "norm.weight", "norm.weight", "head.weight"));
        assertEquals(List.of(), model.tiedTo("head.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("norm.weight"));
        assertEquals(List.of("norm.weight", "draft.weight"), model.tiedTo("embedding.weight"));
    }

    @Test
    void renamedTwiceAndRemoved() {
        model.rename(Map.of("embedding.weight", "a", "draft.weight", "b"));
        model.rename(Map.of("a", "b", "b", "a"));
        assertEquals(List.of("head.weight", "a"), model.tiedTo("b"));
        model.remove("b");
        assertEquals(List.of("a"), model.tiedTo("head.weight"));
        model.remove("head.weight");
        assertEquals(List.of(), model.tiedTo("a"));
    }

    @Test
    void anAddedTensorIsTiedToNothing() {
        model.add("new.weight", TensorKind.PARAMETER, Drafts.stored("new", SHARED, DType.F32, 2, 2));
        assertEquals(List.of(), model.tiedTo("new.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("head.weight"));
    }

    @Test
    void anEditUnderOneNameIsAnEditUnderAll() {
        LazyTensor value = Drafts.stored("value", DType.F16, 2, 2);
        assertTrue(model.freeze("head.weight"));
        assertFalse(model.freeze("draft.weight"));
        model.assign("draft.weight", value);
        model.cast("embedding.weight", DType.BF16);
        for (String name : TIED) {
            DraftTensor tensor = model.find(name).orElseThrow();
            assertEquals(Trainability.never(), tensor.trainability(), name);
            assertEquals(DType.BF16, tensor.dtype(), name);
            assertSame(value, tensor.base(), name);
            assertEquals(name, tensor.name());
            assertEquals(name, tensor.origin());
        }
        assertEquals(
                List.of(
                        new Change.Frozen("head.weight"),
                        new Change.Frozen("embedding.weight"),
                        new Change.Frozen("draft.weight"),
                        new Change.Cast("draft.weight", DType.F16, DType.F32),
                        new Change.Cast("embedding.weight", DType.F16, DType.F32),
                        new Change.Cast("head.weight", DType.F16, DType.F32),
                        new Change.Assigned("draft.weight", TensorKind.PARAMETER, value.provenance()),
                        new Change.Assigned("embedding.weight", TensorKind.PARAMETER, value.provenance()),
                        new Change.Assigned("head.weight", TensorKind.PARAMETER, value.provenance()),
                        new Change.Cast("embedding.weight", DType.F32, DType.BF16),
                        new Change.Cast("head.weight", DType.F32, DType.BF16),
                        new Change.Cast("draft.weight", DType.F32, DType.BF16)),
                model.changes());
        assertEquals(
                List.of(
                        new Change.Frozen("embedding.weight"),
                        new Change.Cast("embedding.weight", DType.F16, DType.F32),
                        new Change.Assigned("embedding.weight", TensorKind.PARAMETER, value.provenance()),
                        new Change.Cast("embedding.weight", DType.F32, DType.BF16)),
                model.find("embedding.weight").orElseThrow().changes());
    }

    @Test
    void whereValuesStayEachNameKeepsItsOwnWordsForThem() {
        LazyTensor before = model.find("embedding.weight").orElseThrow().base();
        model.freeze("head.weight");
        model.cast("draft.weight", DType.F16);
        assertSame(before, model.find("embedding.weight").orElseThrow().base());
    }

    @Test
    void aPartedNameHasATensorOfItsOwn() {
        model.freeze("embedding.weight");
        assertEquals(List.of("embedding.weight", "draft.weight"), model.part("head.weight"));
        assertEquals(List.of(), model.part("head.weight"));
        model.unfreeze("head.weight");
        model.assign("embedding.weight", Drafts.stored("value", DType.F32, 2, 2));
        assertEquals(
                List.of(false, true, false),
                TIED.stream()
                        .map(name -> model.find(name).orElseThrow().trainable())
                        .toList());
        assertEquals(
                new Provenance.Stored("file", "head.weight"),
                model.find("head.weight").orElseThrow().base().provenance());
        assertEquals(List.of(), model.tiedTo("head.weight"));
        assertEquals(List.of("draft.weight"), model.tiedTo("embedding.weight"));
        assertEquals(
                new Change.Parted("head.weight", List.of("embedding.weight", "draft.weight")),
                model.changes().get(3));
        assertEquals(List.of("draft.weight"), model.part("embedding.weight"));
        assertEquals(List.of(), model.tiedTo("draft.weight"));
        assertEquals(List.of(), model.part("norm.weight"));
    }

    @Test
    void itCountsOnceByItsFirstName() {
        assertEquals(new Totals(2, 8, 8, 0, 32), totals());
        model.freeze("draft.weight");
        assertEquals(new Totals(2, 8, 4, 0, 32), totals());
        model.remove("embedding.weight");
        assertEquals(new Totals(2, 8, 4, 0, 32), totals());
        model.part("head.weight");
        assertEquals(new Totals(3, 12, 4, 0, 48), totals());
    }

    @Test
    void oneTensorHasOneKindAndIsTrainedOrNotAsItsFirstNameSays() {
        ModelDraft mixed = new ModelDraft(
                List.of(),
                List.of(
                        DraftTensor.initial("a", Set.of(), TensorKind.PARAMETER, false, at("a", SHARED)),
                        DraftTensor.initial("b", Set.of(), TensorKind.BUFFER, false, at("b", SHARED)),
                        DraftTensor.initial("c", Set.of(), TensorKind.PARAMETER, true, at("c", SHARED))));
        for (DraftTensor tensor : mixed.tensors()) {
            assertEquals(TensorKind.PARAMETER, tensor.kind());
            assertEquals(Trainability.never(), tensor.trainability());
        }
    }

    @Test
    void aNameThatNoFileListsIsWrittenOnceItHasATensorOfItsOwn() {
        ModelDraft implied = withImpliedHead();
        assertEquals(List.of("head.weight"), implied.tiedTo("embedding.weight"));
        assertEquals(List.of("embedding.weight", "norm.weight"), written(implied));
        implied.part("head.weight");
        assertEquals(List.of("embedding.weight", "norm.weight", "head.weight"), written(implied));
        implied = withImpliedHead();
        implied.part("embedding.weight");
        assertEquals(List.of("embedding.weight", "norm.weight", "head.weight"), written(implied));
        implied = withImpliedHead();
        implied.remove("embedding.weight");
        assertEquals(List.of("norm.weight", "head.weight"), written(implied));
    }

    @Test
    void aParametrizationStandsOnAllNamesAndBringsWhatItOwnsOnce() {
        model.parametrize("head.weight", "default", LORA);
        assertEquals(
                List.of(
                        new Change.Parametrized("head.weight", "default", "lora"),
                        new Change.Parametrized("embedding.weight", "default", "lora"),
                        new Change.Parametrized("draft.weight", "default", "lora")),
                model.changes());
        assertEquals(6, model.tensors().size());
        assertEquals(
                Set.of("embedding.weight"), model.adapters().get(0).byTensor().keySet());
        assertEquals(List.of(6f, 12f, 8f, 16f), valuesOf("draft.weight"));
        model.assign("head.lora_A.default", Shifts.floats("A", Shape.of(1, 2), 0, 1));
        assertEquals(List.of(0f, 6f, 0f, 8f), valuesOf("embedding.weight"));
        model.activate(Map.of("default", 0.5));
        assertEquals(List.of(0f, 3f, 0f, 4f), valuesOf("embedding.weight"));
        model.rename(Map.of("head.weight", "lm.weight"));
        assertEquals(List.of(0f, 3f, 0f, 4f), valuesOf("draft.weight"));
        int before = model.changes().size();
        model.foldAdapter("default");
        assertEquals(
                List.of(
                        new Change.Folded("embedding.weight", "lora"),
                        new Change.Folded("lm.weight", "lora"),
                        new Change.Folded("draft.weight", "lora")),
                model.changes().subList(before, before + 3));
        assertEquals(before + 3, model.changes().size());
        assertEquals(List.of(0f, 3f, 0f, 4f), valuesOf("lm.weight"));
        assertEquals(List.of(0f, 3f, 0f, 4f), valuesOf("draft.weight"));
        assertEquals(4, model.tensors().size());
    }

    @Test
    void anAdapterIsTakenOffAllNames() {
        model.parametrize("head.weight", "default", LORA);
        model.unparametrize("default");
        assertEquals(List.of(0f, 0f, 0f, 0f), valuesOf("draft.weight"));
        assertEquals(6, model.changes().size());
        assertEquals(4, model.tensors().size());
    }

    @Test
    void aParametrizedTensorKeepsItsNames() {
        model.parametrize("head.weight", "default", LORA);
        String message =
                "`embedding.weight` is one tensor with `head.weight`, `draft.weight`, which is parametrized: fold what"
                        + " is on it, or take it off, first";
        for (Executable operation :
                List.<Executable>of(() -> model.part("embedding.weight"), () -> model.remove("embedding.weight"))) {
            assertEquals(
                    message,
                    assertThrows(IllegalArgumentException.class, operation).getMessage());
        }
        assertEquals(3, model.changes().size());
    }

    private List<Float> valuesOf(String name) {
        return Shifts.values(model.find(name).orElseThrow().value());
    }

    private static ModelDraft withImpliedHead() {
        return new ModelDraft(
                List.of(),
                List.of(
                        tensor("embedding.weight", SHARED),
                        tensor("norm.weight", OTHER),
                        tensor("head.weight", SHARED).implied()));
    }

    private static List<String> written(ModelDraft draft) {
        return new ValueWatch()
                .outputs(List.copyOf(draft.tensors())).stream()
                        .map(OutputTensor::name)
                        .toList();
    }

    private Totals totals() {
        return Totals.of(List.copyOf(model.tensors()));
    }

    private static LazyTensor at(String name, ByteRange range) {
        return Drafts.stored(name, range, DType.F32, 2, 2);
    }

    private static DraftTensor tensor(String name, ByteRange range) {
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, true, at(name, range));
    }
}
