package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.model.Change;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.options.FloatType;
import io.graft.modifiers.quantization.options.QuantizationLayout;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.SkippedLayers;
import io.graft.modifiers.quantization.options.WeightOverride;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Quantization as a configuration asks for it: which weights become what, and what is told. */
class QuantizationModelModifierTest {
    private final ModifierTester quantization = ModifierTester.of(QuantizationModelModifier.class);

    private static ModelFixture model() {
        return ModelFixture.empty()
                .with("embed_tokens.weight", Shape.of(3, 4), new double[12])
                .linear("layers.0.query", 4, 4, 1)
                .linear("layers.0.value", 4, 2, 1)
                .norm("layers.0.norm", 4, 1)
                .linear("lm_head", 4, 3, 1);
    }

    private ModifierRun run(ModelFixture model, String options) {
        return model.apply(quantization.modifier(options));
    }

    private static List<String> quantized(ModifierRun run) {
        return run.changes().stream()
                .filter(Change.Parametrized.class::isInstance)
                .map(change -> change.name() + " " + ((Change.Parametrized) change).description())
                .toList();
    }

    private static ReportedError unsupported(String message, String help) {
        return new ReportedError(ProblemCode.UNSUPPORTED_CHANGE, "target-modules", message, help);
    }

    @Test
    void everyOptionIsBound() {
        quantization.providerIsHealthy();
        quantization.defaults(
                "scheme = nf4",
                new QuantizationOptions(
                        QuantizationScheme.NF4,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Names.expression("all-linear"),
                        Optional.empty(),
                        Set.of(SkippedLayers.NORMS, SkippedLayers.EMBEDDINGS, SkippedLayers.HEADS),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        true));
        quantization.mapsEveryKey(
                """
                scheme = fp4, layout = bitsandbytes, group-size = 128, double-quantization = true, symmetric = true,
                target-modules = [query], exclude-modules = "a.*", skip = [heads],
                overrides {
                    "layers\\\\.0\\\\..*" {
                        scheme = nf4, group-size = 32, double-quantization = false, symmetric = true, compute-dtype = f16, kernel = none,
                        max-error = 0.2
                    }
                },
                compute-dtype = bf16, kernel = weight-only, max-error = 0.1, layers { "**.query" = linear },
                strict = false
                """,
                new QuantizationOptions(
                        QuantizationScheme.FP4,
                        Optional.of(QuantizationLayout.BITSANDBYTES),
                        Optional.of(128),
                        true,
                        Optional.of(true),
                        Names.of("query"),
                        Optional.of(Names.expression("a.*")),
                        Set.of(SkippedLayers.HEADS),
                        Map.of(
                                "layers\\.0\\..*",
                                new WeightOverride(
                                        Optional.of(QuantizationScheme.NF4),
                                        Optional.of(32),
                                        Optional.of(false),
                                        Optional.of(true),
                                        Optional.of(FloatType.F16),
                                        Optional.of(Form.ScaledCodes.Kernel.NONE),
                                        Optional.of(.2))),
                        Optional.of(FloatType.BF16),
                        Optional.of(Form.ScaledCodes.Kernel.WEIGHT_ONLY),
                        Optional.of(.1),
                        Map.of("**.query", LayerKind.LINEAR),
                        false));
    }

