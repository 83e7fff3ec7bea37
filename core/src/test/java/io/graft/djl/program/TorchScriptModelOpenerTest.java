package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.problem.ProblemCode;
import io.graft.torchscript.Archives;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchScriptModelOpenerTest {
    private static List<String> told(Path archive) {
        return ModelModifierApplier.create()
                .configuration(
                        ConfigFactory.parseString("graft { model.torchscript = \"" + archive + "\", modifiers = [] }"))
                .plan()
                .problems()
                .stream()
                .filter(problem -> problem.code() == ProblemCode.CHECKPOINT_WARNING)
                .map(problem ->
                        problem.severity() + " " + problem.code() + ": " + problem.message() + "; " + problem.help())
                .toList();
    }

    /** Whoever names one of its modules is told that there is none, and here why. */
    @Test
    void aFrozenProgramIsToldOf() {
        Path frozen = Archives.path("torchscript/models/frozen");
        assertEquals(
                List.of(
                        "WARNING CHECKPOINT_WARNING: `" + frozen
                                + "`: torch.jit.freeze has made its modules' tensors constants of its program, so that it"
                                + " runs, and none of them can be named or changed; modify the module as it was before torch.jit.freeze"),
                told(frozen));
        assertEquals(List.of(), told(Archives.path("torchscript/models/pair")));
    }
}
