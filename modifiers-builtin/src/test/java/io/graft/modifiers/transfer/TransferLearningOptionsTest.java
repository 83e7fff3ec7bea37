package io.graft.modifiers.transfer;

import io.graft.model.parametrization.Form;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.AlignRule.NamePair;
import io.graft.testkit.ModifierTester;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferLearningOptionsTest {
    private final ModifierTester transferLearning = ModifierTester.of(TransferLearningModelModifier.class);

    @TempDir
    Path folder;

    @Test
    void onlyTheCheckpointMustBeGiven() {
        Path checkpoint = folder.resolve("a.ckpt");
        transferLearning.defaults(
                "checkpoint-path = \"" + checkpoint + "\"",
                Options.from(checkpoint).options());
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
                .override()
                .refresh(new Refresh(
                        true, false, List.of(Selector.parse("**.scaling")), List.of(Selector.parse("**.steps"))))
                .configDrift(new ConfigDrift(Map.of("layers", 2), "hyper_parameters", ConfigDrift.OnDrift.WARN))
                .keepCodes(new KeptCodes(Form.ScaledCodes.Kernel.WEIGHT_ONLY))
                .align("encoder.weight", 1, List.of("t", "tp"), List.of("t", "imerg"), new NamePair("tp", "imerg"))
                .options();
        transferLearning.mapsEveryKey("""
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
                override = true
                refresh { states = true, tendencies = false, state-processors = ["**.scaling"], tendency-processors = ["**.steps"] }
                config-drift { expected { layers = 2 }, at = hyper_parameters, on-drift = warn }
                keep-codes { kernel = weight-only }
                align = [{
                  tensor = encoder.weight, dimension = 1, source = [t, tp], model = [t, imerg], names = [{ from = tp, to = imerg }]
                }]
                """.formatted(checkpoint), options);
    }
}
