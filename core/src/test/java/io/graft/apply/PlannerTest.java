package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.ModelModifier;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.apply.checkpoint.CheckpointKinds;
import io.graft.apply.checkpoint.CheckpointTarget;
import io.graft.apply.output.Schedules;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.registry.BoundModifier;
import io.graft.report.ReportNames;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final String NOTE_1_OF_1 = "modifier 1 of 1, `first` (test.jar)";

    private final List<BoundModifier> modifiers = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void h1_modifierThatThrowsEndsTheRunAndIsNamedWithIndexAndTotal() {
        add("first", (draft, context) -> draft.freeze("a"));
        IllegalStateException boom = new IllegalStateException("boom\nwith details");
        add("second", (draft, context) -> {
            ran.add("second");
            throw boom;
        });
        add("third", (draft, context) -> ran.add("third"));
        Planner.Planned planned = plan();
        assertEquals(List.of("second"), ran);
        assertSame(boom, planned.thrown().orElseThrow());
        assertEquals(
                List.of(new Problem(
                        ProblemCode.APPLY_FAILED,
                        Severity.ERROR,
                        "graft.modifiers[1]",
                        entry(1).source(),
                        "modifier 2 of 3, `second`, failed: IllegalStateException: boom",
                        List.of(),
                        "this is a fault in the modifier, which comes from test.jar")),
                planned.plan().problems());
        assertEquals(
                List.of(List.of(new Change.Frozen("a")), List.of()),
                planned.plan().modifiers().stream().map(ModifierRecord::changes).toList());
    }

    @Test
    void h1_modifierThatTellsErrorsHasFailed() {
        add("first", (draft, context) -> {
            context.error(ProblemCode.UNMATCHED_SELECTOR, "modules[1]", "`nope` matches nothing", "did you mean `a`?");
            context.error(ProblemCode.NOTHING_LOADED, "", "nothing was loaded", "");
            context.error(ProblemCode.COVERAGE, "min-coverage", "25 % is too little", "");
        });
        add("second", (draft, context) -> ran.add("second"));
        Plan plan = plan().plan();
        assertEquals(List.of(), ran);
        assertFalse(plan.isCommittable());
        List<String> note = List.of("modifier 1 of 2, `first` (test.jar)");
        assertEquals(
                List.of(
                        new Problem(
                                ProblemCode.UNMATCHED_SELECTOR,
                                Severity.ERROR,
                                "graft.modifiers[0].modules[1]",
                                entry(0).at("modules").elements().get(1).source(),
                                "`nope` matches nothing",
                                note,
                                "did you mean `a`?"),
                        new Problem(
                                ProblemCode.NOTHING_LOADED,
                                Severity.ERROR,
                                "graft.modifiers[0]",
                                entry(0).source(),
                                "nothing was loaded",
                                note,
                                ""),
                        new Problem(
                                ProblemCode.COVERAGE,
                                Severity.ERROR,
                                "graft.modifiers[0].min-coverage",
                                entry(0).source(),
                                "25 % is too little",
                                note,
                                "")),
                plan.problems());
    }

    @Test
    void h3_memoryThatRunsOutIsTold() {
        add("first", (draft, context) -> {
            throw new OutOfMemoryError("Java heap space");
        });
        Problem problem = plan().plan().problems().get(0);
        assertEquals("modifier 1 of 1, `first`, failed: OutOfMemoryError: Java heap space", problem.message());
        assertEquals(
                "give the JVM more memory, such as GRAFT_JAVA_OPTS=-Xmx8g; if that does not help, this is a fault in the modifier,"
                        + " which comes from test.jar",
                problem.help());
    }

    /** Nothing goes on without memory, be it optional or not. */
    @Test
    void h3_memoryThatRunsOutEndsTheRunOfAnOptionalModifier() {
        modifiers.add(new BoundModifier(
                0,
                "first",
                "test.jar",
                (draft, context) -> {
                    throw new OutOfMemoryError("Java heap space");
                },
                Map.of(),
                List.of(),
                true,
                entry(0)));
        add("second", (draft, context) -> ran.add("second"));
        assertFalse(plan().plan().isCommittable());
        assertEquals(List.of(), ran);
    }

    /** What an optional modifier did before it failed is undone. */
    @Test
    void h9_anOptionalModifierLeavesNothingBehind() {
        add("first", (draft, context) -> draft.freeze("a"));
        modifiers.add(new BoundModifier(
                1,
                "second",
                "test.jar",
                (draft, context) -> {
                    draft.remove("a");
                    context.warn("removed");
                    throw new IllegalStateException("boom");
                },
                Map.of(),
                List.of(),
                true,
                entry(1)));
        add("third", (draft, context) -> draft.freeze("b"));
        Planner.Planned planned = plan();
        assertTrue(planned.plan().isCommittable());
        assertTrue(planned.thrown().isEmpty());
        assertEquals(
                List.of("a false", "b false"),
                planned.plan().tensors().stream()
                        .map(tensor -> tensor.name() + " " + tensor.trainable())
                        .toList());
        assertEquals(List.of("removed"), planned.plan().modifiers().get(1).warnings());
        assertEquals(
                List.of(new Change.Frozen("b")),
                planned.plan().modifiers().get(2).changes());
    }

    @Test
    void h11_noModifiersLeaveTheModelUnchanged() {
        Plan plan = plan().plan();
        assertFalse(plan.hasChanges());
        assertTrue(plan.isCommittable());
        assertEquals(List.of(), plan.modifiers());
        assertEquals(
                List.of("a", "b"),
                plan.tensors().stream().map(DraftTensor::name).toList());
    }

    @Test
    void h16_modifierThatGivesNothingIsNamed() {
        add("first", (draft, context) -> draft.assign("a", null));
        Problem problem = plan().plan().problems().get(0);
        assertEquals(ProblemCode.APPLY_FAILED, problem.code());
        assertEquals("graft.modifiers[0]", problem.path());
        assertTrue(
                problem.message().startsWith("modifier 1 of 1, `first`, failed: NullPointerException"),
                problem.message());
    }

    @Test
    void h17_planningReadsNoTensorData() {
        LazyTensor stored = StoredTensor.of(TestTensors.entry("old.a", DType.F16, 2), "pretrained.ckpt");
        add("first", (draft, context) -> {
            draft.assign("a", stored);
            draft.cast("b", DType.BF16);
            draft.freeze("b");
        });
        Plan plan = plan().plan();
        assertEquals(List.of(), plan.problems());
        assertEquals(
                new Provenance.Stored("pretrained.ckpt", "old.a"),
                plan.tensors().get(0).value().provenance());
        assertEquals(DType.BF16, plan.tensors().get(1).dtype());
        assertThrows(AssertionError.class, () -> stored.materialize().window(0, 1));
    }

    @Test
    void laterModifiersSeeWhatEarlierOnesDid() {
        add("first", (draft, context) -> draft.remove("b"));
        add("second", (draft, context) -> draft.find("b").ifPresent(tensor -> ran.add("b is there")));
        Plan plan = plan().plan();
        assertEquals(List.of(), ran);
        assertEquals(
                List.of("a"), plan.tensors().stream().map(DraftTensor::name).toList());
    }

    @Test
    void recordsTellWhatTheModifierTold() {
        add("first", (draft, context) -> {
            context.skipped("old_head.weight", SkipReason.NOT_IN_MODEL, "");
            context.missing("b");
            context.missing("b");
            context.warn("look here");
            context.warn("look here");
        });
        assertEquals(
                List.of(new ModifierRecord(
                        0,
                        "first",
                        "test.jar",
                        Map.of(),
                        List.of(),
                        List.of(new Skipped("old_head.weight", SkipReason.NOT_IN_MODEL, "")),
                        List.of("b"),
                        List.of("look here"))),
                plan().plan().modifiers());
    }

    @Test
    void checkpointThatCannotBeUsedIsAProblemOfTheEntry() {
        CheckpointException missing = new CheckpointException(
                CheckpointException.Reason.NOT_FOUND, Path.of("/models/old.ckpt"), "no such file", "check the path");
        add("first", (draft, context) -> {
            throw missing;
        });
        assertEquals(
                List.of(new Problem(
                        ProblemCode.CHECKPOINT_NOT_FOUND,
                        Severity.ERROR,
                        "graft.modifiers[0]",
                        entry(0).source(),
                        "`/models/old.ckpt`: no such file",
                        List.of(NOTE_1_OF_1),
                        "check the path")),
                plan().plan().problems());
    }

    @Test
    void modifierLinkedAgainstOtherClassesIsNamed() {
        add("first", (draft, context) -> {
            throw new NoSuchMethodError("'void io.graft.model.ModelDraft.gone()'");
        });
        assertEquals(
                "modifier 1 of 1, `first`, failed: NoSuchMethodError: 'void io.graft.model.ModelDraft.gone()'",
                plan().plan().problems().get(0).message());
    }

    private void add(String id, ModelModifier modifier) {
        modifiers.add(new BoundModifier(modifiers.size(), id, "test.jar", modifier, Map.of(), entry(modifiers.size())));
    }

    private static ConfigCursor entry(int index) {
        return ConfigCursor.of(ConfigFactory.parseString(
                        "graft.modifiers = [ { type = first, modules = [a, nope] }, { type = second }, {"
                                + " type = third } ]"))
                .at("graft")
                .at("modifiers")
                .elements()
                .get(index);
    }

    private Planner.Planned plan() {
        CheckpointTarget target = new CheckpointTarget(
                new SourceCheckpoint(
                        "model.safetensors",
                        TestTensors.checkpoint(
                                Path.of("model.safetensors"),
                                TestTensors.entry("a", DType.F32, 2),
                                TestTensors.entry("b", DType.F32, 3))),
                CheckpointKinds.OF_FILE);
        return new Planner(
                        new OpenedCheckpoints(
                                ReportNames.absolute(), CheckpointFetcher.create(PlannerTest.class.getClassLoader())),
                        new ModuleFactories(Path.of(""), PlannerTest.class.getClassLoader()),
                        Optional.empty())
                .plan(target, modifiers, List.of(), Schedules.OF_MODEL);
    }
}
