package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that a module of a format leaves, dropped in as it is. */
class DroppedFormatsTest {
    private static final Path MODULE =
            Path.of("..", "format-onnx").toAbsolutePath().normalize();
    private static final String ONNX =
            MODULE.resolve("src/test/resources/onnx/linear.onnx").toString();

    @TempDir
    Path folder;

    private static String[] with(String... arguments) {
        return DroppedSourcesTest.with(MODULE.resolve("target/extensions"), arguments);
    }

    @Test
    void anOnnxModelIsConvertedToTheParametersThatWereExported() {
        Place place = new Place(folder);
        place.graft(with("convert", ONNX, "DIR/model.safetensors")).is(ExitCode.DONE);
        Map<String, List<String>> converted = Place.tensors(folder.resolve("model.safetensors"));
        Map<String, List<String>> model = Place.tensors(MODULE.resolve("src/test/resources/onnx/linear.safetensors"));
        // The exporter folds what the graph does to the buffer into another tensor.
        assertNotNull(converted.remove("onnx::Mul_39"));
        assertNotNull(model.remove("encoder.scale"));
        assertEquals(model, converted);
    }

    @Test
    void withoutTheExtensionTheErrorNamesIt() {
        new Place(folder)
                .graft("inspect", ONNX)
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: " + ONNX
                                + ": this is an ONNX model, for which no format is on the class path; add graft-format-onnx to the"
                                + " class path or to the extensions\n");
    }
}
