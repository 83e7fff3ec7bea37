package io.graft.model;

import static io.graft.model.Shifts.codes;
import static io.graft.model.Shifts.floats;
import static io.graft.model.Shifts.parameter;
import static io.graft.model.Shifts.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.model.Shifts.Lora;
import io.graft.model.Shifts.Rows;
import io.graft.model.Shifts.Scaled;
import io.graft.model.Shifts.Shift;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Parametrizations on the tensors of a draft, and what they own. */
class ParametrizingTest {
    private static final Shape MATRIX = Shape.of(2, 2);

    private final ModelDraft model = new ModelDraft(
            List.of(),
            List.of(
                    parameter("q.weight", MATRIX, 1, 2, 3, 4),
                    parameter("q.bias", Shape.of(2), 1, 1),
                    parameter("v.weight", MATRIX, 0, 0, 0, 0)));
    private final Lora lora = new Lora(floats("A", Shape.of(1, 2), 1, 2), floats("B", Shape.of(2, 1), 3, 4), 2);

    @Test
    void whatIsOwnedIsAnEntryOfTheStateDict() {
        model.parametrize("q.weight", "default", lora);
        assertEquals(List.of("q.weight", "q.bias", "v.weight", "q.lora_A.default", "q.lora_B.default"), names());
        DraftTensor a = tensor("q.lora_A.default");
        assertEquals(
                new Owner("q.weight", "default", "lora_A", Sharing.TENSOR),
                a.owner().orElseThrow());
        assertEquals(TensorKind.PARAMETER, a.kind());
        assertTrue(a.trainable());
        assertFalse(a.isStored());
        model.freeze("q.lora_A.default");
        assertFalse(tensor("q.lora_A.default").trainable());
        assertEquals(
                List.of(new Change.Parametrized("q.weight", "default", "lora"), new Change.Frozen("q.lora_A.default")),
                model.changes());
    }

    @Test
    void theModelComputesWithTheUpdateAndStoresTheBase() {
        model.parametrize("q.weight", "default", lora);
        assertEquals(List.of(7f, 14f, 11f, 20f), values(tensor("q.weight").value()));
        assertEquals(List.of(1f, 2f, 3f, 4f), values(tensor("q.weight").written()));
        assertEquals(
                new Provenance.Computed(
                        "lora",
                        List.of(
                                new Provenance.Stored("file", "q.weight"),
                                new Provenance.Stored("file", "B"),
                                new Provenance.Stored("file", "A"))),
                tensor("q.weight").value().provenance());
    }

    @Test
    void parametrizationsStackInOrder() {
        model.parametrize("q.bias", "first", new Scaled(floats("l", Shape.of(2), 10, 20), Sharing.TENSOR));
        model.parametrize("q.bias", "second", new Shift("shift", 5));
        assertEquals(List.of(15f, 25f), values(tensor("q.bias").value()));
        assertEquals(
                List.of("first", "second"),
                model.adapters().stream().map(Adapter::name).toList());
    }

    @Test
    void anOwnedTensorOfABiasHasItsNameToo() {
        model.parametrize("q.bias", "default", new Scaled(floats("l", Shape.of(2), 1, 1), Sharing.TENSOR));
        assertEquals("q.ia3_l.bias.default", names().get(3));
    }

    @Test
    void weightAndBiasOfAModuleShareATensor() {
        Scaled rows = new Scaled(floats("l", Shape.of(2, 1), 10, 20), Sharing.MODULE);
        model.parametrize("q.weight", "default", rows);
        model.parametrize("v.weight", "default", rows);
        assertEquals(List.of("q.ia3_l.default", "v.ia3_l.default"), names().subList(3, 5));
        model.parametrize("q.bias", "other", new Scaled(floats("l", Shape.of(2), 3, 4), Sharing.MODULE));
        model.parametrize("q.weight", "other", new Scaled(floats("l", Shape.of(2), 3, 4), Sharing.MODULE));
        assertEquals("q.ia3_l.other", names().get(5));
        assertEquals(6, names().size());
        model.assign("q.ia3_l.other", floats("new", Shape.of(2), 0, 1));
        assertEquals(List.of(0f, 1f), values(tensor("q.bias").value()));
        assertEquals(List.of(0f, 20f, 0f, 80f), values(tensor("q.weight").value()));
    }

