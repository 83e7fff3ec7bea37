package io.graft.modifiers.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.modifiers.transfer.AlignRule.NamePair;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferLearningOptionsTest {
    @TempDir
    Path folder;

    private static Bound<TransferLearningOptions> bind(String hocon) {
        return new TransferLearningOptions_Binder().bind(ConfigCursor.of(ConfigFactory.parseString(hocon)));
    }

    @Test
    void onlyTheCheckpointMustBeGiven() {
        Path checkpoint = folder.resolve("a.ckpt");
        assertEquals(
                new Bound.Ok<>(Options.from(checkpoint).options(), List.of()),
                bind("checkpoint-path = \"" + checkpoint + "\""));
    }

    @Test
    void everyOptionIsBound() {
        Path checkpoint = folder.resolve("a.ckpt");
        TransferLearningOptions options = Options.from(checkpoint)
                .strict()
                .refuseMismatched()
                .prefix("model.model.")
                .minCoverage(0.5)
                .rename("mlp.1", "mlp.0")
                .rename("re:proc\\.(\\d+)", "blocks.$1")
                .include("encoder", "processor.*")
                .exclude("**.bias")
                .keepBuffers()
                .refuseUnexpected()
                .refuseDtypes()
                .allowScalarReshape()
                .align("encoder.weight", 1, List.of("t", "tp"), List.of("t", "imerg"), new NamePair("tp", "imerg"))
                .options();
        assertEquals(new Bound.Ok<>(options, List.of()), bind("""
                checkpoint-path = "%s"
                strict = true
                skip-mismatched = false
                prefix = "model.model."
                min-coverage = 0.5
                rename = [{ from = mlp.1, to = mlp.0 }, { from = "re:proc\\\\.(\\\\d+)", to = "blocks.$1" }]
                "include" = [encoder, "processor.*"]
                exclude = ["**.bias"]
                buffers = keep
                on-unexpected = error
                dtype-mismatch = refuse
                allow-scalar-reshape = true
                align = [{
                  tensor = encoder.weight, dimension = 1, source = [t, tp], model = [t, imerg], names = [{ from = tp, to = imerg }]
                }]
                """.formatted(checkpoint)));
    }
}
