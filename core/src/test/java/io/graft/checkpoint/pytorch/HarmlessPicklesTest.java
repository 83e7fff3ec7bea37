package io.graft.checkpoint.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PyTorch writes beside tensors and in which protocol, and nobody is hurt by; made by {@code make_pickles.py}. */
class HarmlessPicklesTest {
    private static Checkpoint open(String name) {
        return Checkpoint.open(Path.of("src/test/resources/fixtures/torch", name));
    }

    private static float[] floats(TensorEntry entry) throws IOException {
        float[] values = new float[(int) entry.shape().elementCount()];
        entry.data().window(0, values.length * Float.BYTES).asFloatBuffer().get(values);
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol-3.pt", "protocol-4.pt", "protocol-5.pt"})
    void everyProtocolOfPythonThree(String name) throws IOException {
        Checkpoint checkpoint = open(name);
        assertEquals(List.of("a", "b"), List.copyOf(checkpoint.tensors().keySet()));
        assertArrayEquals(new float[] {1, 2}, floats(checkpoint.tensors().get("a")));
        assertEquals(DType.I64, checkpoint.tensors().get("b").dtype());
        assertEquals(Shape.of(2, 2), checkpoint.tensors().get("b").shape());
        assertEquals("größer", checkpoint.metadata().get("note"));
        assertEquals("70000", checkpoint.metadata().get("epoch"));
        assertEquals("1180591620717411303424", checkpoint.metadata().get("wide"));
    }

    /** Field reports, section 6: a legacy file with protocol 4. */
    @Test
    void theOldContainerInALaterProtocol() throws IOException {
        assertArrayEquals(
                new float[] {1, 2},
                floats(open("legacy-protocol-4.pt").tensors().get("a")));
    }

    /**
     * Field reports, section 6: hyper-parameters with functions, bound methods, nested classes and unions, and classes in packages
     * that are called as modules of the standard library ({@code code}, {@code test}, {@code trace}, {@code profile}, {@code site}).
     */
    @ParameterizedTest
    @ValueSource(strings = {"harmless-2.pt", "harmless-4.pt"})
    void objectsThatNobodyCalls(String name) throws IOException {
        Checkpoint checkpoint = open(name);
        assertArrayEquals(new float[] {1, 2}, floats(checkpoint.tensors().get("a")));
        Map<String, String> shown = checkpoint.metadata();
        assertEquals("operator.itemgetter(loss)", shown.get("hyper_parameters.key"));
        assertEquals("code.Net", shown.get("hyper_parameters.class in code"));
        assertEquals("test.nets.Net", shown.get("hyper_parameters.class in test"));
        assertEquals("trace.Net", shown.get("hyper_parameters.class in trace"));
        assertEquals("profile.nets.Net", shown.get("hyper_parameters.class in profile"));
        assertEquals("site.Net", shown.get("hyper_parameters.class in site"));
    }

    /** Field reports, section 6: {@code torch.save(torch.compile(net))}. */
    @Test
    void aCompiledModuleIsTheModuleInsideIt() {
        Checkpoint compiled = open("compiled.pt");
        assertEquals("module", compiled.content());
        assertEquals(
                List.of(
                        "0.weight",
                        "0.bias",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "1.num_batches_tracked"),
                List.copyOf(compiled.tensors().keySet()));
    }
}
