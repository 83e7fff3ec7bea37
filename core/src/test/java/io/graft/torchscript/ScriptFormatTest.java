package io.graft.torchscript;

import static io.graft.torchscript.Archives.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.model.ModelDraft;
import io.graft.model.tree.Selector;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.torchscript.code.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptFormatTest {
    private static final String PAIR = "torchscript/models/pair";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"epd/scripted", "epd/traced", "m43/scripted"})
    void withoutChangesItIsACopy(String fixture) throws IOException {
        Path written = Archives.write(Archives.open(fixture), folder, draft -> {});
        assertEquals(-1, Files.mismatch(Archives.path(fixture), written));
        assertEquals("model.pt", written.getFileName().toString());
    }

    @Test
    void valuesAreExchangedAndNothingElse() throws IOException {
        Path written = Archives.write(
                Archives.open(PAIR), folder, draft -> draft.assign("second.bias", floats(Shape.of(2), 7, 8)));
        assertEquals(Set.of("data/3"), changedMembers(PAIR, written));
        Map<String, String> expected = Archives.tensors(Archives.path(PAIR));
        expected.put("second.bias", "PARAMETER F32 [2] 0000e04000000041");
        assertEquals(expected, Archives.tensors(written));
    }

    @Test
    void whatIsFrozenTakesNoGradient() throws IOException {
        Path written = Archives.write(Archives.open(PAIR), folder, draft -> {
            draft.freeze("first.weight");
            draft.freeze("second.bias");
        });
        assertEquals(Set.of("data.pkl"), changedMembers(PAIR, written));
        Map<String, String> expected = Archives.tensors(Archives.path(PAIR));
        for (String name : List.of("first.weight", "second.bias")) {
            expected.computeIfPresent(name, (n, text) -> text.replace("PARAMETER", "FROZEN_PARAMETER"));
        }
        assertEquals(expected, Archives.tensors(written));
        Path thawed = Archives.write(
                ScriptArchive.read(Checkpoint.open(written)),
                Files.createDirectory(folder.resolve("thawed")),
                draft -> List.of("first.weight", "second.bias").forEach(draft::unfreeze));
        assertEquals(Archives.tensors(Archives.path(PAIR)), Archives.tensors(thawed));
    }

    @Test
    void buffersGetValuesToo() throws IOException {
        Path written = Archives.write(
                Archives.open("torchscript/models/normed"),
                folder,
                draft -> draft.assign("norm.running_mean", floats(Shape.of(3), 1, 2, 3)));
        assertEquals(
                "BUFFER F32 [3] 0000803f0000004000004040",
                Archives.tensors(written).get("norm.running_mean"));
    }

    /** What was there before is left out, so that the file is as large as what it holds. */
    @Test
    void anotherDtypeOrShapeIsANewStorage() throws IOException {
        Consumer<ModelDraft> edits = draft -> {
            draft.cast("first.weight", DType.F16);
            draft.resize("second.bias", floats(Shape.of(3), 1, 2, 3));
        };
        Path written = Archives.write(Archives.open(PAIR), folder, edits);
        Map<String, byte[]> members = Archives.members(written);
        assertEquals(
                List.of("data/1", "data/2", "data/4", "data/5"),
                members.keySet().stream()
                        .filter(name -> name.startsWith("data/"))
                        .toList());
        assertEquals(24, members.get("data/4").length);
        assertEquals(
                "PARAMETER F32 [3] 0000803f0000004000004040",
                Archives.tensors(written).get("second.bias"));
        assertEquals(
                DType.F16,
                Checkpoint.open(written).tensors().get("first.weight").dtype());
        assertEquals(
                List.of("warning: the program computes with other dtypes or shapes than it was made for, and may fail:"
                        + " `first.weight` from F32 [3, 4] to F16 [3, 4] and 1 more; try it with `graft verify`; where all"
                        + " tensors are cast, its inputs have to be too"),
                Archives.problems(Archives.open(PAIR), edits));
    }

    @ParameterizedTest
    @CsvSource({"I8", "BF16", "F16", "F64"})
    void everyDtypeOfPyTorchIsWritten(DType dtype) throws IOException {
        Path written = Archives.write(Archives.open(PAIR), folder, draft -> draft.cast("first.weight", dtype));
        assertEquals(
                dtype, Checkpoint.open(written).tensors().get("first.weight").dtype());
    }

    /** A scripted LSTM holds its weights in a list as well, which has to follow. */
    @ParameterizedTest
    @ValueSource(strings = {"lstm-scripted", "tied-scripted", "tied-traced"})
    void whatStandsInSeveralPlacesStaysOne(String name) throws IOException {
        String fixture = "torchscript/models/" + name;
        ScriptArchive archive = Archives.open(fixture);
        String tensor = archive.draft().tensors().iterator().next().name();
        Path written = Archives.write(archive, folder, draft -> {
            draft.cast(tensor, DType.F64);
            draft.freeze(tensor);
        });
        ScriptArchive again = ScriptArchive.read(Checkpoint.open(written));
        assertEquals(archive.checkpoint().ties(), again.checkpoint().ties());
        assertEquals(
                1,
                again.storages()
                        .sameAs(again.find(tensor).orElseThrow().value())
                        .size(),
                "one node");
        again.checkpoint().ties().stream()
                .flatMap(List::stream)
                .forEach(tied ->
                        assertTrue(Archives.tensorsOf(again).get(tied).startsWith("FROZEN_PARAMETER F64"), tied));
    }

    @Test
    void modulesAreKnownByTheirClasses() throws IOException {
        ModelDraft draft = Archives.open("epd/traced").draft();
        assertEquals("Linear", draft.tree().moduleType("processor.1.query"));
        assertEquals("Block", draft.tree().moduleType("processor.1"));
        assertEquals(
                List.of("processor.1.query.weight", "processor.1.query.bias"),
                draft.select(Selector.parse("processor.1.query")).tensors());
    }

    @Test
    void theProgramTellsWhatItTakes() throws IOException {
        assertEquals(
                new Signature(List.of("x", "scale"), 1),
                Archives.open(PAIR).signature().orElseThrow());
        assertEquals(
                new Signature(List.of("x"), 1),
                Archives.open("epd/traced").signature().orElseThrow());
    }

    @Test
    void whatAProgramCannotDoIsRefusedByName() throws IOException {
        ScriptArchive pair = Archives.open(PAIR);
        assertEquals(
                List.of("error: a TorchScript program reads its tensors by their names, so that they cannot be renamed:"
                        + " `first.weight` to `encoder.weight`; rename them in a checkpoint (`model.checkpoint`), or in the"
                        + " model before it is scripted or traced"),
                Archives.problems(pair, draft -> draft.rename(Map.of("first.weight", "encoder.weight"))));
        assertEquals(
                List.of(
                        "error: a TorchScript program cannot take tensors that its classes do not declare: `head.weight`;"
                                + " add them to the model before it is scripted or traced"),
                Archives.problems(
                        pair,
                        draft -> draft.add(
                                "head.weight", io.graft.model.training.TensorKind.PARAMETER, floats(Shape.of(1), 1))));
        assertEquals(
                List.of(
                        "error: a TorchScript program cannot do without its tensors: `second.bias`; remove them from the"
                                + " model before it is scripted or traced"),
                Archives.problems(pair, draft -> draft.remove("second.bias")));
        assertEquals(
                List.of(
                        "error: a TorchScript program may read a tied tensor by any of its names, so that the tie cannot"
                                + " end: `head.weight`; untie them in the model before it is scripted or traced"),
                Archives.problems(
                        Archives.open("torchscript/models/tied-scripted"), draft -> draft.part("head.weight")));
        assertEquals(
                List.of(
                        "error: torch.jit.freeze has made the module's tensors constants of its program, which cannot be"
                                + " changed: `CONSTANTS.c0`; modify the module as it was before torch.jit.freeze"),
                Archives.problems(
                        Archives.open("torchscript/models/frozen"), draft -> draft.cast("CONSTANTS.c0", DType.F16)));
        assertEquals(
                List.of(
                        "error: the archive holds a second program for the lite interpreter, `bytecode.pkl`, which would"
                                + " not be changed: `first.weight`; modify an archive of torch.jit.save, and save the result for the"
                                + " lite interpreter"),
                Archives.problems(Archives.open("torchscript/models/lite"), draft -> draft.freeze("first.weight")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "torchscript/models/version-11 | the archive is of version 11, and versions up to 10 are known; save it with"
                        + " an older PyTorch",
                "torchscript/models/no-pickle | this is a zip archive without data.pkl, so not written by torch.save; give a"
                        + " file made by torch.save or safetensors",
                "torchscript/models/packed | field '_packed_params' keeps its weights packed in a"
                        + " __torch__.torch.classes.quantized.LinearPackedParamsBase, which Graft does not read; save the"
                        + " archive of the model before it was quantized",
                "m43/init | this is no archive of torch.jit.save, but pytorch, state_dict; give it as `checkpoint`, or an"
                        + " archive as `torchscript`"
            })
    void whatIsNoArchiveThatCanBeEditedIsRefused(String fixture, String message) throws IOException {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Archives.open(fixture));
        assertEquals(Archives.path(fixture).toRealPath() + ": " + message, refused.getMessage());
    }

    @Test
    void aPlanForAnotherModelIsAnError() throws IOException {
        ScriptArchive epd = Archives.open("epd/scripted");
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> ScriptChanges.of(epd, Archives.plan(Archives.open(PAIR), d -> {})));
        assertEquals(
                "the plan is for another model: this one has no tensor named `first.weight`", refused.getMessage());
    }

    private static Set<String> changedMembers(String fixture, Path written) throws IOException {
        Map<String, byte[]> before = Archives.members(Archives.path(fixture));
        Map<String, byte[]> after = Archives.members(written);
        assertEquals(new ArrayList<>(before.keySet()), new ArrayList<>(after.keySet()));
        Map<String, byte[]> changed = new TreeMap<>();
        before.forEach((name, content) -> {
            if (!java.util.Arrays.equals(content, after.get(name))) {
                changed.put(name, content);
            }
        });
        assertArrayEquals(before.get("constants.pkl"), after.get("constants.pkl"));
        return changed.keySet();
    }
}
