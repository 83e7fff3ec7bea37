package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.DeclaredKind.BUFFER;
import static io.graft.checkpoint.DeclaredKind.FROZEN_PARAMETER;
import static io.graft.checkpoint.DeclaredKind.PARAMETER;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.TorchFiles.Expected;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 3 of the field reports: archives of {@code torch.export}. The fixtures are made by {@code make_exported.py}. */
class ExportedProgramTest {
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";

    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    @Test
    void everyTensorIsThatOfTheProgram() throws IOException {
        Checkpoint checkpoint = open(fixture("torch/exported.pt2"));
        assertEquals("pytorch", checkpoint.format());
        assertEquals("exported", checkpoint.content());
        assertEquals(
                List.of("the file also holds `constants` (3 tensors, 52 bytes), not used here; `section` names one"),
                checkpoint.warnings());
        Map<String, TensorEntry> all = new LinkedHashMap<>(checkpoint.tensors());
        checkpoint.section("constants").logical().forEach((name, entry) -> all.put("constants:" + name, entry));
        Map<String, Expected> expected = TorchFiles.safetensors(fixture("torch/exported-expected.safetensors"));
        assertEquals(expected.keySet(), all.keySet());
        for (Map.Entry<String, Expected> tensor : expected.entrySet()) {
            TensorEntry entry = all.get(tensor.getKey());
            assertEquals(tensor.getValue().dtype(), entry.dtype().name(), tensor.getKey());
            assertEquals(tensor.getValue().shape(), entry.shape().dimensions(), tensor.getKey());
            assertEquals(tensor.getValue().bytes(), TorchFiles.bytes(entry), tensor.getKey());
        }
    }

    @Test
    void kindsFlagsAndTiesAreTold() {
        Checkpoint checkpoint = open(fixture("torch/exported.pt2"));
        Map<String, DeclaredKind> kinds = new LinkedHashMap<>();
        checkpoint
                .tensors()
                .forEach((name, entry) -> kinds.put(name, entry.declared().orElseThrow()));
        assertEquals(
                Map.ofEntries(
                        Map.entry("scale", PARAMETER),
                        Map.entry("turned", PARAMETER),
                        Map.entry("embedding.weight", PARAMETER),
                        Map.entry("head.weight", PARAMETER),
                        Map.entry("linear.weight", PARAMETER),
                        Map.entry("linear.bias", FROZEN_PARAMETER),
                        Map.entry("norm.weight", PARAMETER),
                        Map.entry("norm.bias", PARAMETER),
                        Map.entry("mask", BUFFER),
                        Map.entry("norm.running_mean", BUFFER),
                        Map.entry("norm.running_var", BUFFER),
                        Map.entry("norm.num_batches_tracked", BUFFER)),
                kinds);
        assertEquals(List.of(List.of("embedding.weight", "head.weight")), checkpoint.ties());
    }

    @Test
    void severalProgramsAreSections() throws IOException {
        Path file = fixture("torch/exported-two.pt2");
        CheckpointException undecided = assertThrows(CheckpointException.class, () -> open(file));
        assertEquals(
                file + ": the archive holds several programs: `a`, `b`;"
                        + " name the one that you need as its section: section = 'a', or --section 'a'",
                undecided.getMessage());
        Checkpoint second = Checkpoint.open(file, getClass().getClassLoader(), Optional.of("b"));
        assertArrayEquals(
                floats(2, 2, 2, 2),
                Fixtures.bytes(second.tensors().get("weight").data()));
        assertEquals(List.of("a"), second.others().stream().map(Section::name).toList());
    }

    @Test
    void whatIsPickledIsListedAndNotRead() throws IOException {
        Checkpoint checkpoint = open(fixture("torch/exported-subclass.pt2"));
        assertArrayEquals(
                floats(3, 3), Fixtures.bytes(checkpoint.tensors().get("other").data()));
        assertEquals(
                List.of(
                        "only listed: `weight` is saved as a pickle, as PyTorch does with subclasses of tensors, which Graft does"
                                + " not read; export the model with plain tensors"),
                checkpoint.warnings());
    }

