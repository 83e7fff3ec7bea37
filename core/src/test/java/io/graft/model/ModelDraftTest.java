package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.Selector;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ModelDraftTest {
    private final DraftTensor weight = Drafts.parameter("encoder.weight");
    private final DraftTensor bias = Drafts.parameter("encoder.bias");
    private final DraftTensor mean = Drafts.buffer("norm.mean");
    private final ModelDraft model = new ModelDraft(List.of(), List.of(weight, bias, mean));

    @Test
    void keepsTheStateDictsOrder() {
        assertEquals(List.of("encoder.weight", "encoder.bias", "norm.mean"), names());
        model.rename(Map.of("encoder.weight", "z.weight"));
        model.add("new", TensorKind.BUFFER, Drafts.stored("new", DType.F32));
        model.remove("encoder.bias");
        assertEquals(List.of("z.weight", "norm.mean", "new"), names());
    }

    @Test
    void refusesTwoTensorsOfOneName() {
        assertMessage(
                "the model already has a tensor named `encoder.weight`",
                () -> new ModelDraft(List.of(), List.of(weight, weight)));
        assertMessage(
                "the model already has a tensor named `encoder.bias`",
                () -> model.add("encoder.bias", TensorKind.PARAMETER, weight.base()));
    }

    @Test
    void freezesAndUnfreezesAndTellsWhatChanged() {
        assertTrue(model.freeze("encoder.weight"));
        assertFalse(model.freeze("encoder.weight"));
        assertFalse(model.find("encoder.weight").orElseThrow().trainable());
        assertTrue(model.find("encoder.bias").orElseThrow().trainable());
        assertTrue(model.unfreeze("encoder.weight"));
        assertFalse(model.unfreeze("encoder.weight"));
        assertEquals(
                List.of(new Change.Frozen("encoder.weight"), new Change.Unfrozen("encoder.weight")), model.changes());
        DraftTensor again = model.find("encoder.weight").orElseThrow();
        assertTrue(again.trainable());
        assertSame(weight.base(), again.base());
        assertEquals(model.changes(), again.changes());
    }

    @Test
    void theLastEditSaysWhenATensorIsTrained() {
        Trainability.During late = new Trainability.During(
                Optional.of(new Trainability.Moment(Trainability.Unit.EPOCH, 3)), Optional.empty());
        assertTrue(model.train("encoder.weight", late));
        assertFalse(model.train("encoder.weight", late));
        DraftTensor scheduled = model.find("encoder.weight").orElseThrow();
        assertEquals(late, scheduled.trainability());
        assertFalse(scheduled.trainable());
        assertTrue(model.freeze("encoder.weight"));
        assertTrue(model.train("encoder.weight", late));
        assertTrue(model.train("encoder.weight", Trainability.always()));
        assertFalse(model.unfreeze("encoder.weight"));
        assertEquals(
                List.of(
                        new Change.Scheduled("encoder.weight", late),
                        new Change.Frozen("encoder.weight"),
                        new Change.Scheduled("encoder.weight", late),
                        new Change.Unfrozen("encoder.weight")),
                model.changes());
    }

    @Test
    void aBufferIsNeverTrained() {
        assertFalse(model.freeze("norm.mean"));
        assertMessage(
                "`norm.mean` is a buffer, and a buffer is never trained",
                () -> model.train(
                        "norm.mean",
                        Trainability.during(
                                Optional.empty(), Optional.of(new Trainability.Moment(Trainability.Unit.STEP, 9)))));
        assertMessage("`norm.mean` is a buffer, and a buffer is never trained", () -> model.unfreeze("norm.mean"));
        assertEquals(List.of(), model.changes());
    }

    @Test
    void anUnknownNameIsRefusedByEveryOperation() {
        List<Executable> operations = List.of(
                () -> model.freeze("nope"),
                () -> model.unfreeze("nope"),
                () -> model.train("nope", Trainability.never()),
                () -> model.assign("nope", weight.base()),
                () -> model.cast("nope", DType.F16),
                () -> model.rename(Map.of("nope", "new")),
                () -> model.remove("nope"),
                () -> model.tiedTo("nope"),
                () -> model.parametrize("nope", "default", new Shifts.Shift("toy", 1)));
        for (Executable operation : operations) {
            assertMessage("the model has no tensor named `nope`", operation);
        }
        assertUntouched();
    }

    @Test
    void assignsValuesOfTheSameDtype() {
        LazyTensor value = Drafts.stored("source", DType.F32);
        model.assign("encoder.weight", value);
        assertSame(value, model.find("encoder.weight").orElseThrow().base());
        assertEquals(
                List.of(new Change.Assigned(
                        "encoder.weight", TensorKind.PARAMETER, new Provenance.Stored("file", "source"))),
                model.changes());
    }

    @Test
    void assigningAnotherDtypeIsACastToTheTensorsOwn() {
        LazyTensor value = Drafts.stored("source", DType.F16);
        model.assign("norm.mean", value);
        DraftTensor assigned = model.find("norm.mean").orElseThrow();
        assertSame(value, assigned.value());
        assertEquals(DType.F32, assigned.dtype());
        CastTensor cast = assertInstanceOf(CastTensor.class, assigned.written());
        assertEquals(DType.F32, cast.dtype());
        assertEquals(
                List.of(
                        new Change.Cast("norm.mean", DType.F16, DType.F32),
                        new Change.Assigned("norm.mean", TensorKind.BUFFER, value.provenance())),
                model.changes());
        assertEquals(new Provenance.Computed("cast F16 to F32", List.of(value.provenance())), cast.provenance());
    }

    @Test
    void assigningAnotherShapeIsRefused() {
        assertMessage(
                "`encoder.weight` has shape [], the value [2]",
                () -> model.assign("encoder.weight", Drafts.stored("source", DType.F32, 2)));
        assertUntouched();
    }

    @Test
    void whatIsResizedKeepsItsPlace() {
        LazyTensor value = Drafts.stored("source", DType.F16, 2);
        model.freeze("encoder.bias");
        model.resize("encoder.bias", value);
        assertEquals(List.of("encoder.weight", "encoder.bias", "norm.mean"), names());
        DraftTensor resized = model.find("encoder.bias").orElseThrow();
        assertSame(value, resized.base());
        assertEquals(Shape.of(2), resized.shape());
        assertEquals(DType.F32, resized.dtype());
        assertEquals("encoder.bias", resized.origin());
        assertFalse(resized.trainable());
        assertEquals(
                List.of(
                        new Change.Frozen("encoder.bias"),
                        new Change.Cast("encoder.bias", DType.F16, DType.F32),
                        new Change.Resized("encoder.bias", Shape.SCALAR, Shape.of(2), value.provenance())),
                model.changes());
    }

    @Test
    void whatIsParametrizedIsNotResized() {
        model.parametrize("encoder.weight", "default", new Shifts.Shift("toy", 1));
        assertMessage(
                "`encoder.weight` is parametrized, and cannot be resized: fold what is on it, or take it off, first",
                () -> model.resize("encoder.weight", Drafts.stored("source", DType.F32, 2)));
    }

    @Test
    void resizingToTheSameShapeIsAssigning() {
        LazyTensor value = Drafts.stored("source", DType.F32);
        model.resize("encoder.weight", value);
        assertEquals(
                List.of(new Change.Assigned("encoder.weight", TensorKind.PARAMETER, value.provenance())),
                model.changes());
    }

    @Test
    void castsOnlyWhatHasAnotherDtype() {
        model.cast("encoder.bias", DType.F32);
        assertUntouched();
        model.cast("encoder.bias", DType.BF16);
        DraftTensor cast = model.find("encoder.bias").orElseThrow();
        assertEquals(DType.BF16, cast.dtype());
        assertEquals(List.of(new Change.Cast("encoder.bias", DType.F32, DType.BF16)), model.changes());
    }

    @Test
    void renamesAllAtOnce() {
        model.rename(Map.of("encoder.weight", "encoder.bias", "encoder.bias", "encoder.weight"));
        assertEquals(List.of("encoder.bias", "encoder.weight", "norm.mean"), names());
        assertSame(weight.base(), model.find("encoder.bias").orElseThrow().base());
        assertEquals("encoder.weight", model.find("encoder.bias").orElseThrow().origin());
        assertEquals(
                List.of(
                        new Change.Renamed("encoder.weight", "encoder.bias"),
                        new Change.Renamed("encoder.bias", "encoder.weight")),
                model.changes());
    }

    @Test
    void aRenamingThatCollidesChangesNothing() {
        assertMessage(
                "`encoder.bias` and `norm.mean` would both be called `norm.mean`",
                () -> model.rename(Map.of("encoder.weight", "x", "encoder.bias", "norm.mean")));
        assertUntouched();
    }

    @Test
    void aRenamingToItselfIsNoChange() {
        model.rename(Map.of("encoder.weight", "encoder.weight"));
        assertUntouched();
    }

    @Test
    void selectorsFollowEveryEdit() {
        assertEquals(List.of("encoder.weight", "encoder.bias"), selected("encoder"));
        model.rename(Map.of("encoder.bias", "head.bias"));
        assertEquals(List.of("encoder.weight"), selected("encoder"));
        assertEquals(List.of("head.bias"), selected("head"));
        model.add("encoder.scale", TensorKind.PARAMETER, Drafts.stored("scale", DType.F32));
        assertEquals(List.of("encoder.weight", "encoder.scale"), selected("encoder"));
        model.remove("head.bias");
        assertTrue(model.select(Selector.parse("head")).isEmpty());
    }

    @Test
    void aDeclaredModuleGoesWithItsLastTensor() {
        ModelDraft block = new ModelDraft(
                List.of(new ModuleSpec("encoder", "Linear", Set.of()), new ModuleSpec("act", "ReLU", Set.of())),
                List.of(weight, bias));
        block.remove("encoder.weight");
        assertEquals(
                List.of("encoder", "act"), block.select(Selector.parse("*")).modules());
        block.rename(Map.of("encoder.bias", "head.bias"));
        assertEquals(List.of("act", "head"), block.select(Selector.parse("*")).modules());
    }

    @Test
    void addedTensorsAreTheModifiers() {
        LazyTensor value = Drafts.stored("a", DType.F32);
        model.add("lora.a", TensorKind.PARAMETER, value);
        model.add("lora.scale", TensorKind.BUFFER, value);
        DraftTensor parameter = model.find("lora.a").orElseThrow();
        assertEquals("", parameter.origin());
        assertTrue(parameter.trainable());
        assertFalse(model.find("lora.scale").orElseThrow().trainable());
        assertEquals(
                List.of(
                        new Change.Added("lora.a", value.provenance()),
                        new Change.Added("lora.scale", value.provenance())),
                model.changes());
    }

    @Test
    void modulesAboveModulesGoWithTheLastTensorUnderThem() {
        List<ModuleSpec> modules = List.of(
                new ModuleSpec("a", "Net", Set.of()),
                new ModuleSpec("a.b", "Linear", Set.of()),
                new ModuleSpec("c", "Linear", Set.of()));
        ModelDraft nested =
                new ModelDraft(modules, List.of(Drafts.parameter("a.b.weight"), Drafts.parameter("c.weight")));
        nested.rename(Map.of("a.b.weight", "x.weight"));
        assertEquals(List.of("c", "x"), nested.select(Selector.parse("**")).modules());
        nested.rename(Map.of("x.weight", "a.b.weight"));
        assertEquals(
                List.of("a", "a.b", "c"), nested.select(Selector.parse("**")).modules());
        assertEquals("Net", nested.tree().moduleType("a"));
    }

    @Test
    void tiedTensorsShareTheirStorage() {
        ByteRange range = new ByteRange(Path.of("model.pt"), 64, 16);
        LazyTensor embedding = Drafts.stored("embedding.weight", range, DType.F32, 2, 2);
        LazyTensor head = Drafts.stored("head.weight", range, DType.F32, 2, 2);
        LazyTensor flat = Drafts.stored("flat", range, DType.F32, 4);
        TensorData otherOrder = TensorData.of(ByteBuffer.allocate(16).putInt(4, 1));
        LazyTensor transposed =
                StoredTensor.of(new TensorEntry("transposed", DType.F32, Shape.of(2, 2), range, otherOrder), "file");
        ModelDraft tied = new ModelDraft(
                List.of(),
                List.of(
                        initial("embedding.weight", embedding),
                        initial("head.weight", head),
                        initial("flat", flat),
                        initial("transposed", transposed),
                        initial("empty", emptyAt(range)),
                        initial("hollow", emptyAt(range))));
        assertEquals(List.of("head.weight"), tied.tiedTo("embedding.weight"));
        assertEquals(List.of(), tied.tiedTo("flat"));
        assertEquals(List.of(), tied.tiedTo("transposed"));
        assertEquals(List.of(), tied.tiedTo("empty"));
        tied.rename(Map.of("head.weight", "lm_head.weight"));
        assertEquals(List.of("lm_head.weight"), tied.tiedTo("embedding.weight"));
    }

    @Test
    void assigningOneTensorToTwoNamesTiesNothing() {
        LazyTensor value = Drafts.stored("shared", DType.F32);
        model.assign("encoder.weight", value);
        model.assign("encoder.bias", value);
        assertEquals(List.of(), model.tiedTo("encoder.weight"));
    }

    @Test
    void aDroppedDraftLeavesTheModelAsItWas() {
        List<DraftTensor> tensors = List.of(weight, bias, mean);
        ModelDraft dropped = new ModelDraft(List.of(), tensors);
        dropped.freeze("encoder.weight");
        dropped.assign("encoder.bias", Drafts.stored("other", DType.F16));
        dropped.rename(Map.of("norm.mean", "norm.average"));
        dropped.remove("encoder.weight");
        ModelDraft again = new ModelDraft(List.of(), tensors);
        assertEquals(tensors, List.copyOf(again.tensors()));
        assertEquals(List.of(), again.changes());
    }

    @Test
    void whatADraftShowsCannotBeEdited() {
        assertThrows(UnsupportedOperationException.class, () -> model.tensors().clear());
        assertThrows(UnsupportedOperationException.class, () -> model.changes().add(new Change.Frozen("x")));
    }

    private static LazyTensor emptyAt(ByteRange range) {
        return Drafts.stored("empty", new ByteRange(range.file(), range.offset(), 0), DType.F32, 0);
    }

    private static DraftTensor initial(String name, LazyTensor value) {
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, true, value);
    }

    private List<String> names() {
        return model.tensors().stream().map(DraftTensor::name).toList();
    }

    private List<String> selected(String selector) {
        return model.select(Selector.parse(selector)).tensors();
    }

    private void assertUntouched() {
        assertEquals(List.of(weight, bias, mean), List.copyOf(model.tensors()));
        assertEquals(List.of(), model.changes());
    }

    private static void assertMessage(String message, Executable operation) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, operation).getMessage());
    }
}
