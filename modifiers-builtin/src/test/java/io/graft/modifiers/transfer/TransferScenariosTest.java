package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.Checkpoint;
import io.graft.model.Change;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.Fixtures;
import io.graft.modifiers.transfer.AlignRule.NamePair;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transfer-learning scenarios of the reference system that are about what fits, by their ids. */
class TransferScenariosTest {
    @TempDir
    Path folder;

    private Options from(ModelFixture source) {
        return Options.from(source.save(folder, "source"));
    }

    @Test
    void d2AnUnknownKeyIsSkippedWithItsReason() {
        ModifierRun run = transfer(Fixtures.m43(), Options.from(Fixtures.file("m43/mismatched.pt")))
                .succeeds();
        assertEquals(
                List.of(
                        new Skipped("old_head.weight", SkipReason.NOT_IN_MODEL, ""),
                        new Skipped(
                                "decoder.weight",
                                SkipReason.SHAPE_MISMATCH,
                                "[9, 3] in the checkpoint, [2, 3] in the model")),
                run.skipped());
        assertEquals(List.of("decoder.bias", "encoder.bias", "encoder.weight"), run.assigned());
        assertEquals(List.of("decoder.weight"), run.missing());
        run.hasValues("encoder.weight", 7);
        run.hasValues("encoder.bias", 7);
        run.hasValues("decoder.bias", 7);
        assertEquals(Fixtures.m43().values("decoder.weight"), run.values("decoder.weight"));
        assertEquals(List.of(), run.warnings());
    }

    @Test
    void d3AMismatchIsAnErrorOnRequest() {
        Path source = Fixtures.file("m43/mismatched.pt");
        transfer(Fixtures.m43(), Options.from(source).refuseMismatched())
                .fails(new ReportedError(
                        ProblemCode.SHAPE_MISMATCH,
                        "skip-mismatched",
                        "`decoder.weight` does not fit: [9, 3] in the checkpoint, [2, 3] in the model",
                        "exclude the tensor, rename the entry, or let skip-mismatched be true and strict false"));
    }

    @Test
    void d4AnUnknownKeyIsNoMismatch() {
        Path source = Fixtures.sevens().linear("old_head", 2, 2, 1).save(folder, "source");
        assertEquals(
                4,
                transfer(Fixtures.m43(), Options.from(source).refuseMismatched())
                        .succeeds()
                        .assigned()
                        .size());
        transfer(Fixtures.m43(), Options.from(source).refuseUnexpected())
                .fails(new ReportedError(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "on-unexpected",
                        "the model has no place for 2 of the tensors in `source.safetensors`: `old_head.bias`, `old_head.weight`",
                        "rename them, or let on-unexpected be ignore and strict false"));
    }

    @Test
    void d6CoverageBelowTheFloorIsAnError() {
        Options options = from(ModelFixture.empty().with("encoder.weight", Shape.of(3, 4), 7))
                .minCoverage(0.5);
        ModifierRun run = transfer(Fixtures.m43(), options)
                .fails(new ReportedError(
                        ProblemCode.COVERAGE,
                        "min-coverage",
                        "`source.safetensors` fills 1 of 4 tensors (25.0 %) and 12 of 23 elements (52.2 %),"
                                + " less than min-coverage = 0.5",
                        "see what is skipped and missing; lower min-coverage if that is as it should be"));
        assertEquals(List.of("decoder.bias", "decoder.weight", "encoder.bias"), run.missing());
    }

    @Test
    void d6CoverageAtTheFloorIsEnoughAndCountsWhatIsToBeFilled() {
        Path source =
                ModelFixture.empty().with("encoder.weight", Shape.of(3, 4), 7).save(folder, "source");
        transfer(Fixtures.m43(), Options.from(source).minCoverage(0.25)).succeeds();
        ModifierRun run = transfer(
                        Fixtures.m43(), Options.from(source).minCoverage(1).include("encoder.weight"))
                .succeeds();
        assertEquals(List.of("encoder.weight"), run.assigned());
        assertEquals(List.of(), run.missing());
    }

    @Test
    void d6TheFloorIsAFractionNotARoundedProduct() {
        ModelFixture source = ModelFixture.empty();
        ModelFixture model = ModelFixture.empty();
        for (int index = 0; index < 100; index++) {
            model.with("w" + index, Shape.of(1), 0);
        }
        for (int index = 0; index < 7; index++) {
            source.with("w" + index, Shape.of(1), 1);
        }
        assertEquals(
                7,
                transfer(model.draft(), from(source).minCoverage(0.07))
                        .succeeds()
                        .assigned()
                        .size());
    }