    @Test
    void allWeightsOfAnAdapterShareATensor() {
        Scaled vera = new Scaled(floats("l", Shape.of(2), 2, 3), Sharing.ADAPTER);
        model.parametrize("q.weight", "default", vera);
        model.parametrize("v.weight", "default", vera);
        assertEquals(List.of("q.weight", "q.bias", "v.weight", "ia3_l.default"), names());
    }

    @Test
    void newValuesOfAnOwnedTensorAreSeen() {
        model.parametrize("q.weight", "default", lora);
        model.assign("q.lora_B.default", floats("B", Shape.of(2, 1), 0, 0));
        assertEquals(List.of(1f, 2f, 3f, 4f), values(tensor("q.weight").value()));
    }

    @Test
    void weightsOfAdaptersScaleWhatTheyChange() {
        model.parametrize("q.weight", "a", lora);
        model.parametrize("q.bias", "b", new Shift("shift", 3));
        model.activate(Map.of("a", -0.5));
        assertEquals(List.of(-2f, -4f, -1f, -4f), values(tensor("q.weight").value()));
        assertEquals(List.of(1f, 1f), values(tensor("q.bias").value()));
        assertEquals(
                List.of(new Change.Activated("q.weight", "a", -0.5), new Change.Activated("q.bias", "b", 0)),
                model.changes().subList(2, 4));
        assertEquals(
                List.of(-0.5, 0.0),
                model.adapters().stream().map(Adapter::weight).toList());
        model.activate(Map.of("a", -0.5, "b", 2.0));
        assertEquals(List.of(7f, 7f), values(tensor("q.bias").value()));
        assertEquals(5, model.changes().size());
    }

    @Test
    void foldingAnAdapterDropsWhatItOwns() {
        model.parametrize("q.weight", "default", lora);
        model.parametrize("v.weight", "default", lora);
        model.activate(Map.of("default", 0.5));
        model.foldAdapter("default");
        assertEquals(List.of("q.weight", "q.bias", "v.weight"), names());
        assertEquals(List.of(4f, 8f, 7f, 12f), values(tensor("q.weight").written()));
        assertEquals(List.of(), model.adapters());
        assertEquals(List.of(), tensor("q.weight").parametrizations());
        assertEquals(new Change.Folded("q.weight", "lora"), model.changes().get(4));
    }

    @Test
    void foldingWithoutAStayIsTheSame() {
        model.fold("q.weight", lora);
        assertEquals(List.of(7f, 14f, 11f, 20f), values(tensor("q.weight").written()));
        assertEquals(3, names().size());
        assertEquals(List.of(new Change.Folded("q.weight", "lora")), model.changes());
        model.assign("q.weight", floats("new", MATRIX, 9, 9, 9, 9));
        assertEquals(List.of(9f, 9f, 9f, 9f), values(tensor("q.weight").value()));
    }

    @Test
    void takingAnAdapterOffLeavesTheModelAsItWas() {
        model.parametrize("q.weight", "a", lora);
        model.parametrize("q.weight", "b", new Shift("shift", 1));
        model.unparametrize("a");
        assertEquals(List.of("q.weight", "q.bias", "v.weight"), names());
        assertEquals(List.of(2f, 3f, 4f, 5f), values(tensor("q.weight").value()));
        model.unparametrize("b");
        assertEquals(List.of(1f, 2f, 3f, 4f), values(tensor("q.weight").value()));
        assertEquals(
                new Change.Unparametrized("q.weight", "a", "lora"),
                model.changes().get(2));
    }

    @Test
    void aStorageTakesThePlaceOfTheBaseUnderAdapters() {
        model.parametrize("q.weight", "default", new Shift("shift", 1));
        model.parametrize("q.weight", rows());
        assertEquals(List.of("q.codes", "q.scale"), names().subList(3, 5));
        assertEquals(List.of(6f, -4f, 9f, 5f), values(tensor("q.weight").value()));
        assertFalse(tensor("q.weight").isStored());
        assertFalse(tensor("q.weight").trainable());
        assertTrue(tensor("q.codes").isStored());
        assertMessage("`q.weight` is stored as `rows`: fold that first", () -> model.foldAdapter("default"));
        model.foldStorage("q.weight");
        model.foldAdapter("default");
        assertEquals(List.of(6f, -4f, 9f, 5f), values(tensor("q.weight").written()));
        assertEquals(3, names().size());
    }

