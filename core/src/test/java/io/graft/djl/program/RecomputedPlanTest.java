package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import io.graft.Plan;
import io.graft.djl.Methods;
import io.graft.djl.Models;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.tensor.DType;
import io.graft.torchscript.Archives;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan says of programs whose code cannot be edited: what is computed in its place, and what is refused. */
class RecomputedPlanTest {
    @TempDir
    Path folder;

    private Model model;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    @BeforeEach
    void make() {
        model = Model.newInstance("net", "PyTorch");
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hooked | fc.weight | `Linear` has hooks",
                "entangled | fc.weight | `forward` of `Entangled` reads `scale.weight`, and its code does not tell of which module",
                "lstm-scripted | lstm.weight_ih_l0 | no method reads `lstm.weight_ih_l0`"
            })
    void itIsSaidWhatIsComputedInItsPlace(String name, String weight, String reason) throws Exception {
        assertEquals(
                List.of(
                        "WARNING: the program's code cannot be edited so that it computes a parametrized tensor, which the"
                                + " program computes in its place instead while it is open, beside a base that takes as much memory: `"
                                + weight + "` (" + reason
                                + "); fold the parametrizations before the program is written"),
                told(open(name), draft -> lora(draft, weight, 0)));
    }

    @Test
    void whatNeitherCodeNorPlaceCanServeIsRefused() throws Exception {
        String cure = "; fold the parametrizations into the weights, or put them on a native block";
        LiveScriptTarget assigning = open("assigning");
        assertEquals(
                List.of(
                        "ERROR: a program neither has code that can be edited so that it computes a parametrized tensor, nor can"
                                + " compute it in place: `forward` of `Assigning` assigns `fc0.weight`" + cure),
                told(assigning, draft -> lora(draft, "fc.weight", 0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> assigning.commit(plan(assigning, draft -> lora(draft, "fc.weight", 0))));
    }

    @Test
    void anInputDropoutIsRefused() throws Exception {
        assertEquals(
                List.of(
                        "ERROR: a program that computes a weight as a whole cannot drop out inputs: `fc.weight` with lora; set the"
                                + " dropout to 0"),
                told(open("hooked"), draft -> lora(draft, "fc.weight", 0.5)).stream()
                        .filter(each -> each.startsWith("ERROR"))
                        .toList());
    }

    @Test
    void codesHaveNoPlace() throws Exception {
        assertEquals(
                List.of(
                        "ERROR: a program neither has code that can be edited so that it computes a parametrized tensor, nor can"
                                + " compute it in place: `fc.weight` with int8, whose codes its place cannot hold; fold the"
                                + " parametrizations into the weights, or put them on a native block"),
                told(
                        open("hooked"),
                        draft -> draft.parametrize(
                                "fc.weight",
                                new Methods.Int8(
                                        Methods.bytes(io.graft.tensor.Shape.of(4, 4), new byte[16]),
                                        Methods.tensor(io.graft.tensor.Shape.of(4, 1), index -> 1f)))));
    }

    @Test
    void whatDjlHasNoArraysOfIsRefused() throws Exception {
        Path file = Archives.write(
                Archives.open("torchscript/models/hooked"), folder, draft -> draft.cast("fc.weight", DType.BF16));
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        assertEquals(
                List.of(
                        "ERROR: DJL has no arrays of a parametrized weight's dtype, so that it cannot be computed in its place:"
                                + " `fc.weight` of BF16; cast it to F32"),
                told(LiveScriptTarget.of(model, file), draft -> lora(draft, "fc.weight", 0)).stream()
                        .filter(each -> each.startsWith("ERROR"))
                        .toList());
    }

    private LiveScriptTarget open(String name) throws Exception {
        Path file = Archives.path("torchscript/models/" + name);
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return LiveScriptTarget.of(model, file);
    }

    private static void lora(ModelDraft draft, String weight, double dropout) {
        io.graft.tensor.Shape shape = draft.find(weight).orElseThrow().shape();
        draft.parametrize(weight, "default", Methods.lora(shape.dimension(0), 2, shape.dimension(1), 1, dropout));
    }

    private static Plan plan(LiveScriptTarget target, Consumer<ModelDraft> edits) {
        ModelDraft draft = target.draft();
        edits.accept(draft);
        return Models.plan(target, draft);
    }

    private static List<String> told(LiveScriptTarget target, Consumer<ModelDraft> edits) {
        return target.refusals(plan(target, edits)).stream()
                .map(problem -> problem.severity() + ": " + problem.message() + "; " + problem.help())
                .toList();
    }
}
