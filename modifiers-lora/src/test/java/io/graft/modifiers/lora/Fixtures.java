package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.ModelDraft;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of these tests, and adapters made of a few numbers. */
final class Fixtures {
    private static final double TOLERANCE = 1e-5;

    private Fixtures() {}

    /** A file of the tests' resources. */
    static Path file(String name) {
        try {
            return Path.of(Fixtures.class.getResource(name).toURI());
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(name, malformed);
        }
    }

    /** The model that an adapter of the resources was trained on. */
    static ModelFixture base(String name) {
        return ModelFixture.read(file(name + "/model.safetensors"));
    }

    /** Writes an adapter's two files. */
    static Path adapter(Path folder, ModelFixture tensors, String config) {
        tensors.save(folder, "adapter_model");
        return config(folder, config);
    }

    /** Writes an adapter's configuration. */
    static Path config(Path folder, String config) {
        try {
            Files.writeString(folder.resolve("adapter_config.json"), config);
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The golden model, {@code p[i] = ((3·i + 1) mod 7) - 3}: an embedding of 5 by 4 and a linear layer of 4 to 3. */
    static ModelFixture golden() {
        return ModelFixture.empty()
                .with("emb.weight", Shape.of(5, 4), numbers(20, 7, 3))
                .with("lin.weight", Shape.of(3, 4), numbers(12, 7, 3))
                .with("lin.bias", Shape.of(3), numbers(3, 7, 3));
    }

    /** {@code ((3·i + 1) mod m) - o}. */
    static double[] numbers(int count, int m, int o) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (3 * i + 1) % m - o;
        }
        return numbers;
    }

    /** Options that are as they are where nothing is said. */
    static LoraMergeOptions options(CheckpointRef adapter, boolean strict) {
        return new LoraMergeOptions(
                adapter,
                strict,
                1,
                new AdapterFileOptions("auto", List.of(), Optional.empty()),
                false,
                Optional.empty());
    }

    /** The modifier, with how much of the adapter counts. */
    static LoraMergeModelModifier weighted(Path adapter, double weight) {
        return new LoraMergeModelModifier(new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                weight,
                new AdapterFileOptions("auto", List.of(), Optional.empty()),
                false,
                Optional.empty()));
    }

    /** Asserts that the tensors that a file has too are as there, within 1e-5. */
    static void assertClose(ModifierRun run, Path expected) {
        ModelFixture file = ModelFixture.read(expected);
        ModelDraft there = file.draft();
        List<String> names = run.names().stream()
                .filter(name -> there.find(name).isPresent())
                .toList();
        assertFalse(names.isEmpty());
        for (String name : names) {
            List<Double> values = file.values(name);
            List<Double> found = run.values(name);
            assertEquals(values.size(), found.size(), name);
            for (int i = 0; i < values.size(); i++) {
                assertEquals(values.get(i), found.get(i), TOLERANCE, name + " at " + i);
            }
        }
    }

    /** Runs the modifier. */
    static ModifierRun merge(ModelFixture model, Path adapter) {
        return merge(model, adapter, true);
    }

    /** Runs the modifier. */
    static ModifierRun merge(ModelFixture model, Path adapter, boolean strict) {
        return merge(model, CheckpointRef.of(adapter), strict);
    }

    /** Runs the modifier. */
    static ModifierRun merge(ModelFixture model, CheckpointRef adapter, boolean strict) {
        return model.apply(new LoraMergeModelModifier(options(adapter, strict)));
    }
}
