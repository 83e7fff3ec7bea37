package io.graft.cli.map;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a table of names needs to know of the model is read from its {@code config.json}, and said. */
class TableNumbersTest {
    private static final String TOLD = " table `llama-fused` with `heads` 2 and `key-value-heads` 1 of config.json";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void twoModels() throws IOException {
        place = new Place(folder)
                .file("apart/config.json", "{ \"num_attention_heads\": 2, \"num_key_value_heads\": 1 }");
        Path fixtures = Path.of("../core/src/test/resources/io/graft/model/rules/llama-fused");
        Files.copy(fixtures.resolve("disk.safetensors"), folder.resolve("apart/model.safetensors"));
        Files.copy(fixtures.resolve("running.safetensors"), folder.resolve("fused.safetensors"));
    }

    @Test
    void ofTheModelThatIsRenamed() throws IOException {
        place.config("apart", "{ type = renaming, rename = [llama-fused] }");
        String out = place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE).out();
        assertTrue(out.contains("rule #1," + TOLD), out);
        place.graft("diff", "DIR/out", "DIR/fused.safetensors").is(ExitCode.DONE);
    }

    @Test
    void ofTheCheckpointThatIsLoaded() throws IOException {
        place.config(
                "fused.safetensors", "{ type = transfer-learning, checkpoint-path = apart, rename = [llama-fused] }");
        String out = place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE).out();
        assertTrue(out.contains("rule #1," + TOLD), out);
    }

    @Test
    void aModelWithoutAConfigurationHasToBeToldOf() throws IOException {
        Files.delete(folder.resolve("apart/config.json"));
        place.config("apart", "{ type = renaming, rename = [llama-fused] }");
        place.graft("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                        1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                        error[requires]      DIR/x.conf:4:34  graft.modifiers[0].rename[0]
                           4 |     { type = renaming, rename = [llama-fused] }
                             |                                  ^^^^^^^^^^^ rule #1, table `llama-fused`, needs `heads` \
                        (attention heads, `num_attention_heads` of config.json) and `key-value-heads` (heads of keys and \
                        values, `num_key_value_heads` of config.json), and no config.json beside the model tells it; write \
                        { table = llama-fused, heads = ..., key-value-heads = ... }
                             = modifier 1 of 1, `renaming` (BUILTIN)
                        """);
    }
}
