package io.graft.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.GraftException;
import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.apply.TestTensors;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    private static final Path FOLDER = Path.of("project").toAbsolutePath();

    @Test
    void planWithEveryKindOfChange() throws IOException {
        assertEquals(golden("plan.json"), ReportJson.pretty("plan", FOLDER).of(everyKindOfChange()));
    }

    @Test
    void reportNamesItsOutputs() {
        Plan plan = new Plan(new ModelRef("checkpoint", "model.safetensors"), List.of(), List.of(), List.of());
        List<WrittenFile> outputs = List.of(
                new WrittenFile(FOLDER.resolve("out/model.safetensors"), 8, "ab"),
                new WrittenFile(WrittenFile.Kind.MANIFEST, Path.of("/elsewhere/graft-manifest.json"), 9, "cd"));
        assertEquals(
                "{\"schema\":1,\"tool\":\"graft\",\"version\":\"development\",\"command\":\"apply\",\"status\":\"ok\","
                        + "\"model\":{\"kind\":\"checkpoint\",\"uri\":\"model.safetensors\"},\"modifiers\":[],\"tensors\":[],"
                        + "\"totals\":{\"tensors\":0,\"parameters\":0,\"trainable\":0,\"frozen\":0,\"scheduled\":0,\"bytes\":0},\"problems\":[],\"inputs\":[],"
                        + "\"outputs\":[{\"path\":\"out/model.safetensors\",\"kind\":\"model\",\"bytes\":8,\"sha256\":\"ab\"},"
                        + "{\"path\":\"/elsewhere/graft-manifest.json\",\"kind\":\"manifest\",\"bytes\":9,\"sha256\":\"cd\"}]}\n",
                ReportJson.compact("apply", FOLDER).of(new Report(plan, true, outputs, List.of())));
    }

    @Test
    void failureWithoutAPlanTellsItsProblems() {
        Problem problem = new Problem(
                ProblemCode.UNKNOWN_KEY,
                Severity.ERROR,
                "graft.modifiers[0].alhpa",
                Optional.of(new SourceRef("train.conf", 8, 9, 5, "    alhpa = 16")),
                "modifier `lora` has no key `alhpa`",
                List.of("keys: alpha, rank"),
                "write `alpha`");
        assertEquals(
                "{\"schema\":1,\"tool\":\"graft\",\"version\":\"development\",\"command\":\"plan\",\"status\":\"failed\","
                        + "\"model\":null,\"modifiers\":[],\"tensors\":[],"
                        + "\"totals\":{\"tensors\":0,\"parameters\":0,\"trainable\":0,\"frozen\":0,\"scheduled\":0,\"bytes\":0},"
                        + "\"problems\":[{\"code\":\"unknown-key\",\"severity\":\"error\",\"path\":\"graft.modifiers[0].alhpa\","
                        + "\"file\":\"train.conf\",\"line\":8,\"column\":9,\"message\":\"modifier `lora` has no"
                        + " key `alhpa`\","
                        + "\"help\":\"write `alpha`\",\"notes\":[\"keys: alpha, rank\"]}],\"outputs\":[]}\n",
                ReportJson.compact("plan", FOLDER).of(new GraftException(List.of(problem), null)));
    }

    @Test
    void warningsAloneAreNoFailure() {
        Problem warning = new Problem(
                ProblemCode.EMPTY,
                Severity.WARNING,
                "graft.modifiers",
                Optional.of(SourceRef.of("--set")),
                "no modifiers",
                List.of(),
                "");
        assertEquals(
                "{\"schema\":1,\"tool\":\"graft\",\"version\":\"development\",\"command\":\"config"
                        + " check\",\"status\":\"ok\","
                        + "\"model\":null,\"modifiers\":[],\"tensors\":[],"
                        + "\"totals\":{\"tensors\":0,\"parameters\":0,\"trainable\":0,\"frozen\":0,\"scheduled\":0,\"bytes\":0},"
                        + "\"problems\":[{\"code\":\"empty\",\"severity\":\"warning\",\"path\":\"graft.modifiers\","
                        + "\"file\":\"--set\",\"message\":\"no modifiers\",\"help\":\"\"}],\"outputs\":[]}\n",
                ReportJson.compact("config check", FOLDER).of(List.of(warning)));
    }

    private static Plan everyKindOfChange() {
        ModelDraft draft = new ModelDraft(
                List.of(),
                List.of(
                        initial("encoder.weight", TensorKind.PARAMETER, DType.F32, 3, 4),
                        initial("encoder.bias", TensorKind.PARAMETER, DType.F32, 3),
                        initial("norm.running_mean", TensorKind.BUFFER, DType.F32, 3),
                        initial("decoder.weight", TensorKind.PARAMETER, DType.F32, 2, 3),
                        initial("decoder.bias", TensorKind.PARAMETER, DType.F32, 2),
                        initial("old.scale", TensorKind.PARAMETER, DType.F32)));
        draft.assign("encoder.weight", stored("model.encoder.weight", DType.F16, 3, 4));
        draft.assign("norm.running_mean", stored("model.norm.running_mean", DType.F32, 3));
        draft.freeze("encoder.weight");
        draft.freeze("encoder.bias");
        draft.unfreeze("encoder.bias");
        draft.train(
                "decoder.weight",
                Trainability.during(Optional.of(new Moment(Unit.EPOCH, 3)), Optional.of(new Moment(Unit.STEP, 100))));
        draft.rename(Map.of("decoder.bias", "decoder.b"));
        draft.add("head.weight", TensorKind.PARAMETER, stored("head.weight", DType.F32, 1));
        draft.remove("old.scale");
        draft.resize("decoder.b", stored("model.decoder.bias", DType.F32, 5));
        draft.cast("decoder.weight", DType.BF16);
        draft.parametrize("decoder.weight", "first", new Unchanged());
        draft.fold("encoder.bias", new Unchanged());
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rank", 8);
        options.put("strict", true);
        options.put("scale", 0.5);
        options.put("init", Map.of("std", 1e-3));
        options.put("targets", List.of("a", "b"));
        ModifierRecord record = new ModifierRecord(
                0,
                "everything",
                "graft-modifiers-test.jar",
                options,
                draft.changes(),
                List.of(new Skipped(
                        "decoder.weight", SkipReason.SHAPE_MISMATCH, "[9, 3] in the checkpoint, [2, 3] in the model")),
                List.of("decoder.weight"),
                List.of("something to know"));
        return new Plan(
                new ModelRef("checkpoint", "model.safetensors"),
                List.of(record),
                List.copyOf(draft.tensors()),
                List.of());
    }

    private static DraftTensor initial(String name, TensorKind kind, DType dtype, long... shape) {
        return DraftTensor.initial(
                name,
                Set.of(),
                kind,
                kind == TensorKind.PARAMETER,
                StoredTensor.initial(TestTensors.entry(name, dtype, shape)));
    }

    private static LazyTensor stored(String key, DType dtype, long... shape) {
        return StoredTensor.of(TestTensors.entry(key, dtype, shape), "pretrained.ckpt");
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = ReportJsonTest.class.getResourceAsStream("ReportJsonTest/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static final class Unchanged implements Parametrization {
        @Override
        public String id() {
            return "unchanged";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of();
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(below);
        }
    }
}