    @Test
    void whatAStorageHoldsIsNeitherChangedNorTrained() {
        model.parametrize("q.weight", rows());
        assertMessage(
                "`q.weight` is stored as `rows`: fold that first",
                () -> model.assign("q.weight", floats("x", MATRIX, 0, 0, 0, 0)));
        assertMessage("`q.weight` is stored as `rows`: fold that first", () -> model.unfreeze("q.weight"));
        assertMessage("`q.weight` is stored as `rows`: fold that first", () -> model.fold("q.weight", lora));
        assertMessage("`q.weight` is stored as `rows`: fold that first", () -> model.parametrize("q.weight", rows()));
        assertMessage("`v.weight` is stored as it is", () -> model.foldStorage("v.weight"));
    }

    @Test
    void namesOfOwnedTensorsFollowTheWeight() {
        model.parametrize("q.weight", "default", lora);
        model.rename(Map.of("q.weight", "attention.query.weight"));
        assertEquals(
                List.of("attention.query.lora_A.default", "attention.query.lora_B.default"), names().subList(3, 5));
        assertEquals(
                "attention.query.lora_A.default",
                tensor("attention.query.weight")
                        .parametrizations()
                        .get(0)
                        .owned()
                        .get("lora_A")
                        .name());
        model.assign("attention.query.lora_B.default", floats("B", Shape.of(2, 1), 0, 0));
        assertEquals(
                List.of(1f, 2f, 3f, 4f), values(tensor("attention.query.weight").value()));
    }

    @Test
    void ownedTensorsGoWithTheWeight() {
        model.parametrize("q.weight", "default", lora);
        model.remove("q.weight");
        assertEquals(List.of("q.bias", "v.weight"), names());
    }

    @Test
    void whatIsSharedGoesWithTheLastWeightThatUsesIt() {
        Scaled shared = new Scaled(floats("l", Shape.of(2), 2, 2), Sharing.ADAPTER);
        model.parametrize("q.weight", "default", shared);
        model.parametrize("v.weight", "default", shared);
        model.parametrize("q.bias", "other", new Shift("shift", 1));
        model.remove("q.weight");
        assertEquals(List.of("q.bias", "v.weight", "ia3_l.default"), names());
        assertEquals(
                List.of("default", "other"),
                model.adapters().stream().map(Adapter::name).toList());
        model.remove("v.weight");
        assertEquals(List.of("q.bias"), names());
        assertEquals(
                List.of("other"), model.adapters().stream().map(Adapter::name).toList());
    }

    @Test
    void ownedTensorsAreNothingByThemselves() {
        model.parametrize("q.weight", "default", lora);
        String message =
                "`q.lora_A.default` belongs to a parametrization of `q.weight`, and cannot be parametrized, renamed or removed without it";
        assertMessage(message, () -> model.remove("q.lora_A.default"));
        assertMessage(message, () -> model.rename(Map.of("q.lora_A.default", "x")));
        assertMessage(message, () -> model.parametrize("q.lora_A.default", "other", new Shift("shift", 1)));
        assertMessage(message, () -> model.fold("q.lora_A.default", new Shift("shift", 1)));
    }

    @Test
    void aMisfitChangesNothing() {
        List<DraftTensor> before = List.copyOf(model.tensors());
        assertMessage(
                "reshape cannot make [2] of [2, 2]: other numbers of elements",
                () -> model.parametrize("q.bias", "default", lora));
        assertMessage(
                "`ia3` on `q.bias` would change its shape from [2] to [3, 2]",
                () -> model.parametrize(
                        "q.bias", "default", new Scaled(floats("l", Shape.of(3, 1), 1, 1, 1), Sharing.TENSOR)));
        assertMessage(
                "`shift` is an adapter, and needs the name of one",
                () -> model.parametrize("q.weight", new Shift("shift", 1)));
        assertMessage(
                "`rows` is a storage, which is no part of an adapter",
                () -> model.parametrize("q.weight", "default", rows()));
        assertMessage(
                "`a.b` cannot be the name of an adapter: it is one word without dots",
                () -> model.parametrize("q.weight", "a.b", lora));
        assertMessage(
                "`` cannot be the name of an adapter: it is one word without dots",
                () -> model.parametrize("q.weight", "", lora));
        assertEquals(before, List.copyOf(model.tensors()));
        assertEquals(List.of(), model.changes());
        assertEquals(List.of(), model.adapters());
    }

