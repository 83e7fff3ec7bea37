package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.ByteRange;
import io.graft.model.modules.DescribedModule;
import io.graft.model.modules.ModuleSource;
import io.graft.model.modules.ModuleTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.Selector;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModuleEditingTest {
    private static final DescribedModule HEAD = linear(5, 3);

    @Test
    void aModuleIsReplacedInItsPlace() {
        ModelDraft draft = Drafts.of("encoder.weight", "head.weight", "head.scale", "tail.weight");
        draft.freeze("head.weight");
        draft.replaceModule("head", HEAD);
        assertEquals(List.of("encoder.weight", "head.weight", "head.bias", "tail.weight"), names(draft));
        DraftTensor weight = draft.find("head.weight").orElseThrow();
        assertEquals(Shape.of(5, 3), weight.shape());
        assertEquals("", weight.origin());
        assertTrue(weight.trainable(), "a new tensor is trained, whatever the old one was");
        List<Change> changes = draft.changes();
        assertEquals(new Change.ModuleReplaced("head", "", HEAD), changes.get(1));
        assertEquals(new Change.Removed("head.weight"), changes.get(2));
        assertEquals(new Change.Removed("head.scale"), changes.get(3));
        assertEquals(new Change.Added("head.weight", weight.base().provenance()), changes.get(4));
        assertSame(changes.get(4), weight.changes().get(0));
        assertEquals(6, changes.size());
        assertEquals(
                List.of("head.weight", "head.bias"),
                draft.select(Selector.parse("head.*")).tensors());
        assertEquals("Linear", draft.tree().moduleType("head"));
    }

    @Test
    void laterEditsSeeTheNewModule() {
        ModelDraft draft = Drafts.of("head.weight");
        draft.replaceModule("head", HEAD);
        draft.freeze("head.bias");
        draft.assign("head.weight", Drafts.stored("trained", DType.F32, 5, 3));
        draft.cast("head.bias", DType.BF16);
        assertFalse(draft.find("head.bias").orElseThrow().trainable());
        draft.rename(Map.of("head.weight", "classifier.weight", "head.bias", "classifier.bias"));
        draft.replaceModule("classifier", linear(2, 3));
        assertEquals(List.of("classifier.weight", "classifier.bias"), names(draft));
        assertEquals(Shape.of(2), draft.find("classifier.bias").orElseThrow().shape());
    }

    @Test
    void modulesAreAddedAndRemoved() {
        ModelDraft draft = new ModelDraft(
                List.of(
                        new ModuleSpec("", "Net", Set.of()),
                        new ModuleSpec("layers", "Sequential", Set.of("01Sequential")),
                        new ModuleSpec("layers.0", "Linear", Set.of("01Linear"))),
                List.of(Drafts.parameter("layers.0.weight")));
        draft.addModule("layers.1", HEAD);
        assertEquals(List.of("layers.0.weight", "layers.1.weight", "layers.1.bias"), names(draft));
        assertEquals("Linear", draft.tree().moduleType("layers.1"));
        draft.removeModule("layers.0");
        assertEquals(List.of("layers.1.weight", "layers.1.bias"), names(draft));
        assertEquals(Optional.empty(), draft.tree().findModule("layers.01Linear"));
        assertEquals(
                new Change.ModuleRemoved("layers.0", "Linear"), draft.changes().get(3));
        assertEquals(new Change.Removed("layers.0.weight"), draft.changes().get(4));
    }

    @Test
    void theNewModuleHasTheSpellingsOfTheOld() {
        ModelDraft draft = new ModelDraft(
                List.of(new ModuleSpec("head", "Linear", Set.of("02Linear"))),
                List.of(Drafts.parameter("head.weight")));
        draft.replaceModule("head", HEAD);
        assertEquals(Optional.of("head"), draft.tree().findModule("02Linear"));
    }

    @Test
    void aTensorThatHasANameElsewhereStaysThere() {
        ModelDraft draft = tied();
        draft.replaceModule("head", linear(5, 3));
        assertEquals(List.of("embed.weight", "head.weight", "head.bias"), names(draft));
        assertEquals(List.of(), draft.tiedTo("embed.weight"));
        assertEquals(List.of(), draft.tiedTo("head.weight"));
    }

    @Test
    void aParametrizedTensorThatHasANameElsewhereIsNotTakenAway() {
        ModelDraft draft = tied();
        draft.parametrize("embed.weight", "default", new Shifts.Shift("shift", 1));
        List<Change> before = List.copyOf(draft.changes());
        assertRefused(
                "`head.weight` is one tensor with `embed.weight`, which is parametrized: fold what is on it, or take it off, first",
                () -> draft.replaceModule("head", HEAD));
        assertEquals(before, draft.changes());
        assertEquals(List.of("embed.weight", "head.weight"), names(draft));
    }

    @Test
    void parametrizationsGoWithTheModule() {
        ModelDraft draft = new ModelDraft(
                List.of(),
                List.of(
                        DraftTensor.initial(
                                "head.weight",
                                Set.of(),
                                TensorKind.PARAMETER,
                                true,
                                Drafts.stored("a", DType.F32, 2, 3)),
                        Drafts.parameter("tail.weight")));
        Shifts.Scaled scaled = new Shifts.Scaled(Drafts.stored("by", DType.F32, 3), Sharing.TENSOR);
        draft.parametrize("head.weight", "default", scaled);
        assertEquals(3, draft.tensors().size());
        draft.replaceModule("head", HEAD);
        assertEquals(List.of("head.weight", "head.bias", "tail.weight"), names(draft));
        assertTrue(draft.changes().contains(new Change.Unparametrized("head.weight", "default", "ia3")));
        assertEquals(List.of(), draft.adapters(), "an adapter that stands on nothing is none");
        draft.parametrize("head.weight", "default", scaled);
        assertTrue(draft.find("head.ia3_l.default").isPresent());
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() {
        ModelDraft draft = Drafts.of("a.b.weight", "c");
        assertRefused("the root of a model is no module of it", () -> draft.replaceModule("", HEAD));
        assertRefused("the model has no module `a.x`", () -> draft.replaceModule("a.x", HEAD));
        assertRefused("the model has no module `c`", () -> draft.removeModule("c"));
        assertRefused("the model already has `a.b`: replace it", () -> draft.addModule("a.b", HEAD));
        assertRefused("the model already has `c`: replace it", () -> draft.addModule("c", HEAD));
        assertRefused("`x.y` has no place in the model, which has no module `x`", () -> draft.addModule("x.y", HEAD));
        assertRefused(
                "`Net` has two tensors `w`", () -> draft.replaceModule("a", source(List.of(tensor("w"), tensor("w")))));
        assertRefused("`Net` has a tensor without a name", () -> draft.addModule("d", source(List.of(tensor("")))));
        assertRefused(
                "`a.scale` has shape [3], for which there is no usual start: say how it starts, "
                        + Initializer.allowed(),
                () -> draft.replaceModule("a", described("scale", Shape.of(3))));
        assertEquals(List.of(), draft.changes());
        assertEquals(List.of("a.b.weight", "c"), names(draft));
    }

    @Test
    void aDescriptionHasTensors() {
        assertRefused(
                "a module that is told by its tensors has one at least",
                () -> new DescribedModule("Linear", 0, Map.of()));
    }

    private static ModelDraft tied() {
        ByteRange range = new ByteRange(Path.of("shared"), 0, 24);
        return new ModelDraft(
                List.of(),
                List.of(
                        DraftTensor.initial(
                                "embed.weight",
                                Set.of(),
                                TensorKind.PARAMETER,
                                true,
                                Drafts.stored("embed.weight", range, DType.F32, 2, 3)),
                        DraftTensor.initial(
                                "head.weight",
                                Set.of(),
                                TensorKind.PARAMETER,
                                true,
                                Drafts.stored("head.weight", range, DType.F32, 2, 3))));
    }

    private static DescribedModule linear(long out, long in) {
        Map<String, DescribedModule.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("weight", parameter(Shape.of(out, in)));
        tensors.put("bias", parameter(Shape.of(out)));
        return new DescribedModule("Linear", 0, tensors);
    }

    private static DescribedModule described(String name, Shape shape) {
        return new DescribedModule("", 0, Map.of(name, parameter(shape)));
    }

    private static DescribedModule.Tensor parameter(Shape shape) {
        return new DescribedModule.Tensor(TensorKind.PARAMETER, DType.F32, shape, Optional.empty());
    }

    private static ModuleTensor tensor(String name) {
        return new ModuleTensor(name, TensorKind.PARAMETER, Drafts.stored(name, DType.F32));
    }

    private static ModuleSource source(List<ModuleTensor> tensors) {
        return new ModuleSource() {
            @Override
            public String description() {
                return "Net";
            }

            @Override
            public List<ModuleSpec> modules() {
                return List.of();
            }

            @Override
            public List<ModuleTensor> tensors(String path) {
                return tensors;
            }
        };
    }

    private static List<String> names(ModelDraft draft) {
        return draft.tensors().stream().map(DraftTensor::name).toList();
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable edit) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, edit).getMessage());
    }
}
