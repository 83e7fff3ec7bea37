package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of {@code torch.jit.save}. The fixtures are made by {@code make_script.py} beside them. */
class ScriptModuleTest {
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";

    @TempDir
    Path folder;

    @Test
    void parametersAndBuffersHaveTheirFullNamesInPyTorchsOrder() {
        List<String> names = List.of(
                "steps",
                "encoder.weight",
                "encoder.bias",
                "blocks.0.scale",
                "blocks.0.fc.weight",
                "blocks.0.fc.bias",
                "blocks.1.scale",
                "blocks.1.fc.weight",
                "blocks.1.fc.bias",
                "norm.weight",
                "norm.bias",
                "norm.running_mean",
                "norm.running_var",
                "norm.num_batches_tracked",
                "decoder.weight",
                "decoder.bias");
        for (String name : List.of("torchscript/scripted.pt", "torchscript/traced.pt")) {
            Checkpoint checkpoint = open(fixture(name));
            assertEquals("pytorch", checkpoint.format());
            assertEquals("torchscript", checkpoint.content());
            assertEquals(names, List.copyOf(checkpoint.tensors().keySet()));
            assertTrue(checkpoint
                    .tensors()
                    .get("blocks.0.fc.weight")
                    .isTiedTo(checkpoint.tensors().get("blocks.1.fc.weight")));
        }
    }

    @Test
    void tensorsOfTheProgramAreNamedAndLeftOut() {
        assertEquals(
                List.of("tensors of the program, so left out of the state dict: 'plain', 'parts'"),
                open(fixture("torchscript/scripted.pt")).warnings());
        assertEquals(
                List.of("tensors of the program, so left out of the state dict: 'CONSTANTS.c0'"),
                open(fixture("torchscript/traced.pt")).warnings());
    }

    @Test
    void constantsOfAFrozenModuleAreItsStateDictUnderTheNamesOfItsCode() {
        Checkpoint frozen = open(fixture("torchscript/frozen-steps.pt"));
        assertEquals(
                List.of("steps", "CONSTANTS.c0", "CONSTANTS.c1", "CONSTANTS.c2"),
                List.copyOf(frozen.tensors().keySet()).subList(0, 4));
        assertEquals(List.of(), frozen.warnings());
    }

    @Test
    void deflatedCodeIsRead() {
        assertEquals(
                Set.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"),
                open(fixture("m43/scripted.pt")).tensors().keySet());
    }

    /** What a writer that replaces weights builds on. */
    @Test
    void aRangeIsWhereTheTensorsBytesLieInTheArchive() throws IOException {
        Path file = fixture("torchscript/frozen.pt");
        byte[] whole = Files.readAllBytes(file);
        for (TensorEntry entry : open(file).tensors().values()) {
            ByteRange range = entry.range();
            assertEquals(0, range.offset() % 64);
            assertArrayEquals(
                    Arrays.copyOfRange(whole, (int) range.offset(), (int) (range.offset() + range.length())),
                    Fixtures.bytes(entry.data()));
        }
    }

    @Test
    void namesThatAreNotPlainTextAreUnescaped() {
        Checkpoint checkpoint = new TorchFiles(folder)
                .open(script("gr\u00f6\u00dfe\"\\", "  __parameters__ = [\"gr\\303\\266\\303\\237e\\\"\\\\\", ]"));
        assertEquals(Set.of("gr\u00f6\u00dfe\"\\"), checkpoint.tensors().keySet());
    }

    @Test
    void codeThatIsNotPyTorchsIsRefused() {
        TorchFiles files = new TorchFiles(folder);
        String unlike = "'code/__torch__.py' names parameters or buffers in a way that PyTorch does not";
        for (String list : List.of("[w]", "[\"w\"", "[\"w\" ]", "[\"\\8\", ]", "[\"w\\")) {
            files.assertRefused(Reason.MALFORMED, unlike + DAMAGED, script("w", "  __buffers__ = " + list));
        }
        files.assertRefused(
                Reason.MALFORMED,
                "a module of type __torch__.Net lacks its tensor 'v'" + DAMAGED,
                script("w", "  __buffers__ = [\"v\", ]"));
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's code lacks the class '__torch__.Net'" + DAMAGED,
                archive(module("__torch__", "w"), "class Other(Module):\n"));
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's object is a lab.Net" + DAMAGED,
                archive(module("lab", "w"), "class Net(Module):\n"));
        files.assertRefused(
                Reason.MALFORMED,
                "the archive's object is not a module" + DAMAGED,
                archive(new Raw("}"), "class Net(Module):\n"));
    }

    @Test
    void aProgramWithoutWeightsIsAnError() {
        new TorchFiles(folder)
                .assertRefused(
                        Reason.UNRECOGNISED,
                        "a TorchScript archive with 0 parameters and buffers; give the archive of a model with weights",
                        script("w", "  __parameters__ = []"));
    }

    @Test
    void packedWeightsAreAnError() {
        Raw packed = new Raw("c__torch__\nNet\n)\u0081}(X\2\0\0\0_p"
                + "c__torch__.torch.classes.quantized\nLinearPackedParamsBase\n)\u0081"
                + opcodes(List.of(floats("0", 4))) + "bub");
        new TorchFiles(folder)
                .assertRefused(
                        Reason.UNSUPPORTED,
                        "field '_p' keeps its weights packed in a"
                                + " __torch__.torch.classes.quantized.LinearPackedParamsBase, which Graft does not read;"
                                + " save the archive of the model before it was quantized",
                        archive(packed, "class Net(Module):\n"));
    }

    @Test
    void codeIsReadUpToABound() {
        byte[] bomb = new byte[40 << 20];
        Zip zip = new Zip()
                .stored("archive/data.pkl", Pickle.of(module("__torch__", "w")))
                .deflated("archive/code/__torch__.py", bomb);
        new TorchFiles(folder)
                .assertRefused(
                        Reason.REFUSED,
                        "'archive/code/__torch__.py' has 41943040 bytes, more than the 33554432 that are read of an"
                                + " archive's code" + HOSTILE,
                        zip);
    }

    private static Zip script(String field, String line) {
        return archive(module("__torch__", field), "class Net(Module):\n" + line + "\n  training : bool\n");
    }

    private static Zip archive(Raw module, String code) {
        return TorchFiles.zipWithFour(module)
                .stored("archive/code/__torch__.py", code)
                .stored("archive/constants.pkl", "\u0080\u0002).");
    }

    private static Raw module(String module, String field) {
        return new Raw("c" + module + "\nNet\n)\u0081}(" + opcodes(field) + opcodes(floats("0", 4))
                + "X\10\0\0\0training\u0089ub");
    }

    private static String opcodes(Object value) {
        String pickle = new String(Pickle.of(value), StandardCharsets.ISO_8859_1);
        return pickle.substring(2, pickle.length() - 1);
    }
}