    @Test
    void d7TheSourceIsNeverMutated() throws IOException {
        Path source = Fixtures.sevens().linear("mlp.3", 2, 2, 1).save(folder, "source");
        byte[] before = Files.readAllBytes(source);
        ModifierRun run = transfer(Fixtures.m43(), Options.from(source).rename("mlp.3", "mlp.2"))
                .succeeds();
        run.hasValues("encoder.weight", 7);
        assertArrayEquals(before, Files.readAllBytes(source));
        assertEquals(6, Checkpoint.open(source).tensors().size());
    }

    @Test
    void d8OneElementFitsAScalarOnRequestOnly() {
        Path source = Fixtures.sevens().with("n", Shape.of(1), 5).save(folder, "source");
        ModifierRun skipped = transfer(
                        ModelFixture.empty()
                                .linear("encoder", 4, 3, 0)
                                .with("n", Shape.SCALAR, 1)
                                .draft(),
                        Options.from(source))
                .succeeds();
        skipped.hasValues("n", 1);
        assertEquals(List.of("n"), skipped.missing());
        assertEquals(
                List.of(new Skipped("n", SkipReason.SHAPE_MISMATCH, "[1] in the checkpoint, [] in the model")),
                skipped.skipped().stream()
                        .filter(skip -> skip.key().equals("n"))
                        .toList());
        ModifierRun reshaped = transfer(
                        ModelFixture.empty()
                                .linear("encoder", 4, 3, 0)
                                .with("n", Shape.SCALAR, 1)
                                .draft(),
                        Options.from(source).allowScalarReshape())
                .succeeds();
        reshaped.hasValues("n", 5);
        assertEquals(
                new Provenance.Computed("reshape [1] to []", List.of(new Provenance.Stored("source.safetensors", "n"))),
                reshaped.model().find("n").orElseThrow().base().provenance());
    }

    /** Old: norm, linear, activation, linear in one sequence. New: the norm apart, and the linears one place up. */
    @Test
    void d10MovedLayersAreLoadedBySimultaneousRules() {
        ModelFixture old = ModelFixture.empty()
                .norm("mlp.0", 4, 1)
                .linear("mlp.1", 4, 8, 2)
                .linear("mlp.3", 8, 4, 3);
        ModelDraft model = ModelFixture.empty()
                .norm("layer_norm_mlp", 4, 0)
                .linear("mlp.0", 4, 8, 0)
                .linear("mlp.2", 8, 4, 0)
                .draft();
        ModifierRun run = transfer(
                        model,
                        from(old)
                                .strict()
                                .rename("mlp.0", "layer_norm_mlp")
                                .rename("mlp.1", "mlp.0")
                                .rename("mlp.3", "mlp.2"))
                .succeeds();
        assertEquals(
                List.of(
                        "layer_norm_mlp.weight",
                        "layer_norm_mlp.bias",
                        "mlp.0.weight",
                        "mlp.0.bias",
                        "mlp.2.weight",
                        "mlp.2.bias"),
                run.assigned());
        run.hasValues("layer_norm_mlp.weight", 1);
        run.hasValues("layer_norm_mlp.bias", 1);
        run.hasValues("mlp.0.weight", 2);
        run.hasValues("mlp.0.bias", 2);
        run.hasValues("mlp.2.weight", 3);
        run.hasValues("mlp.2.bias", 3);
        assertEquals(List.of(), run.skipped());
        assertEquals(List.of(), run.missing());
        assertEquals(List.of(), run.warnings());
    }

