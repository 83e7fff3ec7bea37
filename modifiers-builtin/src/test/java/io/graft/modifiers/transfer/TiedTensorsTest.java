package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 1 of the field reports: {@code e} and {@code h} are one tensor of the model. */
class TiedTensorsTest {
    @TempDir
    Path folder;

    private int sources;

    private static ModelFixture tied() {
        return ModelFixture.empty()
                .with("e.weight", Shape.of(2, 2), 0)
                .with("norm.weight", Shape.of(2), 0)
                .tie("h.weight", "e.weight");
    }

    private static ModelFixture of(String name, double value) {
        return ModelFixture.empty().with(name, Shape.of(2, 2), value);
    }

    private Options from(ModelFixture source) {
        return Options.from(source.save(folder, "source" + ++sources));
    }

    @Test
    void aSourceWithOneOfTheNamesFillsTheTensor() {
        transfer(tied(), from(of("e.weight", 1)))
                .succeeds()
                .warns()
                .assigns("e.weight", "h.weight")
                .misses("norm.weight")
                .hasValues("e.weight", 1)
                .hasValues("h.weight", 1);
        transfer(tied(), from(of("h.weight", 2)))
                .succeeds()
                .warns()
                .assigns("h.weight", "e.weight")
                .misses("norm.weight")
                .hasValues("e.weight", 2)
                .hasValues("h.weight", 2);
    }

    @Test
    void aSourceWithOneOfTheNamesIsEnoughForStrict() {
        transfer(
                        tied(),
                        from(of("h.weight", 1).with("norm.weight", Shape.of(2), 1))
                                .strict())
                .succeeds()
                .hasValues("e.weight", 1);
        transfer(tied(), from(of("norm.weight", 1)).strict())
                .fails(
                        new ReportedError(
                                ProblemCode.SHAPE_MISMATCH,
                                "strict",
                                "`norm.weight` does not fit: [2, 2] in the checkpoint, [2] in the model",
                                "exclude the tensor, rename the entry, or let skip-mismatched be true and strict false"),
                        new ReportedError(
                                ProblemCode.MISSING_TENSOR,
                                "strict",
                                "`source2.safetensors` does not fill 1 of the model's tensors: `e.weight`",
                                "rename entries, exclude the tensors, or let strict be false"));
    }

    @Test
    void aTensorCountsOnceForCoverage() {
        transfer(tied(), from(of("h.weight", 1)).minCoverage(0.6))
                .fails(new ReportedError(
                        ProblemCode.COVERAGE,
                        "min-coverage",
                        "`source1.safetensors` fills 1 of 2 tensors (50.0 %) and 4 of 6 elements (66.7 %), less than min-coverage ="
                                + " 0.6",
                        "see what is skipped and missing; lower min-coverage if that is as it should be"));
    }

    @Test
    void equalValuesForBothNamesAgree() {
        transfer(tied(), from(of("e.weight", 3).with("h.weight", Shape.of(2, 2), 3)))
                .succeeds()
                .warns()
                .skips()
                .hasValues("h.weight", 3);
    }

    @Test
    void differentValuesForTheNamesAreAnError() {
        transfer(tied(), from(of("e.weight", 1).with("h.weight", Shape.of(2, 2), 1, 1, 1, 2)))
                .changesNothing()
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "checkpoint-path",
                        "`e.weight` and `h.weight` are one tensor in the model, and `e.weight` and `h.weight` of the"
                                + " checkpoint differ",
                        "give a `rename` rule that moves one of them elsewhere"));
        transfer(
                        tied(),
                        from(of("e.weight", 1).with("h.weight", Shape.of(2, 2), 2))
                                .rename("h", "unused"))
                .succeeds()
                .hasValues("h.weight", 1);
        transfer(tied(), from(of("e.weight", 1).with("h.weight", DType.F16, Shape.of(2, 2), 1)))
                .changesNothing()
                .fails(ProblemCode.NAME_COLLISION, "checkpoint-path");
    }

    @Test
    void anEntryOfAnotherShapeGivesWayToOneThatFits() {
        transfer(tied(), from(of("e.weight", 1).with("h.weight", Shape.of(3, 2), 2)))
                .succeeds()
                .skips(new Skipped(
                        "h.weight", SkipReason.SHAPE_MISMATCH, "[3, 2] in the checkpoint, [2, 2] in the model"))
                .hasValues("h.weight", 1);
    }

    @Test
    void aNameCannotBeExcludedWhileTheOtherIsLoaded() {
        transfer(tied(), from(of("e.weight", 1)).exclude("h"))
                .changesNothing()
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "exclude",
                        "`h.weight` is excluded, but it is one tensor with `e.weight`, which `e.weight` of the checkpoint"
                                + " would fill",
                        "exclude all names of the tensor, or none"));
        transfer(
                        tied(),
                        from(of("e.weight", 1).with("norm.weight", Shape.of(2), 1))
                                .exclude("h", "e"))
                .succeeds()
                .assigns("norm.weight");
    }

    @Test
    void aNameOutsideOfWhatIsIncludedIsFilledWithTheOther() {
        transfer(tied(), from(of("e.weight", 1)).include("e"))
                .succeeds()
                .warns("`h.weight` is one tensor with `e.weight` and is filled with it")
                .hasValues("h.weight", 1);
    }

    @Test
    void aTensorIsAlignedUnderEachOfItsNames() {
        transfer(tied(), from(of("h.weight", 5)).align("e.weight", 0, List.of("a", "b"), List.of("b", "c")))
                .succeeds()
                .hasValues("e.weight", 5, 5, 0, 0)
                .hasValues("h.weight", 5, 5, 0, 0);
    }

    @Test
    void aTieThatOnlyTheConfigurationTellsIsFilledAndChecked() throws IOException {
        Path model = ModelFixture.empty()
                .with("model.embed_tokens.weight", Shape.of(2, 2), 0)
                .save(folder, "model");
        Files.writeString(folder.resolve("config.json"), "{\"tie_word_embeddings\": true}");
        transfer(
                        ModelFixture.read(model),
                        Options.from(saved(of("lm_head.weight", 1))).strict())
                .succeeds()
                .hasValues("model.embed_tokens.weight", 1);
        transfer(
                        ModelFixture.read(model),
                        Options.from(
                                saved(of("lm_head.weight", 1).with("model.embed_tokens.weight", Shape.of(2, 2), 2))))
                .changesNothing()
                .fails(ProblemCode.NAME_COLLISION, "checkpoint-path");
    }

    /** Apart from the model, whose configuration would be the source's as well. */
    private Path saved(ModelFixture source) throws IOException {
        return source.save(Files.createDirectory(folder.resolve("source" + ++sources)), "source");
    }
}
