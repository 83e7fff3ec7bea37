package io.graft.cli.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files of adapters tell of a base whose weights are codes, and whether it is compared. */
class QuantizedBaseTest {
    private static final String LORA = "{ type = lora, target-modules = [q], rank = 2 }";
    private static final String INT8 = "{ type = quantization, scheme = int8 }";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void saveModels() {
        place = new Place(folder);
        ModelFixture.empty().linear("q", 64, 64, 1).save(folder, "base");
        ModelFixture.empty()
                .with("q.weight", Shape.of(64, 64), numbers(64 * 64))
                .with("q.bias", Shape.of(64), 1)
                .save(folder, "other");
    }

    private static double[] numbers(int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i % 7 - 3;
        }
        return numbers;
    }

    /** Runs, and returns what was said on the error stream. */
    private String run(String model, String out, String... modifiers) {
        place.config(model, modifiers);
        var outcome = place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/" + out);
        assertEquals(ExitCode.DONE, outcome.code(), outcome.err());
        return outcome.err();
    }

    private Set<String> metadata(String out) {
        return Checkpoint.open(folder.resolve(out).resolve("adapter_model.safetensors"))
                .metadata()
                .keySet();
    }

    private String load(String adapter) {
        return "{ type = lora, adapter-path = \"" + folder.resolve(adapter) + "\" }";
    }

    /** An adapter goes from codes to numbers and back, and the digests of the one are not those of the other. */
    @Test
    void codesAreNeitherToldNorCompared() {
        run("base.safetensors", "codes", INT8);
        run("codes/model.safetensors", "of-codes", LORA);
        assertEquals(Set.of("format"), metadata("of-codes"));
        assertEquals("", run("base.safetensors", "codes-to-numbers", load("of-codes")));
        run("other.safetensors", "of-numbers", LORA);
        assertEquals("", run("codes/model.safetensors", "numbers-to-codes", load("of-numbers")));
    }

    /** Of a weight that is quantized in the same run the numbers are at hand. */
    @Test
    void whatBecomesCodesInTheSameRunIsToldAndCompared() {
        run("base.safetensors", "qlora", INT8, LORA);
        assertEquals(Set.of("format", "graft_base"), metadata("qlora"));
        assertEquals("", run("base.safetensors", "numbers", load("qlora")));
        assertEquals("", run("base.safetensors", "codes", INT8, load("qlora")));
        String said = run("other.safetensors", "others", INT8, load("qlora"));
        assertTrue(
                said.contains(
                        "the adapter was made for another base: of the weights that it changes, 1 of 1 had other values"
                                + " there: `q.weight`"),
                said);
    }
}
