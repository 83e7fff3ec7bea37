package io.graft.djl.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.pytorch.ArchiveEdit;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.djl.Models;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frozen part of a program stands still while the rest of it is trained. */
class StandingProgramTest {
    private static final String NORMED = "torchscript/models/normed";

    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }

    private static void freeze(ModelDraft draft, String prefix) {
        draft.tensors().stream()
                .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                .map(DraftTensor::name)
                .filter(name -> name.startsWith(prefix))
                .toList()
                .forEach(draft::freeze);
    }

    private static float[] forward(Block block, NDManager manager, boolean training) {
        return block.forward(
                        new ParameterStore(manager, false),
                        new NDList(manager.arange(20f).reshape(5, 4).mul(0.37f).sin()),
                        training)
                .get(0)
                .toFloatArray();
    }

    /** What two forwards in training make of the counter of batches. */
    private static String counted(Path file) throws Exception {
        try (Model model = Model.newInstance("test", "PyTorch")) {
            model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
            forward(model.getBlock(), model.getNDManager(), false);
            forward(model.getBlock(), model.getNDManager(), true);
            forward(model.getBlock(), model.getNDManager(), true);
            try (ModuleCopy copy = new ModuleCopy(model.getBlock())) {
                return String.valueOf(copy.checkpoint()
                        .stored()
                        .get("norm.num_batches_tracked")
                        .data()
                        .window(0, 8)
                        .getLong(0));
            }
        }
    }

    @Test
    void statisticsOfAFrozenNormStay() throws Exception {
        ScriptArchive archive = Archives.open(NORMED);
        assertEquals("2", counted(Archives.path(NORMED)));
        Path standing = write(archive, "standing", draft -> freeze(draft, "norm."));
        assertEquals("0", counted(standing));
        // Another run on it keeps that, and one that trains it again has it move, in the code that it had.
        ScriptArchive again = ScriptArchive.read(Checkpoint.open(standing));
        Path kept = write(again, "kept", draft -> draft.freeze("fc.bias"));
        assertEquals("0", counted(kept));
        Path moving = write(again, "moving", draft -> draft.unfreeze("norm.weight"));
        assertEquals("2", counted(moving));
        assertEquals(
                Archives.members(Archives.path(NORMED)).keySet(),
                Archives.members(moving).keySet());
        for (Map.Entry<String, byte[]> member :
                Archives.members(Archives.path(NORMED)).entrySet()) {
            if (member.getKey().startsWith("code/")) {
                assertArrayEquals(member.getValue(), Archives.members(moving).get(member.getKey()), member.getKey());
            }
        }
    }

    @Test
    void aFrozenPartDropsNothing() throws Exception {
        Path standing = write(Archives.open(NORMED), "standing", draft -> freeze(draft, ""));
        try (Model model = Model.newInstance("test", "PyTorch")) {
            model.load(standing.getParent(), "model.pt", Map.of("trainParam", "true"));
            float[] expected = forward(model.getBlock(), model.getNDManager(), false);
            assertArrayEquals(expected, forward(model.getBlock(), model.getNDManager(), true));
        }
    }

    /** It is loaded anew for that, once; what it was before comes back with a roll-back. */
    @Test
    void aFrozenPartOfAnOpenProgramStands() throws Exception {
        try (Model model = Model.newInstance("test", "PyTorch")) {
            Path file = Archives.path(NORMED);
            model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
            LiveScriptTarget target = LiveScriptTarget.of(model, file);
            ModelDraft draft = target.draft();
            freeze(draft, "");
            Plan plan = Models.plan(target, draft);
            assertEquals(
                    List.of(
                            "the program is loaded anew beside the open one, so that memory holds both for a time: `norm`,"
                                    + " `drop`"),
                    target.refusals(plan).stream().map(Problem::message).toList());
            target.commit(plan).close();
            float[] expected = forward(model.getBlock(), model.getNDManager(), false);
            assertArrayEquals(expected, forward(model.getBlock(), model.getNDManager(), true));
            ModelDraft thawed = target.draft();
            thawed.unfreeze("fc.weight");
            target.commit(Models.plan(target, thawed)).close();
            // DJL takes a program for one in training until it was run in inference.
            forward(model.getBlock(), model.getNDManager(), false);
            assertFalse(Arrays.equals(expected, forward(model.getBlock(), model.getNDManager(), true)));
            target.release();
        }
    }

    @Test
    void whatCannotStandIsNamed() throws Exception {
        Path file = Archives.path(NORMED);
        String member = "code/__torch__/torch/nn/modules/batchnorm.py";
        String hooked = new String(Archives.members(file).get(member), UTF_8)
                .replace("  weight : Tensor\n", "  __forward_hooks__ = [\"double\", ]\n  weight : Tensor\n");
        Path copy = folder.resolve("copy.pt");
        new TorchScriptWriter(Checkpoint.open(file), copy)
                .write(List.of(), new ArchiveEdit(Map.of(member, hooked.getBytes(UTF_8)), Map.of(), Set.of()));
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(copy));
        List<Problem> problems = ScriptChanges.of(archive, Archives.plan(archive, draft -> freeze(draft, "norm.")))
                .problems();
        assertEquals(
                List.of(
                        "a frozen part of a program cannot be kept from dropping out and from updating its statistics in"
                                + " training: `norm` (`BatchNorm1d` has hooks)"),
                problems.stream().map(Problem::message).toList());
        assertEquals(
                "leave one of its parameters trainable, or trace the model in evaluation mode",
                problems.get(0).help());
        // Its linear layer does not ask whether it is trained.
        assertTrue(ScriptChanges.of(archive, Archives.plan(archive, draft -> freeze(draft, "fc.")))
                .problems()
                .isEmpty());
    }

    @Test
    void whatIsFrozenAlreadyStaysAsItIs() throws Exception {
        ScriptArchive archive = Archives.open(NORMED);
        ModelDraft frozen = archive.draft();
        freeze(frozen, "norm.");
        Plan plan = Archives.plan(archive, draft -> freeze(draft, "norm."));
        assertEquals(List.of("norm"), ScriptChanges.of(archive, plan).turned());
        ScriptChanges changes = ScriptChanges.of(archive, frozen, plan);
        assertEquals(List.of(), changes.turned());
        assertTrue(changes.isEmpty());
    }
}
