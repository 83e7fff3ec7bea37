package io.graft.djl.operators;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.graft.djl.array.EngineFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An operator in the engine, for as long as the engine runs; or why it is not there. */
final class OperatorProgram {
    private static final String ENGINE = "PyTorch";

    private final Optional<Model> model;
    private final Optional<String> refusal;

    private OperatorProgram(Optional<Model> model, Optional<String> refusal) {
        this.model = model;
        this.refusal = refusal;
    }

    /**
     * @param source has the class of the operator
     */
    static OperatorProgram load(Operator operator, String source) {
        Model model = Model.newInstance(operator.className(), ENGINE);
        String name = ENGINE + "'s `" + operator.inPyTorch() + "`";
        try {
            model.load(new ByteArrayInputStream(OperatorArchive.of(operator, source)));
            OperatorProgram program = new OperatorProgram(Optional.of(model), Optional.empty());
            return program.isRight(operator) ? program : refused(model, name + " computes wrong products here");
        } catch (IOException | MalformedModelException | RuntimeException unusable) {
            boolean missing = String.valueOf(unusable.getMessage()).contains("Unknown builtin op");
            return refused(
                    model,
                    missing
                            ? ENGINE + " " + Engine.getEngine(ENGINE).getVersion() + " has no `" + operator.inPyTorch()
                                    + "`"
                            : name + " fails here: " + EngineFailure.sentence(unusable));
        }
    }

    private static OperatorProgram refused(Model model, String why) {
        model.close();
        return new OperatorProgram(Optional.empty(), Optional.of(why));
    }

    private boolean isRight(Operator operator) {
        try (NDManager scope = model.orElseThrow().getNDManager().newSubManager()) {
            return new OperatorTrial(scope).isRight(operator, this);
        }
    }

    Optional<String> refusal() {
        return refusal;
    }

    /** The results belong to the manager of the first input. */
    NDList run(NDArray... inputs) {
        NDManager owner = inputs[0].getManager();
        List<NDArray> views = new ArrayList<>();
        NDList unnamed = new NDList();
        for (NDArray input : inputs) {
            // DJL takes a name with a point, a bracket or a parenthesis for a place in a dictionary, list or tuple.
            boolean plain = input.getName() == null;
            NDArray view = plain ? input : input.reshape(input.getShape());
            unnamed.add(view);
            if (!plain) {
                views.add(view);
            }
        }
        try {
            // In training: the engine would give arrays of inference alone, in which nothing that follows can take
            // gradients.
            return model.orElseThrow().getBlock().forward(new ParameterStore(owner, false), unnamed, true);
        } finally {
            views.forEach(NDArray::close);
        }
    }
}