    @Test
    void typesAndLayoutsThatAreNotReadAreListed() {
        files.assertOnlyListed(
                "is a sparse tensor, which Graft does not read",
                "export the model with the result of its to_dense()",
                archive(config("w", meta(7, 1, "[{\"as_int\":4}]", "[]", 0)), floats(1, 2, 3, 4)));
        files.assertOnlyListed(
                "is of type number 99 of PyTorch's schema, which Graft does not know",
                "export the model with another type",
                archive(config("w", meta(99, 7, "[{\"as_int\":4}]", "[{\"as_int\":1}]", 0)), floats(1, 2, 3, 4)));
        files.assertOnlyListed(
                "has no data in the archive",
                "export the model with its weights",
                archive(config("w", meta(7, 7, "[{\"as_int\":4}]", "[{\"as_int\":1}]", 0)), new byte[0]));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        String four = "[{\"as_int\":4}]";
        String one = "[{\"as_int\":1}]";
        assertMalformed(
                "tensor 'w' of shape [4], stride [1] and offset 1 reaches beyond its storage of 4 elements",
                config("w", meta(7, 7, four, one, 1)));
        assertMalformed("tensor 'w' has 1 dimensions, but strides of 0", config("w", meta(7, 7, four, "[]", 0)));
        assertMalformed("sizes of tensor 'w' is no number", config("w", meta(7, 7, "[{\"as_expr\":4}]", one, 0)));
        assertMalformed("sizes of tensor 'w' must hold objects", config("w", meta(7, 7, "[4]", one, 0)));
        assertMalformed("tensor 'w' has no path_name", "{\"config\":{\"w\":{\"use_pickle\":false}}}");
        assertMalformed("tensor 'w' has no sizes", config("w", "{\"dtype\":7}"));
        assertMalformed("use_pickle of tensor 'w' must be true or false", "{\"config\":{\"w\":{\"use_pickle\":0}}}");
        assertMalformed("tensor_meta of tensor 'w' must be an object or null", config("w", "7"));
        assertMalformed(
                "'data/weights/model_weights_config.json' holds 'w' twice",
                config("w", meta(7, 7, four, one, 0)).replace("null}}}", "null}}},\"w\":{\"path_name\":\"0\"}"));
        assertMalformed(
                "tensor 'w' needs 'a/data/weights/1', which the archive lacks",
                config("w", meta(7, 7, four, one, 0)).replace("\"0\"", "\"1\""));
    }

    @Test
    void objectsAmongConstantsAreLeftOut() {
        Zip zip = archive(config("w", meta(7, 7, "[{\"as_int\":4}]", "[{\"as_int\":1}]", 0)), floats(1, 2, 3, 4))
                .stored("a/data/constants/model_constants_config.json", config("object", "null"));
        assertEquals(
                List.of("not tensors, so left out: 'object'"), files.open(zip).warnings());
    }

    @Test
    void anArchiveOfCompiledCodeIsNamed() {
        files.assertRefused(
                Reason.UNSUPPORTED,
                "a .pt2 archive without the weights of an exported program, as one of compiled code;"
                        + " give what torch.export.save wrote",
                new Zip().stored("a/archive_format", "pt2").stored("a/data/aotinductor/model/0.so", "x"));
        files.assertRefused(
                Reason.UNSUPPORTED,
                "this is a program exported by PyTorch before 2.8;"
                        + " load it with torch.export.load and save it with torch.export.save of a current PyTorch",
                new Zip().stored("version", "5.1").stored("serialized_exported_program.json", "{}"));
    }

    private void assertMalformed(String message, String config) {
        files.assertRefused(Reason.MALFORMED, message + DAMAGED, archive(config, floats(1, 2, 3, 4)));
    }

    private static Zip archive(String config, byte[] weight) {
        return new Zip()
                .stored("a/archive_format", "pt2")
                .stored("a/data/weights/0", weight)
                .stored("a/data/weights/model_weights_config.json", config);
    }

    private static String config(String name, String meta) {
        return "{\"config\":{\"" + name
                + "\":{\"path_name\":\"0\",\"is_param\":true,\"use_pickle\":false,\"tensor_meta\":" + meta + "}}}";
    }

    private static String meta(int type, int layout, String sizes, String strides, int offset) {
        return "{\"dtype\":" + type + ",\"layout\":" + layout + ",\"sizes\":" + sizes + ",\"strides\":" + strides
                + ",\"requires_grad\":true,\"storage_offset\":{\"as_int\":" + offset
                + "},\"device\":{\"type\":\"cpu\",\"index\":null}}";
    }
}