    @Test
    void namesOfOwnedTensorsMayNotCollide() {
        model.add("q.lora_B.default", TensorKind.PARAMETER, floats("x", Shape.of(1), 1));
        assertMessage(
                "`lora` on `q.weight` brings a tensor `q.lora_B.default`, and there is another one of that name",
                () -> model.parametrize("q.weight", "default", lora));
        assertEquals(4, names().size());
        model.parametrize("v.weight", "default", lora);
        assertMessage(
                "`v.weight` has the adapter `default` already",
                () -> model.parametrize("v.weight", "default", new Shift("shift", 1)));
    }

    @Test
    void sharedTensorsMustAgree() {
        model.parametrize("q.weight", "default", new Scaled(floats("l", Shape.of(2), 1, 1), Sharing.MODULE));
        assertMessage(
                "`ia3` on `q.bias` brings a tensor `q.ia3_l.default`, and there is another one of that name",
                () -> model.parametrize("q.bias", "default", new Scaled(floats("l", Shape.of(1), 1), Sharing.MODULE)));
    }

    @Test
    void anExpressionComputesWithWhatItOwns() {
        record Foreign(Role role, Form form) implements Parametrization {
            @Override
            public String id() {
                return "foreign";
            }

            @Override
            public List<OwnedTensor> owned() {
                return List.of(OwnedTensor.trained("a", floats("a", MATRIX, 1, 1, 1, 1)));
            }

            @Override
            public Form form(Expression.Below below) {
                return form;
            }
        }
        assertMessage(
                "`foreign` on `q.weight` computes with `b` of shape [2, 2] and F32, and does not own that",
                () -> model.parametrize(
                        "q.weight",
                        "default",
                        new Foreign(Role.ADAPTER, new Form.Plain(new Expression.Owned("b", MATRIX, DType.F32)))));
        assertMessage(
                "`foreign` on `q.weight` computes with `a` of shape [2, 2] and BF16, and does not own that",
                () -> model.parametrize(
                        "q.weight",
                        "default",
                        new Foreign(Role.ADAPTER, new Form.Plain(new Expression.Owned("a", MATRIX, DType.BF16)))));
        assertMessage(
                "`foreign` on `q.weight` is a storage, and still computes with what it takes the place of",
                () -> model.parametrize(
                        "q.weight",
                        new Foreign(Role.STORAGE, new Form.Plain(new Expression.Below(MATRIX, DType.F32)))));
    }

    @Test
    void adaptersAreKnownByName() {
        assertMessage("the model has no adapter `x`; it has none", () -> model.unparametrize("x"));
        model.parametrize("q.weight", "a", lora);
        assertMessage("the model has no adapter `x`; it has `a`", () -> model.activate(Map.of("x", 1.0)));
        assertMessage("the model has no adapter `x`; it has `a`", () -> model.foldAdapter("x"));
        assertMessage("the weight of the adapter `a` is NaN", () -> model.activate(Map.of("a", Double.NaN)));
    }

    @Test
    void anAdapterIsFoldedBeforeThoseOnTopOfIt() {
        model.parametrize("q.weight", "a", new Scaled(floats("l", Shape.of(2), 2, 2), Sharing.TENSOR));
        model.parametrize("q.weight", "b", new Shift("shift", 1));
        assertMessage(
                "`q.weight` has the adapter `a` below `b`: fold that first, or make it inactive",
                () -> model.foldAdapter("b"));
        model.activate(Map.of("b", 1.0));
        model.foldAdapter("b");
        model.activate(Map.of("a", 1.0));
        assertEquals(List.of(4f, 6f, 8f, 10f), values(tensor("q.weight").value()));
    }

    private static Rows rows() {
        return new Rows(codes("codes", MATRIX, 5, -5, 4, 2), floats("scale", Shape.of(2, 1), 1, 2));
    }

    private DraftTensor tensor(String name) {
        return model.find(name).orElseThrow();
    }

    private List<String> names() {
        return model.tensors().stream().map(DraftTensor::name).toList();
    }

    private static void assertMessage(String message, Executable edit) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, edit).getMessage());
    }
}
