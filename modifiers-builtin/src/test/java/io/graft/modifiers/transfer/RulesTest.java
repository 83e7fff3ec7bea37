package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.ModelDraft;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.AlignRule.NamePair;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What align rules accept, match and refuse. */
class RulesTest {
    @TempDir
    Path folder;

    @Test
    void anAlignRuleMustBeOne() {
        assertRejected("`source` has `a` twice", () -> align(List.of("a", "a"), List.of("a")));
        assertRejected("`model` has `b` twice", () -> align(List.of("b"), List.of("b", "b")));
        assertRejected(
                "`names` has `x`, which `source` has not",
                () -> align(List.of("a"), List.of("b"), new NamePair("x", "b")));
        assertRejected(
                "`names` has `y`, which `model` has not",
                () -> align(List.of("a"), List.of("b"), new NamePair("a", "y")));
        assertRejected(
                "`names` has `c` twice",
                () -> align(List.of("a", "b"), List.of("c"), new NamePair("a", "c"), new NamePair("b", "c")));
        assertRejected(
                "`source` and `model` have no name in common; `names` can pair them",
                () -> align(List.of("a"), List.of("b")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3,2   | 2,2   | 0 | [3, 2] in the checkpoint and [2, 2] in the model: 2 names do not divide 3 in the checkpoint
            4,2   | 3,2   | 0 | [4, 2] in the checkpoint and [3, 2] in the model: 2 names do not divide 3 in the model
            4,2   | 2,2   | 0 | [4, 2] in the checkpoint and [2, 2] in the model: a name stands for 2 in the checkpoint and for 1 in the \
            model
            2,2   | 2,3   | 0 | [2, 2] in the checkpoint and [2, 3] in the model: dimension 1 differs, and only dimension 0 may
            2,2   | 2     | 0 | [2, 2] in the checkpoint and [2] in the model: both must have a dimension 0 and as many dimensions
            2,2   | 2,2   | 2 | [2, 2] in the checkpoint and [2, 2] in the model: both must have a dimension 2 and as many dimensions
            """)
    void namesMustDivideTheDimension(String source, String model, int dimension, String message) {
        Path file = ModelFixture.empty()
                .with("w", shape(source), 1)
                .with("other", Shape.of(1), 1)
                .save(folder, "source");
        ModelDraft draft = ModelFixture.empty()
                .with("w", shape(model), 0)
                .with("other", Shape.of(1), 0)
                .draft();
        transfer(draft, Options.from(file).align("w", dimension, List.of("a", "b"), List.of("b", "c")))
                .fails(new ReportedError(
                        ProblemCode.SHAPE_MISMATCH,
                        "align[0]",
                        "`w` is " + message,
                        "the names of `source` and `model` divide dimension " + dimension
                                + " into blocks of one size"));
    }

    private static Shape shape(String text) {
        return new Shape(List.of(text.split(",")).stream().map(Long::valueOf).toList());
    }

    @Test
    void alignRulesMustFindATensorThatTheCheckpointFills() {
        Path file = ModelFixture.empty().with("w", Shape.of(2), 1).save(folder, "source");
        ModelDraft draft = ModelFixture.empty()
                .with("w", Shape.of(2), 0)
                .with("other", Shape.of(2), 0)
                .draft();
        List<String> names = List.of("a", "b");
        transfer(draft, Options.from(file).align("othr", 0, names, names))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "align[0].tensor",
                        "`othr` matches nothing in the model",
                        "did you mean `other`?"));
        transfer(draft, Options.from(file).align("other", 0, names, names))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "align[0].tensor",
                        "the checkpoint fills no tensor that `other` selects",
                        "see `prefix`, `rename`, `include` and `exclude`"));
        transfer(draft, Options.from(file).align("w", 0, names, names).align("**", 0, names, names))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "align[1].tensor",
                        "align rules #1 and #2 both select `w`",
                        "a tensor can be aligned along one dimension"));
    }

    @Test
    void alignedValuesAreConverted() {
        Path file = ModelFixture.empty()
                .with("w", DType.F16, Shape.of(2, 2), 1, 2, 3, 4)
                .save(folder, "source");
        ModelDraft draft = ModelFixture.empty().with("w", Shape.of(2, 3), -1).draft();
        ModifierRun run = transfer(draft, Options.from(file).align("w", 1, List.of("a", "b"), List.of("b", "new", "a")))
                .succeeds();
        run.hasValues("w", 2, -1, 1, 4, -1, 3);
    }

    @Test
    void alignmentAlongAMiddleDimensionMovesWholeBlocks() {
        Path file = ModelFixture.empty()
                .with("w", Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8)
                .save(folder, "source");
        ModelDraft draft = ModelFixture.empty().with("w", Shape.of(2, 2, 2), 0).draft();
        ModifierRun run = transfer(draft, Options.from(file).align("w", 1, List.of("a", "b"), List.of("b", "a")))
                .succeeds();
        run.hasValues("w", 3, 4, 1, 2, 7, 8, 5, 6);
    }

    @Test
    void namesInPlaceLoadTheTensorAsItIs() {
        Path file = ModelFixture.empty().with("w", Shape.of(2), 5).save(folder, "source");
        ModelDraft draft = ModelFixture.empty().with("w", Shape.of(2), 0).draft();
        ModifierRun run = transfer(draft, Options.from(file).align("w", 0, List.of("a", "b"), List.of("a", "b")))
                .succeeds();
        run.hasValues("w", 5);
        assertEquals(
                List.of("align rule #1, `w`: 2 of 2 blocks along dimension 0 loaded, 0 of them to another place"),
                run.warnings());
    }

    private static AlignRule align(List<String> source, List<String> model, NamePair... names) {
        return new AlignRule(Selector.parse("w"), 0, source, model, List.of(names));
    }

    private static void assertRejected(String message, Executable making) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, making).getMessage());
    }
}
