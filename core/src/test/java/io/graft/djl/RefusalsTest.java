package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.Plan;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import io.graft.model.training.TrainingStretch;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private BlockModel model;
    private BlockTarget target;
    private ModelDraft draft;

    @BeforeEach
    void openModel() {
        model = Models.m43();
        target = model.target();
        draft = target.draft();
    }

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void valuesAndFlagsAreNotRefused() {
        draft.assign("encoder.bias", Models.filled(Shape.of(3), 1));
        draft.freeze("encoder.bias");
        assertEquals(List.of(), target.refusals(Models.plan(target, draft)));
    }

    @Test
    void renaming() {
        draft.rename(Map.of("encoder.weight", "enc.weight"));
        draft.rename(Map.of("encoder.bias", "enc.bias"));
        assertRefused(
                "a block cannot rename its tensors: `encoder.weight` to `enc.weight` and 1 more",
                "rename them in a checkpoint (`model.checkpoint`), or change the block's class");
    }

    @Test
    void adding() {
        draft.add("head.weight", TensorKind.PARAMETER, Models.filled(Shape.of(2), 1));
        assertRefused(
                "a block cannot take tensors that its class does not declare: `head.weight`",
                "add them in a checkpoint (`model.checkpoint`), or declare them in the block's class");
    }

    @Test
    void removing() {
        draft.remove("decoder.bias");
        assertRefused(
                "a block cannot drop its tensors: `decoder.bias`",
                "remove them in a checkpoint (`model.checkpoint`), or use a block without them");
    }

    @Test
    void casting() {
        draft.cast("decoder.bias", DType.F16);
        assertRefused(
                "a block keeps the dtypes that it was initialized with: `decoder.bias` from F32 to F16",
                "cast in a checkpoint (`model.checkpoint`), or initialize the block with that dtype");
    }

    @Test
    void scheduling() {
        Optional<Moment> third = Optional.of(new Moment(Unit.EPOCH, 3));
        draft.train("decoder.bias", Trainability.during(third, Optional.empty()));
        draft.train("decoder.weight", Trainability.during(Optional.empty(), third));
        assertRefused(
                "a block is trained as it is committed, all the time or not at all: `decoder.weight` would be trained until"
                        + " epoch 3 and 1 more",
                "freeze or unfreeze what is scheduled, let a trainer of `io.graft.training` carry it out, or plan it in a"
                        + " checkpoint (`model.checkpoint`), whose manifest tells the schedule");
        assertEquals(List.of(), target.refusals(Models.plan(target, draft).in(TrainingStretch.START)));
        draft.unfreeze("decoder.bias");
        draft.train("decoder.weight", Trainability.during(third, Optional.of(new Moment(Unit.STEP, 0))));
        assertEquals(List.of(), target.refusals(Models.plan(target, draft)));
    }

    @Test
    void parting() {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), Shape.of(1, 2))) {
            draft = tied.target().draft();
            draft.freeze("0.weight");
            draft.part("1.weight");
            assertEquals(
                    List.of(problem(
                            "a block has one parameter for all of its names: `0.weight` and `1.weight` would be two tensors",
                            "do it in a checkpoint (`model.checkpoint`), or give the block's class a parameter for"
                                    + " each")),
                    tied.target().refusals(Models.plan(tied.target(), draft)));
        }
    }

    @Test
    void reshaping() {
        List<DraftTensor> tensors = new ArrayList<>(draft.tensors());
        DraftTensor bias = tensors.remove(3);
        tensors.add(DraftTensor.initial(bias.name(), Set.of(), bias.kind(), true, Models.filled(Shape.of(5), 1)));
        Plan plan = new Plan(target.ref(), List.of(), tensors, List.of());
        assertEquals(
                List.of(
                        problem(
                                "a block keeps the shapes that it was initialized with: `decoder.bias` from [2] to [5]",
                                "give the block other arguments or input shapes, or do it in a checkpoint (`model.checkpoint`)")),
                target.refusals(plan));
    }

    @Test
    void aRefusedPlanIsNotCommitted() {
        draft.assign("encoder.bias", Models.filled(Shape.of(3), 1));
        draft.remove("decoder.bias");
        Map<String, Models.Snapshot> before = Models.snapshot(model.model().getBlock());
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> target.commit(Models.plan(target, draft)));
        assertEquals("a block cannot drop its tensors: `decoder.bias`", refused.getMessage());
        assertEquals(before, Models.snapshot(model.model().getBlock()));
    }

    private void assertRefused(String message, String help) {
        assertEquals(List.of(problem(message, help)), target.refusals(Models.plan(target, draft)));
    }

    private static Problem problem(String message, String help) {
        return new Problem(
                ProblemCode.UNSUPPORTED_CHANGE, Severity.ERROR, "", Optional.empty(), message, List.of(), help);
    }
}
