package io.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.Artifact;
import io.graft.ModelModifier;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.Change;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ModifierRunTest {
    private static final ModelModifier NOTHING = (model, context) -> {};
    private static final ModelModifier FREEZES_A = (model, context) -> model.freeze("a");
    private static final ModelModifier FAILS = (model, context) -> {
        context.warn("look out");
        context.warn("look out");
        context.error(ProblemCode.UNMATCHED_SELECTOR, "freeze[0]", "`x` matches nothing", "did you mean `a`?");
    };

    @TempDir
    Path folder;

    private static ModelFixture model() {
        return ModelFixture.of("a", DType.F32, Shape.of(2), 1, 2).with("b", DType.F16, Shape.of(1), 0.1);
    }

    private static void assertFails(String message, Executable test) {
        assertEquals(message, assertThrows(AssertionError.class, test).getMessage());
    }

    @Test
    void whatHoldsIsSilent() {
        model().apply(FREEZES_A)
                .succeeds()
                .freezes("a")
                .hasTrainable("b")
                .hasNames("a", "b")
                .hasValues("a", 1, 2)
                .hasValues("b", 0.1)
                .warns()
                .skips()
                .misses()
                .assigns();
        model().apply(FAILS)
                .fails(ProblemCode.UNMATCHED_SELECTOR, "freeze[0]")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR, "freeze[0]", "`x` matches nothing", "did you mean `a`?"))
                .warns("look out")
                .changesNothing();
    }

    @Test
    void aRunKnowsItsOwnChanges() {
        ModifierRun run = model().apply(FREEZES_A).then((draft, context) -> draft.rename(Map.of("b", "c")));
        assertEquals(List.of(new Change.Renamed("b", "c")), run.changes());
        run.freezes().hasNames("a", "c").hasTrainable("c");
    }

    @Test
    void filesOfItsOwnAreKnownAndCanBeWritten() throws IOException {
        ModifierRun run = model().apply((draft, context) -> {
            context.artifact(Artifact.text("note.txt", WrittenFile.Kind.ADAPTER, "two"));
            context.artifact(Artifact.tensors(
                    "a.safetensors",
                    WrittenFile.Kind.ADAPTER,
                    Map.of("a", draft.find("a").orElseThrow().value()),
                    Map.of()));
        });
        assertEquals(
                List.of("note.txt", "a.safetensors"),
                run.artifacts().stream().map(Artifact::name).toList());
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals("two", Files.readString(folder.resolve("note.txt")));
        assertEquals(
                List.of(1.0, 2.0),
                ModelFixture.read(folder.resolve("a.safetensors")).values("a"));
        assertThrows(
                IllegalArgumentException.class,
                () -> model().apply((draft, context) -> {
                    context.artifact(run.artifacts().get(0));
                    context.artifact(run.artifacts().get(0));
                }));
    }

    @Test
    void filesAreOpenedAsInARun() {
        Path file = ModelFixture.of("a", DType.F64, Shape.of(2), 5)
                .with("z", Shape.of(1), 0)
                .save(folder, "source");
        model().apply(new Samples.Loading(file))
                .succeeds()
                .assigns("a")
                .hasValues("a", 5)
                .skips(new Skipped("z", SkipReason.NOT_IN_MODEL, "in source.safetensors"))
                .misses("b");
    }

    @Test
    void errorsThatWereNotExpected() {
        String errors = """
                the errors are not as expected
                expected: none
                found:    [unmatched-selector] at `freeze[0]`: `x` matches nothing; did you mean `a`?""";
        assertFails(errors, () -> model().apply(FAILS).succeeds());
        assertFails(
                errors.replace("none", "[coverage]"), () -> model().apply(FAILS).fails(ProblemCode.COVERAGE, ""));
        assertFails("""
                the errors are not as expected
                expected: [coverage] at `x`
                found:    none""", () -> model().apply(NOTHING).fails(ProblemCode.COVERAGE, "x"));
        assertFails(
                """
                the errors are not as expected
                expected: [coverage] at `x`: too little
                found:    none""",
                () -> model().apply(NOTHING).fails(new ReportedError(ProblemCode.COVERAGE, "x", "too little", "")));
    }

    @Test
    void changesThatWereNotExpected() {
        assertFails("""
                the changes are not as expected
                expected: none
                found:    Frozen[name=a]""", () -> model().apply(FREEZES_A).changesNothing());
        assertFails("""
                the frozen tensors are not as expected
                expected: a
                          b
                found:    a""", () -> model().apply(FREEZES_A).freezes("a", "b"));
        assertFails("""
                the trainable tensors are not as expected
                expected: a
                found:    b""", () -> model().apply(FREEZES_A).hasTrainable("a"));
        assertFails("""
                the assigned tensors are not as expected
                expected: a
                found:    none""", () -> model().apply(NOTHING).assigns("a"));
        assertFails("""
                the names are not as expected
                expected: a
                found:    a
                          b""", () -> model().apply(NOTHING).hasNames("a"));
    }

    @Test
    void whatTheModifierSaidIsShownWithIt() {
        assertFails("""
                the frozen tensors are not as expected
                expected: a
                found:    none
                error:    [unmatched-selector] at `freeze[0]`: `x` matches nothing; did you mean `a`?
                warning:  look out""", () -> model().apply(FAILS).freezes("a"));
        assertFails("""
                the warnings are not as expected
                expected: none
                found:    look out
                error:    [unmatched-selector] at `freeze[0]`: `x` matches nothing; did you mean `a`?""", () -> model().apply(FAILS).warns());
    }

    @Test
    void valuesThatWereNotExpected() {
        assertFails("""
                the values of `a` are not as expected
                expected: [1.0, 3.0]
                found:    [1.0, 2.0]""", () -> model().apply(NOTHING).hasValues("a", 1, 3));
        assertFails("""
                the model has no tensor `c`; it has a
                          b""", () -> model().apply(NOTHING).values("c"));
    }

    @Test
    void entriesThatWereNotExpected() {
        assertFails("""
                the skipped entries are not as expected
                expected: Skipped[key=x, reason=EXCLUDED, detail=]
                found:    none""", () -> model().apply(NOTHING).skips(new Skipped("x", SkipReason.EXCLUDED, "")));
        assertFails("""
                the missing tensors are not as expected
                expected: x
                found:    none""", () -> model().apply(NOTHING).misses("x"));
    }
}
