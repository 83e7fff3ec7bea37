package io.graft.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.apply.TestTensors;
import io.graft.checkpoint.StoredTensor;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.modules.DescribedModule;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whole modules in plans and manifests. */
class ModuleReportTest {
    private final ModelDraft draft = new ModelDraft(
            List.of(new ModuleSpec("head", "Linear", Set.of())),
            List.of(DraftTensor.initial(
                    "head.weight",
                    Set.of(),
                    TensorKind.PARAMETER,
                    true,
                    StoredTensor.initial(TestTensors.entry("head.weight", DType.F32, 2, 4)))));

    ModuleReportTest() {
        draft.replaceModule("head", module(Initializer.parse("normal(0.5)")));
        draft.addModule("tail", module(Initializer.parse("zeros")));
        draft.removeModule("tail");
    }

    @Test
    void asJson() {
        String json = ReportJson.compact("plan", Path.of("")).of(plan());
        assertTrue(
                json.contains("\"added\":[{\"name\":\"head.weight\",\"operation\":\"normal(0.5), seed 3\",\"from\":[]},"
                        + "{\"name\":\"tail.weight\",\"operation\":\"zeros\",\"from\":[]}],"
                        + "\"removed\":[\"head.weight\",\"tail.weight\"]"),
                json);
        assertTrue(
                json.contains(
                        "\"modules\":[{\"name\":\"head\",\"change\":\"replaced\",\"was\":\"Linear\",\"source\":\"Bilinear\"},"
                                + "{\"name\":\"tail\",\"change\":\"added\",\"source\":\"Bilinear\"},"
                                + "{\"name\":\"tail\",\"change\":\"removed\",\"was\":\"Bilinear\"}]"),
                json);
    }

    @Test
    void inWords() {
        String text = ReportText.brief().of(plan());
        assertEquals(
                List.of(
                        "   ~ 1 replaced by Bilinear",
                        "       head (Linear)",
                        "   - 2 removed",
                        "       head.weight",
                        "       tail.weight",
                        "   + 2 added",
                        "       head.weight",
                        "       tail.weight",
                        "   + 1 added as Bilinear",
                        "       tail",
                        "   - 1 removed as a module",
                        "       tail (Bilinear)"),
                text.lines().filter(line -> line.startsWith("   ")).collect(Collectors.toList()));
    }

    private static DescribedModule module(Initializer initial) {
        return new DescribedModule(
                "Bilinear",
                3,
                Map.of(
                        "weight",
                        new DescribedModule.Tensor(
                                TensorKind.PARAMETER, DType.F32, Shape.of(3, 4), Optional.of(initial))));
    }

    private Plan plan() {
        ModifierRecord record =
                new ModifierRecord(0, "test", "test.jar", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        return new Plan(new ModelRef("checkpoint", "model"), List.of(record), List.copyOf(draft.tensors()), List.of());
    }
}
