package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointException;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.modifiers.lora.resize.AdapterCombiner;
import io.graft.modifiers.lora.resize.AdapterSummand;
import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of adapters are those of their updates, where PEFT 0.21 takes factors, or the scales of rank-stabilised ones, for what they are not. */
class AdapterCombinerTest {
    @TempDir
    Path folder;

    private ResizedAdapter combine(Optional<TargetRank> rank, AdapterSummand... summands) throws IOException {
        return new AdapterCombiner(rank, AdapterDialects.discover()).combine(List.of(summands), folder.resolve("sum"));
    }

    private static AdapterSummand summand(String adapter, double weight) {
        return new AdapterSummand(Fixtures.file(adapter), weight);
    }

    private static List<Double> change(String base, Path adapter, String name) {
        ModelFixture model = Fixtures.base(base);
        ModifierRun merged = Fixtures.merge(model, adapter).succeeds();
        List<Double> change = new ArrayList<>();
        for (int i = 0; i < model.values(name).size(); i++) {
            change.add(merged.values(name).get(i) - model.values(name).get(i));
        }
        return change;
    }

    /** P41 and section 10: ranks may differ, the scale of a rank-stabilised adapter counts once, and weights below 0 keep their sign. */
    @ParameterizedTest
    @CsvSource({
        "base-bert, lora, rslora, 0.7, -1.5",
        "base-bert, rslora, rslora, 1, 1",
        "base-bert, patterns, lora, -1, 0.5",
        "base-gpt2, gpt2, gpt2, 2, -0.5"
    })
    void sumIsThatOfTheUpdates(String base, String one, String other, double weight, double otherWeight)
            throws IOException {
        ResizedAdapter combined = combine(Optional.empty(), summand(one, weight), summand(other, otherWeight));
        for (ResizedUpdate update : combined.updates()) {
            assertEquals(update.from(), update.to());
            String name = update.module() + ".weight";
            List<Double> first = change(base, Fixtures.file(one), name);
            List<Double> second = change(base, Fixtures.file(other), name);
            List<Double> found = change(base, folder.resolve("sum"), name);
            assertTrue(found.stream().anyMatch(value -> Math.abs(value) > 1e-3));
            for (int i = 0; i < found.size(); i++) {
                assertEquals(weight * first.get(i) + otherWeight * second.get(i), found.get(i), 1e-5, name);
            }
        }
        assertEquals(
                one.equals("gpt2"),
                AdapterSettings.read(folder.resolve("sum/adapter_config.json")).flag("fan_in_fan_out"));
    }

    /** What is lost at a lower rank is told, and is what merging shows. */
    @Test
    void lowerRankIsTheNearestSum() throws IOException {
        ResizedAdapter combined =
                combine(Optional.of(new TargetRank.Fixed(3)), summand("lora", 1), summand("patterns", -0.5));
        for (ResizedUpdate update : combined.updates()) {
            assertEquals(Math.min(3, update.from()), update.to());
            String name = update.module() + ".weight";
            List<Double> first = change("base-bert", Fixtures.file("lora"), name);
            List<Double> second = change("base-bert", Fixtures.file("patterns"), name);
            List<Double> found = change("base-bert", folder.resolve("sum"), name);
            double lost = 0;
            double all = 0;
            for (int i = 0; i < found.size(); i++) {
                double sum = first.get(i) - 0.5 * second.get(i);
                lost += Math.pow(sum - found.get(i), 2);
                all += sum * sum;
            }
            assertEquals(update.lost(), Math.sqrt(lost / all), 1e-4, name);
        }
        assertTrue(combined.updates().stream().anyMatch(update -> update.from() > 4 && update.lost() > 0.1));
    }

    /** An adapter and its opposite leave the base as it is. */
    @Test
    void oppositesAreNothing() throws IOException {
        combine(Optional.empty(), summand("lora", 1), summand("lora", -1));
        String name = "bert.encoder.layer.0.attention.self.query.weight";
        assertTrue(change("base-bert", folder.resolve("sum"), name).stream().allMatch(value -> Math.abs(value) < 1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dora | `bert.encoder.layer.0.attention.self.query` is a DoRA update, whose norm depends on the weight that it"
                        + " is for, and it cannot be added to others; merge the adapter with lora-merge, or use it as it is",
                "gpt2 | has another `fan_in_fan_out` than the one before; combine adapters of one model",
                "head | holds tensors that take the place of the model's, which have no sum:"
                        + " `bert.encoder.layer.0.attention.output.dense.base_layer.bias`,"
                        + " `bert.encoder.layer.0.intermediate.dense.base_layer.bias`,"
                        + " `bert.encoder.layer.0.output.dense.base_layer.bias`,"
                        + " `bert.encoder.layer.1.attention.output.dense.base_layer.bias` and 5 more; merge the adapters one"
                        + " after the other with lora-merge",
                "methods/ia3 | is an adapter of the kind IA3, and only LORA can be combined with others; "
            })
    void whatHasNoSumIsRefused(String adapter, String message) {
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> combine(Optional.empty(), summand("lora", 1), summand(adapter, 1)));
        assertEquals(message.strip(), (refused.detail() + "; " + refused.help()).strip());
        assertFalse(Files.exists(folder.resolve("sum")));
    }

    @Test
    void weightsThatAddNothingAreRefused() {
        for (double weight : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertEquals(
                    "the weight is " + weight + ", which adds nothing",
                    assertThrows(IllegalArgumentException.class, () -> summand("lora", weight))
                            .getMessage());
        }
    }
}
