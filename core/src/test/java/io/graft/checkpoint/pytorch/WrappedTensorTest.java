package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.pytorch.Pickle.Call;
import io.graft.checkpoint.pytorch.Pickle.Name;
import io.graft.checkpoint.pytorch.Pickle.Tuple;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors inside records of PyTorch. The fixtures are made by {@code make_objects.py} beside them. */
class WrappedTensorTest {
    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    @Test
    void aSubclassIsReadAsAPlainTensorWithAWordOnThat() {
        Checkpoint checkpoint = open(fixture("torch/wrapped.pt"));
        assertEquals("state_dict", checkpoint.content());
        assertEquals(
                List.of("image", "sharded", "noted"),
                List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(
                List.of("read as plain tensors: 'image' (lab.nets.Image), 'sharded' (lab.nets.Sharded)"),
                checkpoint.warnings());
    }

    @Test
    void aWrapperOfSeveralTensorsIsListed() {
        Call wrapper = wrapper(4L, Map.of("data", floats("0", 4), "scale", floats("1", 1)));
        assertListed("wrapped in a lab.Quantized", "load it in Python and save it as a plain tensor", wrapper);
        // One tensor of another size than the wrapper's is not its data either.
        assertListed(
                "wrapped in a lab.Quantized",
                "load it in Python and save it as a plain tensor",
                wrapper(8L, Map.of("packed", floats("0", 4))));
    }

    @Test
    void aParameterOfASubclassIsRead() {
        Call parameter = Call.of(
                "torch._utils",
                "_rebuild_parameter",
                wrapper(4L, Map.of("data", floats("0", 4))),
                true,
                Call.of("collections", "OrderedDict"));
        assertEquals(
                List.of("w"),
                List.copyOf(files.open(zipWithFour(Map.of("w", parameter)))
                        .tensors()
                        .keySet()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            _rebuild_qtensor                | a quantized tensor                         | save the result of its dequantize() in Python
            _rebuild_sparse_tensor          | a sparse tensor                            | save the result of its to_dense() in Python
            _rebuild_sparse_csr_tensor      | a sparse tensor                            | save the result of its to_dense() in Python
            _rebuild_nested_tensor          | a nested tensor                            | save the result of its to_padded_tensor() in Python
            _rebuild_meta_tensor_no_storage | a tensor of the meta device, without data  | save the model after its weights were loaded
            _rebuild_device_tensor_from_numpy | wrapped in a torch._utils._rebuild_device_tensor_from_numpy | load it in Python and save it as a plain tensor
            """)
    void tensorsOfOtherLayoutsAreListedWithWhatToDo(String record, String kind, String help) {
        assertListed(kind, help, Call.of("torch._utils", record, floats("0", 4)));
    }

    private void assertListed(String kind, String help, Call tensor) {
        files.assertOnlyListed("is " + kind + ", which Graft does not read", help, zipWithFour(Map.of("w", tensor)));
    }

    private static Call wrapper(long size, Map<String, Object> fields) {
        return Call.of(
                "torch._tensor",
                "_rebuild_from_type_v2",
                new Name("torch._utils", "_rebuild_wrapper_subclass"),
                new Name("lab", "Quantized"),
                Tuple.of(new Name("lab", "Quantized"), new Name("torch", "float32"), Tuple.of(size), Tuple.of(1L), 0L),
                fields);
    }
}
