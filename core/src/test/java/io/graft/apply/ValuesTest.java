package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.ValuesLostException;
import io.graft.apply.output.OutputFolder;
import io.graft.apply.output.OutputSection;
import io.graft.apply.output.Outputs;
import io.graft.apply.output.SafetensorsStateDict;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of values on their way into files. */
class ValuesTest {
    @TempDir
    Path folder;

    @Test
    void castsOfMoreThanTheHeapHoldsAreWritten() throws Exception {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CastInLittleMemory.class.getName(),
                        folder.resolve("out").toString())
                .inheritIO()
                .start();
        assertEquals(0, run.waitFor());
    }

    @Test
    void aPlanIsTheSameBeforeAndAfterItIsCarriedOut() throws IOException {
        ModelDraft draft = draft(stored("w", 1f, 0x1.01p0f));
        draft.cast("w", DType.BF16);
        Plan plan = plan(draft);
        String before = ReportJson.compact("plan", folder).of(plan);
        Report report = write(plan);
        assertEquals(before, ReportJson.compact("plan", folder).of(plan));
        assertEquals(
                List.of("w"),
                report.rounded().stream().map(tensor -> tensor.name()).toList());
    }

    @Test
    void finiteValuesThatACastMakesInfiniteAreTold() throws IOException {
        ModelDraft draft = draft(
                stored("w", 1e5f, 1, 2, -1e5f, Float.NaN, Float.POSITIVE_INFINITY, 7e4f, 3, 4), stored("v", 1e6f));
        draft.cast("w", DType.F16);
        draft.cast("v", DType.F16);
        Problem told = write(plan(draft)).problems().get(0);
        assertFalse(told.isError());
        assertEquals("values-lost", told.code().id());
        assertEquals("`w`: 3 of 7 finite values became infinite", told.message());
        assertEquals(List.of("`v`: 1 of 1 finite value became infinite"), told.notes());
        assertEquals("cast to a type that holds larger numbers: BF16, F32 or F64", told.help());
    }

    @Test
    void sumsThatOverflowTheTypeOfTheWeightAreAnErrorBeforeAnythingIsPublished() {
        ModelDraft draft = draft(half("w", 60000, 1));
        draft.fold("w", new Added(stored("a", 60000, 1), "add a"));
        ValuesLostException lost = assertThrows(ValuesLostException.class, () -> write(plan(draft)));
        assertEquals(
                "`w`: 1 of 2 finite values became infinite: add a",
                lost.problem().message());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void nanOfFiniteInputsIsAnErrorBeforeAnythingIsPublished() {
        ModelDraft draft = draft(stored("w", Float.MAX_VALUE, 1));
        draft.fold("w", new Added(stored("a", Float.MAX_VALUE, 1), "add a"));
        ValuesLostException lost = assertThrows(ValuesLostException.class, () -> write(plan(draft)));
        assertEquals(
                "`w`: 1 of 2 values became NaN or infinite: add a",
                lost.problem().message());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void whatWasInfiniteBeforeMayStaySo() throws IOException {
        ModelDraft draft = draft(stored("w", Float.NEGATIVE_INFINITY, 1));
        draft.fold("w", new Added(stored("a", 1, 1), "add a"));
        write(plan(draft));
        assertEquals(List.of(Float.NEGATIVE_INFINITY, 2f), floats("w"));
    }

    @Test
    void newNanAreToldWhereAnInputHoldsSomeAlready() {
        ModelDraft draft = draft(stored("w", Float.NaN, Float.MAX_VALUE, 1));
        draft.fold("w", new Added(stored("a", 1, Float.MAX_VALUE, 1), "add a"));
        ValuesLostException lost = assertThrows(ValuesLostException.class, () -> write(plan(draft)));
        assertEquals(
                "`w`: 2 of 3 values are NaN or infinite, and only 1 of what they are computed from: add a",
                lost.problem().message());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void nanOfSeveralInputsMayStayAndThoseOfASmallerOneMaySpread() throws IOException {
        ModelDraft draft = draft(stored("w", Float.NaN, 1, 1), stored("v", 1, 1));
        draft.fold("w", new Added(stored("a", 1, 1, Float.NaN), "add a"));
        draft.fold("v", new Added(stored("b", Float.NaN), "add b"));
        write(plan(draft));
        assertEquals(List.of(Float.NaN, 2f, Float.NaN), floats("w"));
        assertEquals(List.of(Float.NaN, Float.NaN), floats("v"));
    }

    @Test
    void twoSumsOnABfloat16AreRoundedOnce() throws IOException {
        float[] base = {1, 0x1.02p0f, 3};
        float[] first = {0x1.4p-8f, 0x1p-9f, 0x1.1p-7f};
        float[] second = {0x1.4p-8f, 0x1.fp-9f, 0x1.3p-7f};
        ModelDraft draft = draft(new CastTensor(stored("w", base), DType.BF16));
        draft.fold("w", new Added(stored("a", first), "add a"));
        draft.fold("w", new Added(stored("b", second), "add b"));
        write(plan(draft));
        List<Float> expected = new ArrayList<>();
        for (int i = 0; i < base.length; i++) {
            expected.add(bfloat16(base[i] + first[i] + second[i]));
        }
        assertEquals(expected, floats("w"));
        assertFalse(expected.get(0).equals(bfloat16(bfloat16(base[0] + first[0]) + second[0])));
    }

    @Test
    void aTransferAndASumAreRoundedOnce() throws IOException {
        ModelDraft draft = draft(new CastTensor(stored("w", 1), DType.BF16));
        draft.assign("w", stored("x", 1 + 0x1.8p-9f));
        draft.fold("w", new Added(stored("a", 0x1p-9f), "add a"));
        write(plan(draft));
        assertEquals(List.of(bfloat16(1 + 0x1.8p-9f + 0x1p-9f)), floats("w"));
    }

    @Test
    void theManifestTellsEveryOriginOfAComputedTensor() throws IOException {
        ModelDraft draft = draft(stored("w", 1));
        draft.fold("w", new Added(new Given("k", DType.F32, new float[] {1}, false), "add"));
        write(plan(draft));
        String manifest = Files.readString(folder.resolve("out/graft-manifest.json"));
        assertTrue(
                manifest.replaceAll("\\s+", " ")
                        .contains("\"source\": { \"operation\": \"add\", \"from\": [ \"initial\", { \"key\": \"k\","
                                + " \"uri\": \"file\" } ] }"),
                manifest);
    }

    private Report write(Plan plan) throws IOException {
        OutputSection output = Outputs.section(
                new OutputFolder(folder.resolve("out"), false),
                new SafetensorsStateDict(),
                5_000_000_000L,
                WriteOptions.DEFAULT);
        return Outputs.carryOut(plan, new FileTarget(), output);
    }

    private List<Float> floats(String name) throws IOException {
        var entry = Checkpoint.open(folder.resolve("out")).tensors().get(name);
        ByteBuffer window = new CastTensor(new Given(name, entry.dtype(), entry.data()), DType.F64)
                .materialize()
                .window(0, (int) entry.shape().elementCount() * Double.BYTES);
        List<Float> values = new ArrayList<>();
        while (window.hasRemaining()) {
            values.add((float) window.getDouble());
        }
        return values;
    }

    private static float bfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
    }

    private static Plan plan(ModelDraft draft) {
        return new Plan(
                new ModelRef("checkpoint", "model.safetensors"),
                List.of(new ModifierRecord(
                        0, "test", "test.jar", Map.of(), draft.changes(), List.of(), List.of(), List.of())),
                List.copyOf(draft.tensors()),
                List.of());
    }

    private static ModelDraft draft(LazyTensor... tensors) {
        return new ModelDraft(
                List.of(),
                Arrays.stream(tensors)
                        .map(value -> DraftTensor.initial(
                                ((Provenance.Initial)
                                                value.provenance().origins().get(0))
                                        .name(),
                                Set.of(),
                                TensorKind.PARAMETER,
                                true,
                                value))
                        .toList());
    }

    private static Given stored(String name, float... values) {
        return new Given(name, DType.F32, values, true);
    }

    private static LazyTensor half(String name, float... values) {
        return new CastTensor(stored(name, values), DType.F16);
    }

    /** Values that lie somewhere. */
    private record Given(String name, DType dtype, TensorData data, boolean initial) implements LazyTensor {
        Given(String name, DType dtype, TensorData data) {
            this(name, dtype, data, true);
        }

        Given(String name, DType dtype, float[] values, boolean initial) {
            this(name, dtype, bytes(values), initial);
        }

        private static TensorData bytes(float[] values) {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return TensorData.of(bytes);
        }

        @Override
        public Shape shape() {
            return Shape.of(data.byteCount() * Byte.SIZE / dtype.bits());
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return initial ? new Provenance.Initial(name) : new Provenance.Stored("file", name);
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }

    /** Adds a float32 tensor. */
    private record Added(LazyTensor addend, String description) implements Parametrization {
        @Override
        public String id() {
            return "added";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("addend", addend));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(
                    Expressions.add(below, new Expression.Owned("addend", addend.shape(), addend.dtype())));
        }
    }
}