    @Test
    void whatDoesNotGoTogetherIsToldBeforeAModelIsLookedAt() {
        rejects("scheme = nf4, block-size = 100", "", "blocks of nf4 have 32, 64, 128, ... 4096 values, and not 100");
        rejects(
                "scheme = int8, group-size = 64",
                "",
                "int8 of bitsandbytes has a scale for each row, and no groups of 64");
        rejects("scheme = int8, double-quantization = true", "", "int8 of bitsandbytes keeps its scales as they are");
        rejects(
                "scheme = int8-dynamic, compute-dtype = bf16",
                "",
                "int8 of bitsandbytes stands for values of F32, and not of BF16");
        rejects("scheme = nf4, symmetric = false", "", "bitsandbytes has no zero points");
        rejects(
                "scheme = int4, layout = bitsandbytes",
                "",
                "the layout bitsandbytes holds int8, int8-dynamic, nf4, fp4, and not int4");
        rejects(
                "scheme = nf4, layout = compressed-tensors",
                "",
                "the layout compressed-tensors holds int8, int8-dynamic, int4, fp8, and not nf4");
        rejects("scheme = int8, layout = fp8", "", "the layout fp8 holds fp8, and not int8");
        rejects("scheme = fp8, layout = gguf", "", "the layout gguf holds int8, int4, and not fp8");
        rejects(
                "scheme = int4, group-size = 12",
                "",
                "groups of int4 fill words of 8 values in compressed-tensors, and 12 do not");
        rejects(
                "scheme = nf4, target-modules = []",
                "target-modules",
                "names no module: name some, [query, value], or all-linear");
        rejects(
                "scheme = nf4, target-modules = \"(\"",
                "target-modules",
                "`target-modules` has `(`, which is no regular expression that can be read here: Unclosed group at character 1");
        rejects(
                "scheme = nf4, exclude-modules = \"(\"",
                "exclude-modules",
                "`exclude-modules` has `(`, which is no regular expression that can be read here: Unclosed group at character 1");
        rejects(
                "scheme = nf4, overrides { query { block-size = 5 } }",
                "overrides",
                "`query`: blocks of nf4 have 32, 64, 128, ... 4096 values, and not 5");
        rejects(
                "scheme = nf4, overrides { \"(\" { block-size = 64 } }",
                "overrides",
                "`overrides` has `(`, which is no regular expression that can be read here: Unclosed group at character 1");
    }

    private void rejects(String options, String key, String message) {
        assertEquals(
                message,
                quantization.rejects(options, ProblemCode.CHECK_FAILED, key).message());
    }

    /** Of a bare checkpoint, too, in which nothing tells what a matrix is but the name of an embedding. */
    @Test
    void allLinearLayersAreMeant() {
        ModelFixture bare = ModelFixture.empty()
                .with("embed_tokens.weight", Shape.of(3, 4), new double[12])
                .with("layers.0.query.weight", Shape.of(4, 4), new double[16])
                .with("layers.0.value.weight", Shape.of(2, 4), new double[8])
                .with("layers.0.norm.weight", Shape.of(4), new double[4])
                .with("lm_head.weight", Shape.of(3, 4), new double[12]);
        for (ModelFixture model : List.of(model(), bare)) {
            ModifierRun run = run(model, "scheme = nf4").succeeds();
            assertEquals(
                    List.of("layers.0.query.weight nf4 in blocks of 64", "layers.0.value.weight nf4 in blocks of 64"),
                    quantized(run));
            run.warns(
                            "`skip` leaves norms (`layers.0.norm`), embeddings (`embed_tokens`), heads (`lm_head`) as they are")
                    .freezes("layers.0.query.weight", "layers.0.value.weight");
        }
    }

