package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;

import io.graft.modifiers.transfer.AlignRule.NamePair;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One side of an align rule has more names than the other, and those that both have are in their places. */
class AlignmentTest {
    @TempDir
    Path folder;

    @Test
    void aNameAtTheEndOfTheCheckpointIsDropped() {
        Path file = ModelFixture.empty().with("w", Shape.of(3), 1, 2, 3).save(folder, "source");
        transfer(
                        ModelFixture.empty().with("w", Shape.of(2), 0),
                        Options.from(file).align("w", 0, List.of("a", "b", "c"), List.of("a", "b")))
                .succeeds()
                .hasValues("w", 1, 2)
                .warns(
                        "align rule #1, `w`: 2 of 2 blocks along dimension 0 loaded, 0 of them to another place; `c` of the"
                                + " checkpoint is not used");
    }

    @Test
    void aNameAtTheEndOfTheModelKeepsItsValues() {
        Path file = ModelFixture.empty().with("w", Shape.of(2), 1, 2).save(folder, "source");
        transfer(
                        ModelFixture.empty().with("w", Shape.of(3), 7, 8, 9),
                        Options.from(file).align("w", 0, List.of("a", "b"), List.of("a", "b", "c")))
                .succeeds()
                .hasValues("w", 1, 2, 9)
                .warns(
                        "align rule #1, `w`: 2 of 3 blocks along dimension 0 loaded, 0 of them to another place; `c` is not"
                                + " in the checkpoint and keeps its initial values");
    }

    @Test
    void aPairedNameIsTakenFromItsPlace() {
        Path file = ModelFixture.empty().with("w", Shape.of(4), 1, 2, 3, 4).save(folder, "source");
        transfer(
                        ModelFixture.empty().with("w", Shape.of(2), 0),
                        Options.from(file).align("w", 0, List.of("a", "b"), List.of("x"), new NamePair("b", "x")))
                .succeeds()
                .hasValues("w", 3, 4)
                .warns(
                        "align rule #1, `w`: 1 of 1 blocks along dimension 0 loaded, 1 of them to another place; `a` of the"
                                + " checkpoint is not used");
    }
}