    @Test
    void d10WithoutRulesNothingFitsAndThatIsAnError() {
        ModelFixture old = ModelFixture.empty()
                .norm("mlp.0", 4, 1)
                .linear("mlp.1", 4, 8, 2)
                .linear("mlp.3", 8, 4, 3);
        ModelDraft model = ModelFixture.empty()
                .norm("layer_norm_mlp", 4, 0)
                .linear("mlp.0", 4, 8, 0)
                .linear("mlp.2", 8, 4, 0)
                .draft();
        transfer(model, from(old))
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "checkpoint-path",
                        "`source.safetensors` fills 0 of 6 tensors (0.0 %) and 0 of 84 elements (0.0 %)",
                        "the checkpoint has `mlp.0.bias`, `mlp.0.weight`, `mlp.1.bias`, `mlp.1.weight` and 2 more;"
                                + " the model has `layer_norm_mlp.weight`, `layer_norm_mlp.bias`, `mlp.0.weight`,"
                                + " `mlp.0.bias` and 2 more; see `prefix` and `rename`"));
    }

    private static ModelDraft square() {
        return ModelFixture.empty()
                .linear("mlp.0", 4, 4, 0)
                .linear("mlp.2", 4, 4, 0)
                .draft();
    }

    @Test
    void d11AnOrphanedLayerIsFlagged() {
        ModelFixture old = ModelFixture.empty()
                .linear("mlp.0", 4, 4, 1)
                .linear("mlp.2", 4, 4, 2)
                .linear("mlp.4", 4, 4, 3);
        ModifierRun run = transfer(square(), from(old)).succeeds();
        run.hasValues("mlp.0.weight", 1);
        run.hasValues("mlp.2.weight", 2);
        assertEquals(
                List.of(
                        "the model has no place for `mlp.4` of the checkpoint, but loaded `mlp.0`, `mlp.2`, which hold tensors of the"
                                + " same shapes: if the layers are numbered differently, these got the wrong values; then give rename rules,"
                                + " such as { from = mlp.4, to = mlp.2 }; on-unexpected = error refuses what is left over"),
                run.warnings());
    }

    @Test
    void d11AnOrphanAtTheTopLevelIsFlaggedToo() {
        ModelFixture old =
                ModelFixture.empty().linear("0", 4, 4, 1).linear("2", 4, 4, 2).linear("4", 4, 4, 3);
        ModelDraft model =
                ModelFixture.empty().linear("0", 4, 4, 0).linear("2", 4, 4, 0).draft();
        List<String> warnings = transfer(model, from(old)).succeeds().warnings();
        assertEquals(1, warnings.size());
        assertEquals(
                "the model has no place for `4` of the checkpoint, but loaded `0`, `2`",
                warnings.get(0).split(", which")[0]);
    }

    /** A head of another name is no misnumbered layer, and a numbered layer of other shapes is none either. */
    @Test
    void d11OtherUnknownModulesAreNot() {
        ModelFixture old = ModelFixture.empty()
                .linear("mlp.0", 4, 4, 1)
                .linear("mlp.2", 4, 4, 2)
                .linear("mlp.4", 4, 5, 3)
                .linear("head", 4, 4, 3);
        assertEquals(List.of(), transfer(square(), from(old)).succeeds().warnings());
    }

    @Test
    void d11AStrictSourceRefusesAnOrphan() {
        ModelFixture old = ModelFixture.empty()
                .linear("mlp.0", 4, 4, 1)
                .linear("mlp.2", 4, 4, 2)
                .linear("mlp.4", 4, 4, 3);
        transfer(square(), from(old).refuseUnexpected())
                .fails(new ReportedError(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "on-unexpected",
                        "the model has no place for 2 of the tensors in `source.safetensors`: `mlp.4.bias`, `mlp.4.weight`",
                        "rename them, or let on-unexpected be ignore and strict false"));
    }

    @Test
    void d12ColumnsAreCopiedByName() {
        ModelFixture old = ModelFixture.empty()
                .with("input.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
                .with("input.bias", Shape.of(2), 7);
        ModelDraft model = ModelFixture.empty()
                .with("input.weight", Shape.of(2, 2), -1)
                .with("input.bias", Shape.of(2), -1)
                .draft();
        ModifierRun run = transfer(model, from(old).align("input.weight", 1, List.of("a", "b", "c"), List.of("a", "c")))
                .succeeds();
        run.hasValues("input.weight", 1, 3, 4, 6);
        run.hasValues("input.bias", 7);
        assertEquals(
                List.of(
                        "align rule #1, `input.weight`: 2 of 2 blocks along dimension 1 loaded, 1 of them to another place;"
                                + " `b` of the checkpoint is not used"),
                run.warnings());
        assertEquals(
                new Provenance.Computed(
                        "2 of 2 blocks along dimension 1",
                        List.of(new Provenance.Stored("source.safetensors", "input.weight"))),
                run.model().find("input.weight").orElseThrow().base().provenance());
    }

    @Test
    void d14AnotherOrderIsPermutedByNameAndSaid() {
        ModelFixture old = ModelFixture.empty().with("input.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        ModelDraft model =
                ModelFixture.empty().with("input.weight", Shape.of(2, 3), -1).draft();
        ModifierRun run = transfer(
                        model, from(old).align("input.weight", 1, List.of("a", "b", "c"), List.of("b", "a", "c")))
                .succeeds();
        run.hasValues("input.weight", 2, 1, 3, 5, 4, 6);
        assertEquals(
                List.of(
                        "align rule #1, `input.weight`: 3 of 3 blocks along dimension 1 loaded, 2 of them to another place"),
                run.warnings());
    }

    @Test
    void d15AnotherNameAtTheSamePlaceIsReported() {
        ModelFixture old = ModelFixture.empty().with("input.weight", Shape.of(1, 2), 1, 2);
        ModelDraft model =
                ModelFixture.empty().with("input.weight", Shape.of(1, 2), -1).draft();
        ModifierRun run = transfer(model, from(old).align("input.weight", 1, List.of("t", "tp"), List.of("t", "imerg")))
                .succeeds();
        run.hasValues("input.weight", 1, -1);
        assertEquals(
                List.of(
                        "align rule #1, `input.weight`: 1 of 2 blocks along dimension 1 loaded, 0 of them to another place;"
                                + " `imerg` stands where the checkpoint has `tp` and keeps its initial values,"
                                + " names = [{from = tp, to = imerg}] would load it; `tp` of the checkpoint is not used"),
                run.warnings());
    }

    @Test
    void d15AnExplicitPairSilencesIt() {
        ModelFixture old = ModelFixture.empty().with("input.weight", Shape.of(1, 2), 1, 2);
        ModelDraft model =
                ModelFixture.empty().with("input.weight", Shape.of(1, 2), -1).draft();
        ModifierRun run = transfer(
                        model,
                        from(old)
                                .align(
                                        "input.weight",
                                        1,
                                        List.of("t", "tp"),
                                        List.of("t", "imerg"),
                                        new NamePair("tp", "imerg")))
                .succeeds();
        run.hasValues("input.weight", 1, 2);
        assertEquals(
                List.of(
                        "align rule #1, `input.weight`: 2 of 2 blocks along dimension 1 loaded, 0 of them to another place"),
                run.warnings());
    }

    @Test
    void d16BlocksOfRowsMoveWithTheirLeadTime() {
        ModelFixture old = ModelFixture.empty()
                .with("output.weight", Shape.of(4, 2), 6, 6, 6.5, 6.5, 12, 12, 12.5, 12.5)
                .with("output.bias", Shape.of(4), 6, 6.5, 12, 12.5);
        ModelDraft model = ModelFixture.empty()
                .with("output.weight", Shape.of(4, 2), -1)
                .with("output.bias", Shape.of(4), -1)
                .draft();
        ModifierRun run = transfer(model, from(old).align("output", 0, List.of("6", "12"), List.of("12", "18")))
                .succeeds();
        run.hasValues("output.weight", 12, 12, 12.5, 12.5, -1, -1, -1, -1);
        run.hasValues("output.bias", 12, 12.5, -1, -1);
        assertEquals(
                List.of(
                        "align rule #1, `output`: 1 of 2 blocks along dimension 0 loaded, 1 of them to another place;"
                                + " `18` is not in the checkpoint and keeps its initial values; `6` of the checkpoint is not used"),
                run.warnings());
    }

    @Test
    void d18AnotherDtypeIsCastAndReported() {
        ModelFixture half = ModelFixture.empty()
                .with("w", DType.F16, Shape.of(2), 1.5, 2.5)
                .with("d", DType.F64, Shape.of(2), 0.1, 3);
        ModelDraft model = ModelFixture.empty()
                .with("w", Shape.of(2), 0)
                .with("d", Shape.of(2), 0)
                .draft();
        ModifierRun run = transfer(model, from(half)).succeeds();
        run.hasValues("w", 1.5, 2.5);
        run.hasValues("d", 0.1, 3);
        Change.Cast first = assertInstanceOf(Change.Cast.class, run.changes().get(0));
        assertEquals(List.of("w", DType.F16, DType.F32), List.of(first.name(), first.from(), first.to()));
        assertEquals(
                new Change.Assigned("w", TensorKind.PARAMETER, new Provenance.Stored("source.safetensors", "w")),
                run.changes().get(1));
        Change.Cast second = assertInstanceOf(Change.Cast.class, run.changes().get(2));
        assertEquals(List.of("d", DType.F64, DType.F32), List.of(second.name(), second.from(), second.to()));
    }

    @Test
    void d18AnotherDtypeIsRefusedOnRequest() {
        ModelFixture half =
                ModelFixture.empty().with("w", DType.F16, Shape.of(2), 1.5, 2.5).with("d", Shape.of(2), 4);
        ModelDraft model = ModelFixture.empty()
                .with("w", Shape.of(2), 0)
                .with("d", Shape.of(2), 0)
                .draft();
        ModifierRun run = transfer(model, from(half).refuseDtypes()).succeeds();
        assertEquals(List.of("d"), run.assigned());
        assertEquals(
                List.of(new Skipped("w", SkipReason.DTYPE_REFUSED, "F16 in the checkpoint, F32 in the model")),
                run.skipped());
        assertEquals(List.of("w"), run.missing());
    }
}