    @Test
    void whatIsSkippedCanBeNamed() {
        assertEquals(
                List.of("embed_tokens.weight int8 by rows", "lm_head.weight int8 by rows"),
                quantized(run(model(), "scheme = int8, skip = [norms], target-modules = [embed_tokens, lm_head]")
                        .succeeds()));
        run(model(), "scheme = int8, target-modules = [query, lm_head]")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "target-modules",
                        "`lm_head` names modules that exclude-modules or skip take out",
                        "skip = [] leaves out none by their kind"))
                .changesNothing();
    }

    @Test
    void namesThatFitNothingAreTold() {
        run(model(), "scheme = nf4, target-modules = [quary, layers], exclude-modules = [pooler]")
                .fails(
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "target-modules",
                                "`quary` names no module of the model",
                                "did you mean `query`?"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "target-modules",
                                "`layers` names a module that holds others",
                                "name the layers in it, as `layers.0.query`"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "exclude-modules",
                                "`pooler` names no module of the model",
                                "names are whole, or the dotted ends of names; strict = false passes over it"));
        run(model(), "scheme = nf4, target-modules = [query, quary], strict = false")
                .succeeds()
                .warns("`quary` names no module of the model");
        run(model(), "scheme = nf4, overrides { key { block-size = 32 } }")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "overrides",
                        "`key` fits no module that is quantized",
                        "names are whole, or the dotted ends of names; strict = false passes over it"));
        run(ModelFixture.empty().norm("norm", 4, 1), "scheme = nf4")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "target-modules",
                        "the model has no linear layer that `all-linear` could mean",
                        "say which layers are linear: layers { \"**.query\" = linear }"));
    }

    @Test
    void singleModulesBecomeSomethingElse() {
        assertEquals(
                List.of(
                        "layers.0.query.weight int8 by rows",
                        "layers.0.value.weight nf4 in blocks of 32, scales in 8 bits"),
                quantized(run(
                                model(),
                                "scheme = nf4, double-quantization = true, block-size = 32,"
                                        + " overrides { query { scheme = int8 } }")
                        .succeeds()));
        run(model(), "scheme = nf4, overrides { query { block-size = 32 }, \"0.query\" { block-size = 128 } }")
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "overrides",
                        "2 patterns that say different things fit `layers.0.query`",
                        "let one of them fit it"));
    }

    @Test
    void kernelsFollowTheScheme() {
        assertEquals(
                List.of(Form.ScaledCodes.Kernel.DYNAMIC, Form.ScaledCodes.Kernel.NONE),
                List.of(kernel("scheme = int8-dynamic"), kernel("scheme = int8, kernel = none")));
    }

    private Form.ScaledCodes.Kernel kernel(String options) {
        var tensor = run(model(), options)
                .succeeds()
                .model()
                .find("layers.0.query.weight")
                .orElseThrow();
        Form form = tensor.storage().orElseThrow().parametrization().form(null);
        return ((Form.ScaledCodes) form).kernel();
    }

    @Test
    void whatCannotBeQuantizedIsTold() {
        run(
                        ModelFixture.empty()
                                .with("a.weight", DType.F64, Shape.of(2, 2), 1, 2, 3, 4)
                                .with("a.bias", Shape.of(2), 1, 2),
                        "scheme = nf4")
                .fails(unsupported("`a.weight` is F64; F16, BF16 and F32 can be quantized", "cast it before"));
        run(
                        ModelFixture.empty().with("a.weight", Shape.of(2, 2, 3), new double[12]),
                        "scheme = int8, target-modules = [a]")
                .fails(unsupported(
                        "`a.weight` has the shape [2, 2, 3], and int8 is by the rows of a matrix",
                        "leave it out, or take another scheme"));
        run(ModelFixture.empty().with("a.table", Shape.of(2, 2), 1, 2, 3, 4), "scheme = int8, target-modules = [a]")
                .fails(unsupported("`a`, which `a` names, has no weight", "name layers"));
        run(model(), "scheme = nf4, target-modules = [query]")
                .then(quantization.modifier("scheme = int8, target-modules = [query]"))
                .fails(unsupported(
                        "`layers.0.query.weight` is stored as `nf4` by an earlier modifier",
                        "quantize each weight once"));
    }

    @Test
    void aTensorOfSeveralNamesStaysAsItIs() {
        ModelFixture tied = model().tie("layers.1.query.weight", "layers.0.query.weight");
        ModifierRun run = run(tied, "scheme = nf4").succeeds();
        assertEquals(List.of("layers.0.value.weight nf4 in blocks of 64"), quantized(run));
        run.warns(
                "`skip` leaves norms (`layers.0.norm`), embeddings (`embed_tokens`), heads (`lm_head`) as they are",
                "tensors of several names, whose codes would be of one, are left as they are: `layers.0.query.weight`,"
                        + " `layers.1.query.weight`");
        run(tied, "scheme = nf4, target-modules = [query]")
                .fails(
                        unsupported(
                                "`layers.0.query.weight` is the same tensor as `layers.1.query.weight`, and codes are of"
                                        + " one name",
                                "leave it as it is"),
                        unsupported(
                                "`layers.1.query.weight` is the same tensor as `layers.0.query.weight`, and codes are of"
                                        + " one name",
                                "leave it as it is"));
    }

    @Test
    void layersOfGpt2AreToldOf() {
        run(
                        ModelFixture.empty()
                                .with("h.c_attn.weight", Shape.of(4, 6), new double[24])
                                .with("h.c_attn.bias", Shape.of(6), new double[6]),
                        "scheme = nf4")
                .succeeds()
                .warns("stored as [in, out], and others read quantized weights as [out, in]: `h.c_attn`");
    }
}
