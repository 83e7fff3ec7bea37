package io.graft.modifiers.casting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.ModelModifier;
import io.graft.ModifierContext;
import io.graft.model.Change;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.tree.Selector;
import io.graft.modifiers.Fixtures;
import io.graft.modifiers.casting.CastingOptions.FloatType;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Casting as a configuration asks for it. */
class CastingModelModifierTest {
    private static final String CODES = ", which may be codes whose scales lie beside them;"
            + " what is no floating-point number is cast where `tensors` has its full name";

    @TempDir
    Path folder;

    private final ModifierTester casting = ModifierTester.of(CastingModelModifier.class);

    /** Holds the values in a tensor of its own. */
    private record Held(LazyTensor values) implements Parametrization {
        @Override
        public String id() {
            return "held";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("values", values));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(owned().get(0).expression());
        }
    }

    /** Puts a storage in the place of the encoder's weight. */
    private static final class Storing implements ModelModifier {
        @Override
        public void apply(ModelDraft model, ModifierContext context) {
            LazyTensor weight = model.find("encoder.weight").orElseThrow().base();
            model.parametrize("encoder.weight", new Held(weight));
        }
    }

    private ModelModifier to(String dtype, String options) {
        return casting.modifier("dtype = " + dtype + ", " + options);
    }

    /** With a number of 8 bits, 2, first. */
    private ModelFixture model() {
        byte[] header = "{\"decoder.codes\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}  "
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).put((byte) 0x40);
        Path file = folder.resolve("codes.safetensors");
        try {
            Files.write(file, bytes.array());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return ModelFixture.read(file)
                .with("encoder.weight", Shape.of(2), 1, 1.001)
                .with("encoder.bias", DType.F64, Shape.of(1), 3)
                .with("encoder.steps", DType.I64, Shape.of(1), 9)
                .with("decoder.weight", DType.BF16, Shape.of(1), 5);
    }

    private static ModelFixture tied() {
        return ModelFixture.empty()
                .with("embedding.weight", Shape.of(1), 1)
                .with("encoder.weight", Shape.of(1), 2)
                .tie("head.weight", "embedding.weight");
    }

    private static List<String> dtypes(ModifierRun run) {
        return run.model().tensors().stream()
                .map(tensor -> tensor.name() + " " + tensor.dtype())
                .toList();
    }

    private static Change cast(String name, DType from, DType to) {
        return new Change.Cast(name, from, to);
    }

    @Test
    void allFloatingPointTensorsAreCast() {
        ModifierRun run = model().apply(to("bf16", ""))
                .succeeds()
                .warns()
                .hasValues("decoder.codes", 2)
                .hasValues("encoder.weight", 1, 1);
        assertEquals(
                List.of(
                        "decoder.codes BF16",
                        "encoder.weight BF16",
                        "encoder.bias BF16",
                        "encoder.steps I64",
                        "decoder.weight BF16"),
                dtypes(run));
        assertEquals(
                List.of(
                        cast("decoder.codes", DType.F8_E4M3, DType.BF16),
                        cast("encoder.weight", DType.F32, DType.BF16),
                        cast("encoder.bias", DType.F64, DType.BF16)),
                run.changes());
    }

    @Test
    void aModuleIsCastAndItsIntegersAreTold() {
        ModifierRun run = model().apply(to("f16", "tensors = [encoder]"))
                .succeeds()
                .warns("not cast: `encoder.steps` (I64)" + CODES);
        assertEquals(
                List.of(cast("encoder.weight", DType.F32, DType.F16), cast("encoder.bias", DType.F64, DType.F16)),
                run.changes());
    }

    @Test
    void aPatternNamesNoTensorItself() {
        model().apply(to("f32", "tensors = [\"encoder.st*\"]"))
                .succeeds()
                .changesNothing()
                .warns(
                        "not cast: `encoder.steps` (I64)" + CODES,
                        "nothing is cast: 0 of 1 selected tensors are F32 already");
    }

    @Test
    void whatIsNamedItselfIsCast() {
        ModifierRun run = model().apply(to("f32", "tensors = [decoder.codes, encoder.steps]"))
                .succeeds()
                .warns()
                .hasValues("decoder.codes", 2)
                .hasValues("encoder.steps", 9);
        assertEquals(
                List.of(cast("decoder.codes", DType.F8_E4M3, DType.F32), cast("encoder.steps", DType.I64, DType.F32)),
                run.changes());
    }

    @Test
    void complexNumbersCannotBeCast() {
        ModelFixture.read(Fixtures.file("complex.safetensors"))
                .apply(to("f32", "tensors = [w]"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "tensors[0]",
                        "`w` cannot be converted from C64 to F32",
                        "real numbers and booleans of 8 bits and more can be; leave it out"))
                .changesNothing();
    }

    @Test
    void nothingToDoIsTold() {
        model().apply(to("bf16", "tensors = [decoder.weight]"))
                .succeeds()
                .changesNothing()
                .warns("nothing is cast: 1 of 1 selected tensors are BF16 already");
    }

    @Test
    void exceptionsKeepTheirDtypes() {
        ModifierRun run = model().apply(
                        to("f16", "tensors = [encoder.weight, encoder.bias], exclude = [\"**.bias\", decoder]"))
                .succeeds()
                .warns("`decoder` in `exclude` is not among what would be cast");
        assertEquals(List.of(cast("encoder.weight", DType.F32, DType.F16)), run.changes());
    }

    @Test
    void anEntryWithoutMatchIsAnErrorWithTheNearestNames() {
        model().apply(to("f16", "tensors = [encodr], exclude = [decodr]"))
                .fails(
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "tensors[0]",
                                "`encodr` matches nothing in the model",
                                "did you mean `encoder`?"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "exclude[0]",
                                "`decodr` matches nothing in the model",
                                "did you mean `decoder`?"))
                .changesNothing();
    }

    @Test
    void lenientlyThatIsAWarningAndNothingElseIsCast() {
        model().apply(to("f16", "tensors = [encodr], strict = false"))
                .succeeds()
                .changesNothing()
                .warns(
                        "tensors[0]: `encodr` matches nothing in the model and is passed over; did you mean `encoder`?",
                        "nothing is cast: 0 of 0 selected tensors are F16 already");
    }

    @Test
    void aTiedTensorIsCastOnceUnderBothNamesAndTold() {
        ModifierRun run = tied().apply(to("f16", "tensors = [embedding]"))
                .succeeds()
                .warns("`head.weight` is the same tensor as `embedding.weight` and is cast with it");
        assertEquals(
                List.of(cast("embedding.weight", DType.F32, DType.F16), cast("head.weight", DType.F32, DType.F16)),
                run.changes());
        assertEquals(3, tied().apply(to("f16", "")).succeeds().warns().changes().size());
    }

    @Test
    void aTiedTensorKeepsItsDtypeUnderBothNamesAndThatIsTold() {
        ModifierRun run = tied().apply(to("f16", "exclude = [head]"))
                .succeeds()
                .warns(
                        "`embedding.weight` keeps its dtype: it is the same tensor as `head.weight`, which `exclude` selects");
        assertEquals(List.of(cast("encoder.weight", DType.F32, DType.F16)), run.changes());
    }

    @Test
    void whatAParametrizationStoresKeepsItsDtype() {
        ModifierRun run = model().apply(new Storing())
                .then(to("f16", "tensors = [encoder.weight, encoder.values, encoder.bias]"))
                .succeeds()
                .warns(
                        "not cast: `encoder.weight`, `encoder.values`, which a parametrization stores in a dtype of its own");
        assertEquals(List.of(cast("encoder.bias", DType.F64, DType.F16)), run.changes());
    }

    @Test
    void everyOptionIsBound() {
        casting.providerIsHealthy();
        casting.defaults("dtype = f32", new CastingOptions(FloatType.F32, List.of(), List.of(), true));
        casting.defaults("dtype = BF16", new CastingOptions(FloatType.BF16, List.of(), List.of(), true));
        casting.mapsEveryKey(
                "dtype = bf16, tensors = [a], exclude = [b, c], strict = false",
                new CastingOptions(FloatType.BF16, selectors("a"), selectors("b", "c"), false));
        assertEquals(
                "expected one of: f16, bf16, f32, f64",
                casting.rejects("dtype = i8", ProblemCode.UNKNOWN_ENUM, "dtype").message());
    }

    private static List<Selector> selectors(String... texts) {
        return Stream.of(texts).map(Selector::parse).toList();
    }
}
