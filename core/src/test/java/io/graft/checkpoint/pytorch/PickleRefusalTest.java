package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.Pickle.storage;
import static io.graft.checkpoint.pytorch.Pickle.tensor;
import static io.graft.checkpoint.pytorch.TorchFiles.zip;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.Pickle.Call;
import io.graft.checkpoint.pytorch.Pickle.Name;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import io.graft.checkpoint.pytorch.Pickle.Tuple;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.tensor.DType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pickle may ask for, and what becomes of it: cases K1 to K19 and K26 to K44. */
class PickleRefusalTest {
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";

    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "k1, os, system",
        "k1, os, execv",
        "k2, posix, system",
        "k2, nt, system",
        "k3, builtins, eval",
        "k3, builtins, exec",
        "k3, builtins, __import__",
        "k3, __builtin__, eval",
        "k3, __builtin__, apply",
        "k4, torch, load",
        "k4, torch.hub, load",
        "k4, torch.hub, load_state_dict_from_url",
        "k4, torch.storage, _load_from_bytes",
        "k6, subprocess, Popen",
        "k6, subprocess, check_output",
        "nested pickles, pickle, loads",
        "nested pickles, numpy, load",
        "k3, __builtins__, exec",
        "k4, torch, hub.load",
        "code, importlib, import_module",
        "code, importlib.util, module_from_spec",
        "code, types, CodeType",
        "code, ctypes, CDLL",
        "network, urllib.request, urlopen"
    })
    void k1ToK6CodeRunningGlobalsAreRefusedByName(String id, String module, String name) {
        String message = "the file asks to run " + module + "." + name + "; nothing was run" + HOSTILE;
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("x", Call.of(module, name, "touch graft-was-owned"));
        files.assertRefused(Reason.REFUSED, "'archive/data.pkl', byte 10: " + message, zip(root));
        // Also behind tensors whose storages do not exist: nothing is built before all names are known.
        int at = Pickle.of(List.of(floats("9", 4))).length - 2;
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl', byte " + at + ": " + message,
                zip(List.of(floats("9", 4), Call.of(module, name))));
    }

    @ParameterizedTest
    @CsvSource({
        "k7, functools, partial",
        "k8, pathlib, PosixPath",
        "k9, numpy.core.multiarray, _reconstruct",
        "k9, numpy._core.multiarray, scalar",
        "k11, omegaconf.dictconfig, DictConfig",
        "k12, datetime, datetime",
        "k12, collections, defaultdict",
        "k12, builtins, slice",
        "k12, typing, Any",
        "k13, torch.nn.modules.linear, Linear",
        "k13, __main__, Config"
    })
    void k7ToK13OtherObjectsKeepTheirFieldsAndDoNothing(String id, String module, String name) throws IOException {
        Object object = Call.of(module, name, "argument", 1L);
        assertEquals(
                1,
                files.open(zipWithFour(Map.of("state_dict", Map.of("a", floats("0", 4)), "hyper_parameters", object)))
                        .tensors()
                        .size());
        Opaque opaque = assertInstanceOf(Opaque.class, read(Pickle.of(object)));
        assertEquals(module + "." + name, opaque.typeName());
        assertEquals(
                new Text("argument"), ((Sequence) opaque.arguments()).items().get(0));
        assertEquals(None.INSTANCE, opaque.state());
    }

    @Test
    void k13AnObjectKeepsItsStateAndItsItems() throws IOException {
        Opaque object = (Opaque) read(Pickle.ofOpcodes("c__main__\nC\n)\u0081}X\1\0\0\0kK\5sbX\1\0\0\0aK\1sK\2a"));
        Item field = ((Mapping) object.state()).items().get(0);
        assertEquals(new Text("k"), field.key());
        assertEquals(3, object.items().size());
    }

    @Test
    void k14OffsetSizeOrStrideBeyondTheStorage() {
        assertTensorRefused("[5], stride [1] and offset 0", 0, List.of(5L), List.of(1L));
        assertTensorRefused("[2], stride [1] and offset 3", 3, List.of(2L), List.of(1L));
        assertTensorRefused("[2, 2], stride [3, 1] and offset 0", 0, List.of(2L, 2L), List.of(3L, 1L));
        assertTensorRefused("[2], stride [9223372036854775807] and offset 1", 1, List.of(2L), List.of(Long.MAX_VALUE));
        assertTensorRefused(
                "[2199023255552, 0, 8388608], stride [1, 1, 1] and offset 0",
                0,
                List.of(1L << 41, 0L, 1L << 23),
                List.of(1L, 1L, 1L));
    }

    @Test
    void k14NegativeNumbersInATensor() {
        for (Object[] parts : new Object[][] {
            {-1L, List.of(1L), List.of(1L), "offset"},
            {0L, List.of(-1L), List.of(1L), "size"},
            {0L, List.of(1L), List.of(-1L), "stride"}
        }) {
            Call tensor = Call.of(
                    "torch._utils",
                    "_rebuild_tensor",
                    storage("FloatStorage", "0", 4),
                    parts[0],
                    new Tuple((List<?>) parts[1]),
                    new Tuple((List<?>) parts[2]));
            int at = Pickle.of(Map.of("a", tensor)).length - 3;
            files.assertRefused(
                    Reason.MALFORMED,
                    "'archive/data.pkl', byte " + at + ": the " + parts[3]
                            + " of a tensor is not a whole number from 0 to 2^63 - 1" + DAMAGED,
                    zipWithFour(Map.of("a", tensor)));
        }
    }

    @Test
    void k16RankOfSizeAndStrideDiffer() {
        files.assertRefused(
                Reason.MALFORMED,
                "tensor 'a' has 1 dimensions, but strides of 2" + DAMAGED,
                zipWithFour(Map.of("a", tensor(storage("FloatStorage", "0", 4), 0, List.of(4L), List.of(1L, 1L)))));
    }

    @Test
    void k17StorageSizeDiffersFromItsMember() {
        for (long count : List.of(3L, 5L)) {
            files.assertRefused(
                    Reason.MALFORMED,
                    "tensor 'a' needs " + count + " elements of 4 bytes in 'archive/data/0', which has 16 bytes"
                            + DAMAGED,
                    zipWithFour(Map.of("a", floats("0", count))));
        }
    }

    @Test
    void k18MissingStorage() {
        files.assertRefused(
                Reason.MALFORMED,
                "tensor 'a' needs 'archive/data/7', which the archive lacks" + DAMAGED,
                zipWithFour(Map.of("a", floats("7", 4))));
    }

    @Test
    void k19StorageKeyThatIsAPath() {
        for (String key : List.of("../data.pkl", "/etc/passwd", "..", "0\0", "")) {
            assertPickleRefused(
                    "a storage is called " + Refusals.quote(key) + ", which is not a storage key",
                    Map.of("a", floats(key, 4)));
        }
    }

    @Test
    void k26MemoIndexThatWasNeverSet() {
        assertOpcodesRefused(2, "memo index 9 was never set", "h\11");
        assertOpcodesRefused(2, "memo index 4294967295 was never set", "j\u00ff\u00ff\u00ff\u00ff");
        assertOpcodesHostile(3, "memo index 4294967295 is beyond the bound of 3000000", "Nr\u00ff\u00ff\u00ff\u00ff");
    }

    @Test
    void k27UnexpectedEnd() {
        byte[] whole = Pickle.of(Map.of("a", floats("0", 4)));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Path file = files.write(new Zip().stored("archive/data.pkl", cut).build());
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> TorchFiles.open(file));
            assertEquals(Reason.MALFORMED, refusal.reason());
        }
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl' ends inside the pickle, after 2 bytes" + DAMAGED,
                new Zip().stored("archive/data.pkl", "\u0080\u0002"));
        // A text that claims more than the pickle has is not allocated.
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl' ends inside the pickle, after 7 bytes" + DAMAGED,
                new Zip().stored("archive/data.pkl", "\u0080\u0002X\0\0\0\3"));
    }

    @Test
    void k28StrideZeroBomb() {
        files.assertRefused(
                Reason.REFUSED,
                "tensor 'a' of shape [1099511627776] repeats the 16 bytes of its storage; with it, the expanded tensors of"
                        + " the file take more than 268435456 bytes" + HOSTILE,
                zipWithFour(Map.of("a", tensor(storage("FloatStorage", "0", 4), 0, List.of(1L << 40), List.of(0L)))));
    }

    @Test
    void expandedTensorsAreBoundedTogether() {
        Map<String, Object> half = new LinkedHashMap<>();
        half.put("a", tensor(storage("FloatStorage", "0", 4), 0, List.of(1L << 25), List.of(0L)));
        half.put("b", tensor(storage("FloatStorage", "0", 4), 0, List.of(1L << 25), List.of(0L)));
        assertEquals(2, files.open(zipWithFour(half)).tensors().size());
        half.put("c", tensor(storage("FloatStorage", "0", 4), 0, List.of(5L), List.of(0L)));
        files.assertRefused(
                Reason.REFUSED,
                "tensor 'c' of shape [5] repeats the 16 bytes of its storage; with it, the expanded tensors of the file take"
                        + " more than 268435456 bytes" + HOSTILE,
                zipWithFour(half));
    }

    @Test
    void k28ASmallExpandedTensorIsRead() throws IOException {
        assertBytes(TorchFiles.floats(3, 3, 3), tensor(storage("FloatStorage", "0", 4), 2, List.of(3L), List.of(0L)));
    }

    @Test
    void k29OverlappingStridesAreCopied() throws IOException {
        assertBytes(
                TorchFiles.floats(1, 2, 2, 3, 3, 4),
                tensor(storage("FloatStorage", "0", 4), 0, List.of(3L, 2L), List.of(1L, 1L)));
    }

    @Test
    void k31OneStorageWithTwoTypes() {
        assertPickleRefused(
                "storage '0' is both 4 of FloatStorage and 4 of IntStorage",
                List.of(floats("0", 4), tensor(storage("IntStorage", "0", 4), 0, List.of(4L), List.of(1L))));
        assertPickleRefused(
                "storage '0' is both 4 of FloatStorage and 5 of FloatStorage", List.of(floats("0", 4), floats("0", 5)));
    }

    @Test
    void k31ATensorOfAnotherTypeThanItsStorage() {
        Call tensor = Call.of(
                "torch._utils",
                "_rebuild_tensor_v3",
                storage("FloatStorage", "0", 4),
                0L,
                Tuple.of(8L),
                Tuple.of(1L),
                false,
                Call.of("collections", "OrderedDict"),
                new Name("torch", "int16"));
        files.assertRefused(
                Reason.REFUSED,
                "tensor 'a' is of I16, but its storage is a FloatStorage" + HOSTILE,
                zipWithFour(Map.of("a", tensor)));
    }

    @Test
    void k36ListsSharedTenTimesAtNineLevelsAreNotExpanded() {
        StringBuilder opcodes = new StringBuilder("]q\0");
        for (int level = 1; level <= 9; level++) {
            opcodes.append("](");
            for (int i = 0; i < 10; i++) {
                opcodes.append('h').append((char) (level - 1));
            }
            opcodes.append('e').append('q').append((char) level);
        }
        Raw shared = new Raw("(" + opcodes + "t");
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("state_dict", Map.of("a", floats("0", 4), "shared", shared, "wrapped", Call.of("m", "C", shared)));
        root.put("hyper_parameters", shared);
        assertEquals(1, files.open(zipWithFour(root)).tensors().size());
    }

    @Test
    void k36TooManyValuesAreRefused() {
        assertOpcodesHostile(3_000_002, "more than 3000000 values", "]".repeat(3_000_001));
        assertOpcodesHostile(textBombOffset(), "texts of more than 67108864 bytes", textBomb());
    }

    @Test
    void k37DeepNestingIsRefusedWithoutRecursion() {
        assertOpcodesHostile(1002, "more than 1000 marks are open at once", "(".repeat(100_000) + "t".repeat(100_000));
        assertOpcodesHostile(1002, "values lie inside each other deeper than 1000", ")" + "\u0085".repeat(100_000));
        assertOpcodesHostile(
                101_001, "values lie inside each other deeper than 1000", "]".repeat(100_000) + "a".repeat(99_999));
    }

    @Test
    void k37AContainerThatHoldsItselfIsHarmless() {
        Raw self = new Raw("}q\5X\1\0\0\0sh\5sX\1\0\0\0l]q\6h\6as");
        assertEquals(
                1,
                files.open(zipWithFour(Map.of(
                                "state_dict", Map.of("a", floats("0", 4), "w", Call.of("m", "C", self)), "x", self)))
                        .tensors()
                        .size());
    }

    @Test
    void k38SizesAreNotGivenToConstructors() throws IOException {
        for (Call call : List.of(
                Call.of("builtins", "bytearray", 1L << 40),
                Call.of("torch", "FloatTensor", 1L << 40),
                Call.of("torch", "UntypedStorage", 1L << 40),
                Call.of("torch", "FloatStorage", 1L << 40))) {
            assertInstanceOf(Opaque.class, read(Pickle.of(call)));
        }
    }

    @Test
    void k39EncodeWithAnotherCodec() {
        for (Call encode : List.of(
                Call.of("_codecs", "encode", "x", "zip"),
                Call.of("_codecs", "encode", "x"),
                Call.of("_codecs", "encode", 1L, "latin1"),
                Call.of("_codecs", "encode", "x", 1L))) {
            assertPickleRefused("_codecs.encode with another codec than latin1", encode);
        }
    }

    @Test
    void k41BytesAfterTheEnd() {
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl' has 3 bytes after the end of its pickle" + HOSTILE,
                new Zip().stored("archive/data.pkl", "\u0080\u0002}.abc"));
    }

    @Test
    void k42TwoPicklesInOneMember() {
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl' has 4 bytes after the end of its pickle" + HOSTILE,
                new Zip().stored("archive/data.pkl", "\u0080\u0002}.\u0080\u0002}."));
    }

    @Test
    void k43GlobalsWithNewlineTricks() {
        assertOpcodesHostile(
                2, "'os\\u000d.system' is not a name of one module and one thing in it", "cos\r\nsystem\n");
        assertOpcodesHostile(2, "'.system' is not a name of one module and one thing in it", "c\nsystem\n");
        assertOpcodesHostile(2, "'os .system' is not a name of one module and one thing in it", "cos \nsystem\n");
        assertOpcodesHostile(2, "a name of more than 512 bytes", "c" + "a".repeat(600) + "\nb\n");
    }

    @Test
    void k44GlobalsThatWalkAttributes() {
        assertOpcodesHostile(2, "the file asks to run torch.nn.os.system; nothing was run", "ctorch.nn\nos.system\n");
        assertOpcodesHostile(
                2, "'torch.nn..system' is not a name of one module and one thing in it", "ctorch.nn\n.system\n");
    }

    @ParameterizedTest
    @CsvSource({"i, 69", "o, 6f", "P, 50", "p, 70", "\u0082, 82", "\u0097, 97", "\u0098, 98", "S, 53", "I, 49"})
    void opcodesThatTorchDoesNotWrite(String opcode, String hex) {
        assertOpcodesRefused(2, "opcode 0x" + hex + " is none that torch.save writes", opcode);
    }

    @Test
    void otherProtocols() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "'archive/data.pkl' is a pickle of protocol 6; save it again with torch.save's default protocol, 2",
                new Zip().stored("archive/data.pkl", "\u0080\u0006}."));
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl', byte 0: not a pickle of protocol 2 to 5" + DAMAGED,
                new Zip().stored("archive/data.pkl", "(dp0\n."));
    }

    @ParameterizedTest
    @CsvSource({
        "t, no mark is open",
        "R, a value is missing on the stack",
        "(N\u0085\u0085R, a value is missing on the stack",
        "Na, a value is missing on the stack",
        "NNa, an item is added to a NoneType",
        "NNNs, a key is set on a NoneType",
        "}(Nu, a key without its value",
        "N)R, a NoneType is called",
        "NNR, the arguments of a call is a NoneType",
        "NNb, fields are set on a NoneType",
        "N]R, the arguments of a call is a list",
        "\u0088)R, a bool is called",
        "X\1\0\0\0a)R, a str is called",
        "\u008f)R, a set is called",
        "c__builtin__\u240aset\u240a)R)R, a set is called",
        "cbuiltins\u240afrozenset\u240a(](NetR)R, a set is called",
        "ctorch\u240aSize\u240a)R)R, a torch.Size is called",
        "ctorch\u240aSize\u240a(NtR, a torch.Size is a NoneType",
        "ctorch._utils\u240a_rebuild_tensor\u240a(NNNNNNtR, 'a tensor described by 6 values, expected 4'",
        "NN, the pickle ends with 1 values too many",
        "X\1\0\0\0\u00ff, a text that is not UTF-8",
        "NQ, a persistent id is a NoneType",
        "ctorch._utils\u240a_rebuild_tensor\u240a)R, 'a tensor described by 0 values, expected 4'",
        "ctorch._utils\u240a_rebuild_tensor\u240a(NNNNtR, a tensor lies in a NoneType instead of a storage",
        "ctorch._utils\u240a_rebuild_tensor_v3\u240a)R, a tensor without its dtype",
        "ccollections\u240aOrderedDict\u240a(](N\u0085etR, an item of an OrderedDict has 1 parts"
    })
    void opcodesThatDoNotFit(String opcodes, String message) {
        String text = opcodes.replace('\u240a', '\n');
        Path file = files.write(
                new Zip().stored("archive/data.pkl", Pickle.ofOpcodes(text)).build());
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> TorchFiles.open(file));
        assertEquals(message, refusal.detail().replaceFirst("^'archive/data.pkl', byte \\d+: ", ""));
        assertEquals(Reason.MALFORMED, refusal.reason());
    }

    @Test
    void aPersistentIdThatIsNoStorage() {
        Name type = new Name("torch", "FloatStorage");
        for (Pickle.Storage id : List.of(
                Pickle.Storage.of("module", type, "0", "cpu", 4L),
                Pickle.Storage.of("storage", "FloatStorage", "0", "cpu", 4L),
                Pickle.Storage.of("storage", new Name("mine", "FloatStorage"), "0", "cpu", 4L),
                Pickle.Storage.of("storage", type, 0L, "cpu", 4L),
                Pickle.Storage.of(0L, type, "0", "cpu", 4L),
                Pickle.Storage.of("storage", type, "0", 0L, 4L),
                Pickle.Storage.of("storage", new Name("torch", "FloatTensor"), "0", "cpu", 4L),
                Pickle.Storage.of("storage", type, "0", "cpu"),
                Pickle.Storage.of("storage", type, "0", "cpu", 4L, "view"))) {
            assertPickleRefused("a persistent id that is not a storage", List.of(id));
        }
    }

    @Test
    void aTensorOfMoreDimensionsThanPyTorchAllows() {
        List<Long> ones = Collections.nCopies(65, 1L);
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl', byte 1447: the size of a tensor has 65 dimensions, more than 64" + DAMAGED,
                zipWithFour(Map.of("a", tensor(storage("FloatStorage", "0", 4), 0, ones, ones))));
    }

    @Test
    void typesThatGraftDoesNotRead() {
        String help = "load it in Python and save it as a plain tensor";
        files.assertOnlyListed(
                "is of type torch.QInt8Storage, which Graft does not read",
                help,
                zipWithFour(Map.of("w", tensor(storage("QInt8Storage", "0", 16), 0, List.of(4L), List.of(1L)))));
        for (String flag : List.of("conj", "neg")) {
            files.assertOnlyListed(
                    "is a lazy " + flag + " view, which Graft does not read",
                    help,
                    zipWithFour(Map.of("w", view(Map.of(flag, true)))));
        }
        for (Object flags : Arrays.asList(Map.of("conj", false), Map.of("other", true), Map.of(), null)) {
            assertEquals(
                    DType.C64,
                    files.open(zipWithFour(Map.of("a", view(flags))))
                            .tensors()
                            .get("a")
                            .dtype());
        }
    }

    /** A complex tensor as {@code torch.save} describes one that may be a view. */
    private static Call view(Object flags) {
        return Call.of(
                "torch._utils",
                "_rebuild_tensor_v2",
                storage("ComplexFloatStorage", "0", 2),
                0L,
                Tuple.of(2L),
                Tuple.of(1L),
                false,
                Call.of("collections", "OrderedDict"),
                flags);
    }

    @Test
    void aTensorOfTheOldestFormIsRead() throws IOException {
        assertBytes(
                TorchFiles.floats(1, 2, 3, 4),
                Call.of(
                        "torch._utils",
                        "_rebuild_tensor",
                        storage("FloatStorage", "0", 4),
                        0L,
                        Tuple.of(4L),
                        Tuple.of(1L)));
    }

    private static final int BOMB_TEXT = 200;

    private static String textBomb() {
        return ("U\u00c8" + "x".repeat(BOMB_TEXT)).repeat(280_000);
    }

    private static int textBombOffset() {
        return 2 + (67_108_864 / (BOMB_TEXT + 48)) * (BOMB_TEXT + 2);
    }

    private void assertTensorRefused(String what, long offset, List<Long> size, List<Long> stride) {
        files.assertRefused(
                Reason.MALFORMED,
                "tensor 'a' of shape " + what + " reaches beyond its storage of 4 elements" + DAMAGED,
                zipWithFour(Map.of("a", tensor(storage("FloatStorage", "0", 4), offset, size, stride))));
    }

    private void assertBytes(byte[] expected, Call tensor) throws IOException {
        TensorEntry entry =
                files.open(zipWithFour(Map.of("a", tensor))).tensors().get("a");
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        entry.data().transferTo(Channels.newChannel(target));
        assertArrayEquals(expected, target.toByteArray());
        assertEquals(ByteBuffer.wrap(expected), TorchFiles.bytes(entry));
    }

    /** Refused as hostile, wherever in the pickle. */
    private void assertPickleRefused(String message, Object root) {
        Path file = files.write(zip(root).build());
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> TorchFiles.open(file));
        assertEquals(message, refusal.detail().replaceFirst("^'archive/data.pkl', byte \\d+: ", ""));
        assertEquals(Reason.REFUSED, refusal.reason());
    }

    private void assertOpcodesHostile(int offset, String message, String opcodes) {
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl', byte " + offset + ": " + message + HOSTILE,
                new Zip().stored("archive/data.pkl", Pickle.ofOpcodes(opcodes)));
    }

    private void assertOpcodesRefused(int offset, String message, String opcodes) {
        files.assertRefused(
                Reason.MALFORMED,
                "'archive/data.pkl', byte " + offset + ": " + message + DAMAGED,
                new Zip().stored("archive/data.pkl", Pickle.ofOpcodes(opcodes)));
    }

    private PickleValue read(byte[] pickle) throws IOException {
        return new PickleReader(
                        new ByteCursor(new ByteArrayInputStream(pickle), pickle.length),
                        "the pickle",
                        new Refusals(folder, ShardKind.PYTORCH.advice()),
                        PickleLimits.DEFAULT)
                .read();
    }
}
