package io.graft.cli.apply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.NamedTensor;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.config.reading.ConfigOverrides;
import io.graft.djl.forward.OutputComparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One file of modifiers, as it is, on the native block, on TorchScript programs and on the bare checkpoint of one model. */
class OneFileTest {
    private static final String BLOCK = "model.block-factory=io.graft.models.EncoderProcessorDecoder";
    private static final String SCRIPTED = "model.torchscript=scripted.pt";
    private static final String TRACED = "model.torchscript=traced.pt";
    private static final String CHECKPOINT = "model.checkpoint=model.safetensors";
    /** DJL's layers do not count batches. */
    private static final String COUNTER = "norm.num_batches_tracked";

    private static final Pattern TRAINED = Pattern.compile("(decoder|processor\\.[12])\\..*|.*lora_[AB]\\.default");
    private static final Pattern BUFFER = Pattern.compile("latlons|norm\\.(running|num).*");

    private static final double TOLERANCE = 1e-6;

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void files() {
        place = new Place(folder)
                .with(
                        "epd/model.safetensors",
                        "epd/scripted.pt",
                        "epd/traced.pt",
                        "epd/pretrained.ckpt",
                        "epd/inputs.safetensors")
                .file("one.conf", """
                        graft.modifiers = [
                          { type = transfer-learning, checkpoint-path = pretrained.ckpt }
                          { type = freezing, submodules-to-freeze = [encoder, "processor.0", norm] }
                          { type = lora, rank = 4, alpha = 8, target-modules = [query, value, "mlp.0"], init = random, seed = 7, train-base = true }
                        ]
                        """)
                .file("merged.conf", """
                        graft.modifiers = [
                          { type = transfer-learning, checkpoint-path = pretrained.ckpt }
                          { type = freezing, submodules-to-freeze = [encoder, "processor.0", norm] }
                          { type = lora-merge, adapter-path = of-checkpoint }
                        ]
                        """);
    }

    private String set(String model) {
        return "graft." + model.replace("=", model.contains("factory") ? "=" : "=" + folder + "/");
    }

    private Map<String, TensorEntry> applied(String config, String model, String out) {
        place.graft("apply", "-c", "DIR/" + config, "--set", set(model), "-o", "DIR/" + out)
                .is(ExitCode.DONE);
        return Checkpoint.open(folder.resolve(out)).tensors();
    }

    /** What a model gives. */
    private List<NamedTensor> forward(String config, String model) {
        return ModelModifierApplier.create()
                .configuration(folder.resolve(config), ConfigOverrides.ofProcess(List.of(set(model))))
                .forward(tensors("inputs.safetensors"));
    }

