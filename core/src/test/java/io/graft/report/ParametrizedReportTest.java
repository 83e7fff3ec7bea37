package io.graft.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Totals;
import io.graft.apply.TestTensors;
import io.graft.checkpoint.StoredTensor;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What plans tell of parametrizations and of the tensors that they own. */
class ParametrizedReportTest {
    private final ModelDraft draft = new ModelDraft(
            List.of(),
            List.of(
                    DraftTensor.initial(
                            "q.weight", Set.of(), TensorKind.PARAMETER, true, initial("q.weight", DType.F32, 2, 4)),
                    DraftTensor.initial(
                            "v.weight", Set.of(), TensorKind.PARAMETER, true, initial("v.weight", DType.F32, 2, 4))));

    /** A tensor of its own is added. */
    private record Added(DType dtype) implements Parametrization {
        @Override
        public String id() {
            return "added";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("addend", initial("addend", dtype, 4)));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(Expressions.add(below, owned().get(0).expression()));
        }
    }

    /** Codes and a scale. */
    private record Rows() implements Parametrization {
        @Override
        public String id() {
            return "rows";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(
                    OwnedTensor.buffer("codes", initial("codes", DType.I8, 2, 4)),
                    OwnedTensor.buffer("scale", initial("scale", DType.F32, 2, 1)));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.ScaledCodes(
                    owned().get(0).expression(),
                    8,
                    List.of(owned().get(1).expression()),
                    below.shape(),
                    Form.ScaledCodes.Kernel.NONE);
        }
    }

    @Test
    void ownedTensorsNameTheirOwner() {
        draft.parametrize("q.weight", "default", new Added(DType.F32));
        draft.parametrize("v.weight", new Rows());
        String json = ReportJson.compact("plan", Path.of("")).of(plan());
        assertContains(json, "\"owner\":{\"tensor\":\"q.weight\",\"adapter\":\"default\",\"slot\":\"addend\"}");
        assertContains(json, "\"owner\":{\"tensor\":\"v.weight\",\"slot\":\"codes\"}");
        assertContains(
                json, "\"adapted\":[{\"name\":\"q.weight\",\"adapter\":\"default\",\"parametrization\":\"added\"}]");
        assertContains(
                json, "\"quantized\":[{\"name\":\"v.weight\",\"parametrization\":\"rows\",\"kernel\":\"none\"}]");
        assertContains(
                json,
                "{\"operation\":\"rows\",\"from\":[{\"key\":\"codes\",\"uri\":\"model\"},{\"key\":\"scale\",\"uri\":\"model\"}]}");
    }

    @Test
    void switchingAndTakingOffAreTold() {
        draft.parametrize("q.weight", "default", new Added(DType.F32));
        draft.activate(Map.of("default", 0.5));
        draft.unparametrize("default");
        assertContains(
                ReportJson.compact("plan", Path.of("")).of(plan()),
                "\"adapted\":[{\"name\":\"q.weight\",\"adapter\":\"default\",\"parametrization\":\"added\"},"
                        + "{\"name\":\"q.weight\",\"adapter\":\"default\",\"weight\":0.5},"
                        + "{\"name\":\"q.weight\",\"adapter\":\"default\",\"parametrization\":\"added\",\"removed\":true}]");
    }

    @Test
    void inWords() {
        draft.parametrize("q.weight", "default", new Added(DType.F32));
        draft.parametrize("v.weight", new Rows());
        draft.activate(Map.of());
        draft.unparametrize("default");
        StringWriter text = new StringWriter();
        text.append(ReportText.brief().of(plan()));
        assertEquals(
                List.of(
                        "   ~ 1 adapted (added `default`)",
                        "       q.weight",
                        "   ~ 1 stored as rows",
                        "       v.weight",
                        "   ~ 1 frozen",
                        "       v.weight",
                        "   ~ 1 adapter `default` with the weight 0.0",
                        "       q.weight",
                        "   ~ 1 no longer adapted (added `default`)",
                        "       q.weight"),
                text.toString().lines().filter(line -> line.startsWith("   ")).collect(Collectors.toList()));
    }

    @Test
    void normsOverColumnsTakeAPassOfTheirOwn() {
        record Columns() implements Parametrization {
            @Override
            public String id() {
                return "columns";
            }

            @Override
            public List<OwnedTensor> owned() {
                return List.of();
            }

            @Override
            public Form form(Expression.Below below) {
                return new Form.Plain(Expressions.divide(below, Expressions.norm(below, 0)));
            }
        }
        draft.fold("q.weight", new Columns());
        StringWriter text = new StringWriter();
        text.append(ReportText.brief().of(plan()));
        assertContains(text.toString(), """
                   ! 1 computed in more than one pass
                       q.weight: norm of [2, 4] to [1, 4] reads what is below once more
                """.indent(0));
    }

    @Test
    void parametersAreCountedAsTheModelHasThemAndBytesAsTheyAreStored() {
        assertEquals(new Totals(2, 16, 16, 0, 64), Totals.of(plan().tensors()));
        draft.parametrize("q.weight", "default", new Added(DType.BF16));
        assertEquals(new Totals(3, 20, 20, 0, 72), Totals.of(plan().tensors()));
        draft.parametrize("v.weight", new Rows());
        assertEquals(new Totals(3, 20, 12, 0, 32 + 8 + 8 + 8), Totals.of(plan().tensors()));
    }

    @Test
    void aFileHasNoPlaceForAdapters() {
        draft.parametrize("q.weight", "default", new Added(DType.F32));
        draft.parametrize("v.weight", new Rows());
        assertEquals(
                List.of("q.weight", "v.codes", "v.scale"),
                plan().stored().stream().map(DraftTensor::name).toList());
    }

    private static LazyTensor initial(String name, DType dtype, long... dimensions) {
        return StoredTensor.initial(TestTensors.entry(name, dtype, dimensions));
    }

    private Plan plan() {
        ModifierRecord record =
                new ModifierRecord(0, "test", "test.jar", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        return new Plan(new ModelRef("checkpoint", "model"), List.of(record), List.copyOf(draft.tensors()), List.of());
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), text);
    }
}
