package io.graft.models;

import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The tiny models that {@code benchmarks/reference/make_models.py} makes. */
final class Fixtures {
    private Fixtures() {}

    static Path folder(String family) {
        try {
            return Path.of(Fixtures.class.getResource("/models/" + family).toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static List<NamedTensor> tensors(String family, String file) {
        return Checkpoint.open(folder(family).resolve(file)).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    /** A run that makes a model and fills all of it from a family's checkpoint, name by name. */
    static FileRun filled(Path work, Class<?> factory, String arguments, String family) {
        return run(work, factory, arguments, transfer(family));
    }

    static String transfer(String family) {
        // DJL's batch normalization has no counter of batches, which a strict transfer would look for.
        boolean counted = tensors(family, "model.safetensors").stream()
                .anyMatch(tensor -> tensor.name().endsWith("num_batches_tracked"));
        return "{ type = transfer-learning, prefix = none, %s, checkpoint-path = \"%s\" }"
                .formatted(
                        counted ? "min-coverage = 1" : "strict = true",
                        folder(family).resolve("model.safetensors"));
    }

    static FileRun run(Path work, Class<?> factory, String arguments, String modifiers) {
        Path file = work.resolve("model.conf");
        try {
            Files.writeString(file, """
                    graft {
                      model {
                        block-factory = "%s"
                        arguments { %s }
                      }
                      modifiers = [%s]
                    }
                    """.formatted(factory.getName(), arguments, modifiers));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return ModelModifierApplier.create().configuration(file);
    }
}