    private List<NamedTensor> tensors(String file) {
        return Checkpoint.open(folder.resolve(file)).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    /** The tensors that both have, which are all but what is left out. */
    private static void assertSame(
            Map<String, TensorEntry> expected, Map<String, TensorEntry> actual, Set<String> leftOut)
            throws IOException {
        Set<String> names = new TreeSet<>(expected.keySet());
        names.removeAll(leftOut);
        assertEquals(names, new TreeSet<>(actual.keySet()));
        for (String name : names) {
            agree(List.of(named(name, expected)), List.of(named(name, actual)));
        }
    }

    private static NamedTensor named(String name, Map<String, TensorEntry> tensors) {
        TensorEntry entry = tensors.get(name);
        return new NamedTensor(name, entry.dtype(), entry.shape(), entry.data());
    }

    private static void agree(List<NamedTensor> expected, List<NamedTensor> actual) throws IOException {
        OutputComparison comparison = OutputComparison.of(actual, expected, TOLERANCE);
        assertTrue(comparison.agrees(), comparison::toString);
    }

    /** A program holds its adapter; the others have it in PEFT's files, under PEFT's names. */
    private static Map<String, TensorEntry> adapter(Map<String, TensorEntry> program) {
        Map<String, TensorEntry> adapter = new TreeMap<>();
        program.forEach((name, entry) -> {
            if (name.endsWith(".default") && !name.startsWith("adapter_weight")) {
                adapter.put("base_model.model." + name.replace(".default", ".weight"), entry);
            }
        });
        return adapter;
    }

    /** The trained adapter in PEFT's files, over a checkpoint that is frozen in part and was filled from another. */
    @Test
    void theBlockHasTheTensorsOfTheCheckpoint() throws IOException {
        Map<String, TensorEntry> checkpoint = applied("one.conf", CHECKPOINT, "of-checkpoint");
        assertSame(checkpoint, applied("one.conf", BLOCK, "of-block"), Set.of(COUNTER));
        assertEquals(
                List.of("adapter_config.json", "adapter_model.safetensors", "graft-manifest.json", "model.safetensors"),
                names("of-block"));
        assertEquals(names("of-checkpoint"), names("of-block"));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("of-checkpoint").resolve(file)),
                    Files.readAllBytes(folder.resolve("of-block").resolve(file)),
                    file);
        }
    }

    private List<String> names(String out) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(out))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SCRIPTED, TRACED})
    void aProgramHasTheTensorsOfTheCheckpoint(String program) throws IOException {
        Map<String, TensorEntry> checkpoint = applied("one.conf", CHECKPOINT, "of-checkpoint");
        Map<String, TensorEntry> written = applied("one.conf", program, "of-program");
        Map<String, TensorEntry> base = new TreeMap<>(written);
        base.keySet().removeIf(name -> name.endsWith(".default"));
        assertSame(checkpoint, base, Set.of());
        assertSame(
                Checkpoint.open(folder.resolve("of-checkpoint/adapter_model.safetensors"))
                        .tensors(),
                adapter(written),
                Set.of());
        written.forEach((name, entry) -> assertEquals(
                TRAINED.matcher(name).matches() ? DeclaredKind.PARAMETER : kind(name),
                entry.declared().orElseThrow(),
                name));
    }

    /** Of what is not trained. */
    private static DeclaredKind kind(String name) {
        return BUFFER.matcher(name).matches() ? DeclaredKind.BUFFER : DeclaredKind.FROZEN_PARAMETER;
    }

    @ParameterizedTest
    @ValueSource(strings = {SCRIPTED, TRACED})
    void theOutputsAreTheSame(String program) throws IOException {
        List<NamedTensor> expected = forward("one.conf", BLOCK);
        agree(expected, forward("one.conf", program));
        applied("one.conf", CHECKPOINT, "of-checkpoint");
        place.file("of-checkpoint.conf", """
                graft.modifiers = [
                  { type = transfer-learning, checkpoint-path = of-checkpoint/model.safetensors }
                  { type = lora-merge, adapter-path = of-checkpoint }
                ]
                """);
        agree(expected, forward("of-checkpoint.conf", BLOCK));
        place.file(
                "without.conf", "graft.modifiers = [{ type = transfer-learning, checkpoint-path = pretrained.ckpt }]");
        assertFalse(
                OutputComparison.of(forward("without.conf", BLOCK), expected, 1e-3)
                        .agrees(),
                "the adapter counts");
    }

    /** Folded, the three are plain models with the same weights. */
    @ParameterizedTest
    @ValueSource(strings = {SCRIPTED, TRACED})
    void foldedTheyAreTheSame(String program) throws IOException {
        applied("one.conf", CHECKPOINT, "of-checkpoint");
        Map<String, TensorEntry> folded = applied("merged.conf", CHECKPOINT, "folded-checkpoint");
        assertSame(folded, applied("merged.conf", BLOCK, "folded-block"), Set.of(COUNTER));
        assertSame(folded, applied("merged.conf", program, "folded-program"), Set.of());
        agree(forward("one.conf", BLOCK), forward("merged.conf", program));
    }
}
