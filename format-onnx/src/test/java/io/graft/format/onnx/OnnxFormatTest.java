package io.graft.format.onnx;

import static io.graft.format.onnx.OnnxFile.branch;
import static io.graft.format.onnx.OnnxFile.description;
import static io.graft.format.onnx.OnnxFile.external;
import static io.graft.format.onnx.OnnxFile.message;
import static io.graft.format.onnx.OnnxFile.node;
import static io.graft.format.onnx.OnnxFile.nothing;
import static io.graft.format.onnx.OnnxFile.number;
import static io.graft.format.onnx.OnnxFile.raw;
import static io.graft.format.onnx.OnnxFile.tensor;
import static io.graft.format.onnx.OnnxFile.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.format.onnx.OnnxFile.Message;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFormatTest {
    private static final Path FILES = Path.of("src", "test", "resources", "onnx");

    @TempDir
    Path folder;

    private Path write(Message graph) throws IOException {
        return OnnxFile.write(folder.resolve("model.onnx"), graph);
    }

    private static byte[] bytes(TensorEntry entry) throws IOException {
        byte[] bytes = new byte[(int) entry.data().byteCount()];
        entry.data().window(0, bytes.length).get(bytes);
        return bytes;
    }

    private static float[] floats(TensorEntry entry) throws IOException {
        float[] values = new float[(int) entry.shape().elementCount()];
        entry.data().window(0, values.length * Float.BYTES).asFloatBuffer().get(values);
        return values;
    }

    private static void assertRefused(Path file, Reason reason, String detail, String help) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals(detail, refused.detail());
        assertEquals(help, refused.help());
        assertEquals(reason, refused.reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear.onnx", "external.onnx", "torch-export.onnx"})
    void parametersOfPytorchHaveTheirNamesAndValues(String file) throws IOException {
        Checkpoint exported = Checkpoint.open(FILES.resolve(file));
        Checkpoint model = Checkpoint.open(FILES.resolve("linear.safetensors"));
        assertEquals("onnx", exported.format());
        // The export computes with the buffer, which then has a shape and a name of its own.
        Set<String> parameters = new TreeSet<>(model.tensors().keySet());
        assertTrue(parameters.remove("encoder.scale"));
        Set<String> found = new TreeSet<>(exported.tensors().keySet());
        found.removeAll(List.of("onnx::Mul_39", "view", "val_13"));
        assertEquals(parameters, found);
        for (String name : parameters) {
            assertEquals(
                    model.tensors().get(name).shape(),
                    exported.tensors().get(name).shape());
            assertArrayEquals(
                    bytes(model.tensors().get(name)), bytes(exported.tensors().get(name)), name);
        }
    }

    @Test
    void restoredNamesAreReported() {
        assertEquals(
                List.of("2 weights of the graph have no name of their own and got that of their parameter, 2 of them"
                        + " transposed: `onnx::MatMul_37` is `encoder.query.weight`, `onnx::MatMul_38` is"
                        + " `encoder.up.weight`"),
                Checkpoint.open(FILES.resolve("linear.onnx")).warnings());
    }

    @Test
    void theModelTellsWhoMadeIt() {
        assertEquals(
                Map.of("ir_version", "7", "producer_name", "pytorch", "producer_version", "2.13.0", "opset", "14"),
                Checkpoint.open(FILES.resolve("linear.onnx")).metadata());
    }

    @Test
    void aMatrixIsTransposedInWindowsOfAnySize() throws IOException {
        float[] values = new float[7 * 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path file = write(tensor("onnx::MatMul_1", 1, raw(values), 7, 5)
                .and(tensor("q.bias", 1, raw(1, 2, 3, 4, 5), 5))
                .and(node("MatMul", "", nothing(), "y", "x", "onnx::MatMul_1"))
                .and(node("Add", "", nothing(), "z", "y", "q.bias")));
        TensorEntry weight = Checkpoint.open(file).tensors().get("q.weight");
        assertEquals(Shape.of(5, 7), weight.shape());
        ByteBuffer expected = OnnxFile.floats(values);
        for (int row = 0; row < 5; row++) {
            for (int column = 0; column < 7; column++) {
                expected.putFloat((row * 7 + column) * Float.BYTES, values[column * 5 + row]);
            }
        }
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            int from = random.nextInt(values.length * Float.BYTES);
            int length = random.nextInt(values.length * Float.BYTES - from + 1);
            ByteBuffer window = weight.data().window(from, length);
            assertEquals(expected.slice(from, length), window);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onnx::Gemm_9, 0, head.weight, true",
        "onnx::Gemm_9, 1, head.weight, false",
        "31, 1, head.weight, false",
        "val_3, 1, head.weight, false",
        "kernel, 0, kernel, false"
    })
    void gemmTransposesByItsAttribute(String stored, long transB, String name, boolean transposed) throws IOException {
        Path file = write(tensor(stored, 1, raw(1, 2, 3, 4, 5, 6), 3, 2)
                .and(tensor("head.bias", 1, raw(1, 2, 3), 3))
                .and(node(
                        "Gemm",
                        "",
                        message(5, text(1, "transB").and(number(3, transB))),
                        "y",
                        "x",
                        stored,
                        "head.bias")));
        TensorEntry weight = Checkpoint.open(file).tensors().get(name);
        assertEquals(transposed ? Shape.of(2, 3) : Shape.of(3, 2), weight.shape());
        assertArrayEquals(transposed ? new float[] {1, 3, 5, 2, 4, 6} : new float[] {1, 2, 3, 4, 5, 6}, floats(weight));
    }

    /** Shared by two nodes, first input, a product that nothing tells the module of, a name that is there already. */
    @Test
    void aNameThatIsNotCertainIsLeftAsItIs() throws IOException {
        Message weight = tensor("onnx::MatMul_1", 1, raw(1, 2, 3, 4), 2, 2);
        Message bias = tensor("q.bias", 1, raw(1, 2), 2);
        Message product = node("MatMul", "", nothing(), "y", "x", "onnx::MatMul_1");
        Message sum = node("Add", "", nothing(), "z", "y", "q.bias");
        for (Message graph : List.of(
                weight.and(bias).and(product).and(sum).and(node("MatMul", "", nothing(), "v", "w", "onnx::MatMul_1")),
                weight.and(bias)
                        .and(node("MatMul", "", nothing(), "y", "onnx::MatMul_1", "x"))
                        .and(sum),
                weight.and(product),
                weight.and(bias).and(product).and(sum).and(tensor("q.weight", 1, raw(0), 1)),
                weight.and(bias)
                        .and(node("Mul", "", nothing(), "y", "x", "onnx::MatMul_1"))
                        .and(sum))) {
            Checkpoint checkpoint = Checkpoint.open(write(graph));
            assertTrue(checkpoint.tensors().containsKey("onnx::MatMul_1"));
            assertEquals(List.of(), checkpoint.warnings());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, U8, 255, ff",
        "3, I8, -2, fe",
        "5, I16, -2, feff",
        "6, I32, -2, feffffff",
        "7, I64, -2, feffffffffffffff",
        "9, BOOL, 1, 01",
        "10, F16, 15360, 003c",
        "16, BF16, 16256, 803f",
        "17, F8_E4M3, 56, 38",
        "12, U32, 4294967295, ffffffff",
        "13, U64, -1, ffffffffffffffff"
    })
    void numbersOfVariableLengthBecomeElements(int type, DType dtype, long number, String hex) throws IOException {
        int field = dtype == DType.I64 ? 7 : type > 11 && type < 14 ? 11 : 5;
        Message packed = out -> {
            out.writeTag(field, 2);
            byte[] run = OnnxFile.bytes(numbers -> {
                numbers.writeInt64NoTag(number);
                numbers.writeInt64NoTag(0);
            });
            out.writeUInt32NoTag(run.length);
            out.writeRawBytes(run);
        };
        for (Message content : List.of(packed, number(field, number).and(number(field, 0)))) {
            TensorEntry entry = Checkpoint.open(write(tensor("x", type, content, 2)))
                    .tensors()
                    .get("x");
            assertEquals(dtype, entry.dtype());
            String zero = "00".repeat(hex.length() / 2);
            assertEquals(hex + zero, java.util.HexFormat.of().formatHex(bytes(entry)));
        }
    }

    @Test
    void floatsWrittenOneByOneAreATensorToo() throws IOException {
        Message one = out -> {
            out.writeFloat(4, 1.5f);
            out.writeFloat(4, -2);
        };
        Message two = out -> out.writeByteArray(4, OnnxFile.floats(1.5f, -2).array());
        assertArrayEquals(
                new float[] {1.5f, -2},
                floats(Checkpoint.open(write(tensor("x", 1, one, 2))).tensors().get("x")));
        assertArrayEquals(
                new float[] {1.5f, -2},
                floats(Checkpoint.open(write(tensor("x", 1, two, 2))).tensors().get("x")));
    }

    @Test
    void tensorsOfBranchesAndMatricesOfConstantsAreRead() throws IOException {
        Message constant = node(
                "Constant",
                "",
                message(5, text(1, "value").and(message(5, description("", 1, raw(1, 2, 3, 4), 2, 2)))),
                "table");
        Message scalar =
                node("Constant", "", message(5, text(1, "value").and(message(5, description("", 1, raw(1))))), "one");
        Path file = write(constant.and(scalar).and(branch(tensor("inner", 1, raw(7), 1))));
        assertEquals(
                List.of("table", "inner"),
                List.copyOf(Checkpoint.open(file).tensors().keySet()));
    }

    @Test
    void whatCannotBeReadIsListedAndRefusedWhenWanted() throws IOException {
        Path file = write(tensor("codes", 22, out -> out.writeBytes(9, ByteString.copyFrom(new byte[] {1, 2})), 4)
                .and(tensor("new", 99, nothing(), 4))
                .and(message(15, message(1, description("pruned", 1, raw(1), 1))))
                .and(tensor("w", 1, raw(5), 1)));
        Checkpoint checkpoint = Checkpoint.open(file);
        assertEquals(
                List.of(
                        "sparse tensors are left out: `pruned`",
                        "only listed: `codes` is of the element type INT4, which Graft does not read; export the model in"
                                + " floating point",
                        "only listed: `new` is of the element type number 99, which Graft does not read; export the model in"
                                + " floating point"),
                checkpoint.warnings());
        assertArrayEquals(new float[] {5}, floats(checkpoint.tensors().get("w")));
        TensorEntry codes = checkpoint.tensors().get("codes");
        assertEquals(Shape.of(2), codes.shape());
        assertEquals(
                file.toRealPath()
                        + ": `codes` is of the element type INT4, which Graft does not read; export the model in floating point",
                assertThrows(CheckpointException.class, () -> codes.data().window(0, 2))
                        .getMessage());
        assertEquals(
                file.toRealPath()
                        + ": `new` is of the element type number 99, which Graft does not read; export the model in floating point",
                assertThrows(
                                CheckpointException.class,
                                () -> checkpoint.tensors().get("new").data().transferTo(null))
                        .getMessage());
    }

    /** What fetches a model from elsewhere asks for them. */
    @Test
    void externalFilesAreNamedWithoutBeingThere() throws IOException {
        ClassLoader loader = getClass().getClassLoader();
        assertEquals(Set.of(), Checkpoint.filesBeside(FILES.resolve("linear.onnx"), loader));
        assertEquals(
                Set.of("external.bin"),
                Checkpoint.filesBeside(
                        Files.copy(FILES.resolve("external.onnx"), folder.resolve("external.onnx")), loader));
    }

    /** From the model's address to the values. */
    @Test
    void externalDataComeWithTheModelFromElsewhere() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        server.createContext("/models/", exchange -> {
            Path name = Path.of(exchange.getRequestURI().getPath()).getFileName();
            asked.add(name.toString());
            boolean found = Files.exists(FILES.resolve(name));
            byte[] content = found ? Files.readAllBytes(FILES.resolve(name)) : new byte[0];
            exchange.sendResponseHeaders(found ? 200 : 404, found ? content.length : -1);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        try {
            CheckpointRef model =
                    CheckpointRef.of("http://localhost:" + server.getAddress().getPort() + "/models/external.onnx");
            Path fetched = CheckpointFetcher.create().fetch(model).path();
            Checkpoint local = Checkpoint.open(FILES.resolve("external.onnx"));
            Checkpoint remote = Checkpoint.open(fetched);
            assertEquals(local.tensors().keySet(), remote.tensors().keySet());
            for (String name : local.tensors().keySet()) {
                assertArrayEquals(
                        bytes(local.tensors().get(name)), bytes(remote.tensors().get(name)), name);
            }
            assertEquals(Set.of(fetched, fetched.resolveSibling("external.bin")), remote.files());
            assertEquals(List.of("external.onnx", "external.bin"), asked);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void externalDataLieInTheFolderOfTheModel() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.write(folder.resolve("secret"), new byte[8]);
        Files.write(model.resolve("weights"), OnnxFile.floats(9, 8, 7).array());
        Files.createSymbolicLink(model.resolve("link"), folder.resolve("secret"));
        for (String location : List.of("../secret", folder.resolve("secret").toString(), "", ".", "a/../../secret")) {
            Path file = OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, external("location", location), 2));
            assertRefused(
                    file,
                    Reason.REFUSED,
                    "it keeps tensors in '" + location + "', outside its folder",
                    "do not use this file unless you know who wrote it; tensors may lie beside it");
        }
        assertRefused(
                OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, external("location", "link"), 2)),
                Reason.REFUSED,
                "it keeps tensors in 'link', a link that leads outside its folder",
                "do not use this file unless you know who wrote it; tensors may lie beside it");
        assertRefused(
                OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, external("location", "a\0b"), 2)),
                Reason.REFUSED,
                "it keeps tensors in 'a\\u0000b', which is no path",
                "do not use this file unless you know who wrote it; tensors may lie beside it");
        assertRefused(
                OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, external("location", "gone"), 2)),
                Reason.NOT_FOUND,
                "its tensors lie in 'gone', and no such file is beside it",
                "download that file as well");
        Message there = external("location", "weights");
        assertArrayEquals(
                new float[] {8, 7},
                floats(Checkpoint.open(OnnxFile.write(
                                model.resolve("m.onnx"),
                                tensor(
                                        "w",
                                        1,
                                        there.and(external("offset", "4")).and(external("length", "8")),
                                        2)))
                        .tensors()
                        .get("w")));
        assertRefused(
                OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, there.and(external("offset", "8")), 2)),
                Reason.MALFORMED,
                "'w' takes 8 bytes from byte 8 of `weights`, which has 12",
                ModelReader.RESAVE);
        assertRefused(
                OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, there.and(external("length", "4")), 2)),
                Reason.MALFORMED,
                "'w' takes 8 bytes by its shape [2], and its file holds 4",
                ModelReader.RESAVE);
        for (String offset : List.of("-1", "x", "9999999999999999999999")) {
            assertRefused(
                    OnnxFile.write(model.resolve("m.onnx"), tensor("w", 1, there.and(external("offset", offset)), 2)),
                    Reason.MALFORMED,
                    "'w' has the offset '" + offset + "' in its file, which is no number of bytes",
                    ModelReader.RESAVE);
        }
    }

    @Test
    void descriptionsThatContradictThemselvesAreRefused() throws IOException {
        assertRefused(
                write(tensor("w", 1, raw(1), 2)),
                Reason.MALFORMED,
                "'w' takes 8 bytes by its shape [2], and the file holds 4",
                ModelReader.RESAVE);
        assertRefused(
                write(tensor("w", 1, raw(1), 1).and(tensor("w", 1, raw(1), 1))),
                Reason.MALFORMED,
                "the graph holds 'w' twice",
                ModelReader.RESAVE);
        assertRefused(
                write(tensor("w\0", 1, raw(1), 1)),
                Reason.MALFORMED,
                "the name of the tensor 'w\\u0000' contains a NUL character",
                ModelReader.RESAVE);
        for (long[] shape : List.of(new long[] {-1}, new long[65], new long[] {1L << 49})) {
            assertRefused(
                    write(tensor("w", 1, nothing(), shape)),
                    Reason.MALFORMED,
                    "'w' has a shape of no tensor: more than 64 dimensions, or one below 0 or above 2^48",
                    ModelReader.RESAVE);
        }
        assertRefused(
                write(tensor("w", 1, nothing(), 1L << 47, 1L << 47)),
                Reason.MALFORMED,
                "'w' has the shape [140737488355328, 140737488355328], more than can be addressed",
                ModelReader.RESAVE);
        TensorEntry few = Checkpoint.open(write(tensor("w", 7, number(7, 1), 3)))
                .tensors()
                .get("w");
        assertTrue(assertThrows(CheckpointException.class, () -> few.data().window(0, 24))
                .getMessage()
                .contains("'w' has 3 elements by its shape, and the file holds 1 at most"));
        TensorEntry many = Checkpoint.open(write(tensor("w", 7, number(7, 1).and(number(7, 1)), 1)))
                .tensors()
                .get("w");
        assertTrue(assertThrows(CheckpointException.class, () -> many.data().window(0, 8))
                .getMessage()
                .contains("'w' has 1 elements by its shape, and the file holds 2"));
    }

    @Test
    void aGraphThatIsDeeperThanAnyIsRefused() throws IOException {
        Message graph = tensor("w", 1, raw(1), 1);
        for (int i = 0; i < 100; i++) {
            graph = branch(graph);
        }
        assertRefused(
                write(graph),
                Reason.REFUSED,
                "its messages stand deeper in one another than those of any model",
                "do not use this file unless you know who wrote it");
    }

    @Test
    void aFileThatIsCutOffIsNamedForWhatItIs() throws IOException {
        byte[] whole = Files.readAllBytes(FILES.resolve("linear.onnx"));
        Path cut = folder.resolve("cut.onnx");
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertRefused(
                cut,
                Reason.MALFORMED,
                "cut off or damaged: the model's description is no valid protobuf message",
                ModelReader.RESAVE);
    }

    @Test
    void otherFilesAreNotTakenForModels() throws IOException {
        OnnxFormat format = new OnnxFormat();
        for (byte[] content : List.of(
                new byte[] {8, 7},
                new byte[] {8, 7, 58},
                new byte[] {8, 7, 21, 0, 0, 0, 0},
                new byte[] {8},
                new byte[0],
                "\bonly text".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            Path file = Files.write(folder.resolve("other"), content);
            boolean cutGraph = content.length == 3;
            assertEquals(
                    cutGraph,
                    format.recognizes(file, ByteBuffer.wrap(content)),
                    List.of(content).toString());
        }
    }

    @Test
    void noMutationCrashesOrTakesMemory() throws IOException {
        Random random = new Random(11);
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("linear.onnx", "external.onnx", "torch-export.onnx")) {
            seeds.add(Files.readAllBytes(FILES.resolve(name)));
        }
        Path file = folder.resolve("mutated.onnx");
        Files.copy(FILES.resolve("external.bin"), folder.resolve("external.bin"));
        int opened = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = seeds.get(i % seeds.size()).clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Files.write(file, bytes);
            try {
                Checkpoint checkpoint = Checkpoint.open(file);
                for (TensorEntry entry : checkpoint.tensors().values()) {
                    entry.data().window(0, (int) Math.min(1000, entry.data().byteCount()));
                }
                opened++;
            } catch (CheckpointException refused) {
                assertFalse(refused.detail().isEmpty());
            }
        }
        assertTrue(opened > 200, opened + " of the changed files open");
    }
}
