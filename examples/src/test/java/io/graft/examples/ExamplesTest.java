package io.graft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.config.reading.ConfigOverrides;
import io.graft.model.DraftTensor;
import io.graft.tensor.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every {@code *.conf} in the folders beside this module's sources; what one is for is asserted in a test of its own. A folder
 * with a pom is a project of its own, which is built and run when the command is tested; one with a {@code run} has a program.
 */
class ExamplesTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> everyExampleDoesWhatItsPlanSays() throws IOException {
        List<Path> configurations;
        try (Stream<Path> files = Files.find(Path.of(""), 2, (path, attributes) -> isExample(path))) {
            configurations = files.sorted().toList();
        }
        assertFalse(configurations.isEmpty());
        return configurations.stream().map(config -> DynamicTest.dynamicTest(config.toString(), () -> run(config)));
    }

    @Test
    void fineTuningLeavesOnlyTheNewRegionToTrain() throws IOException {
        Report report = run(Path.of("fine-tuning", "fine-tune.conf"));
        Set<String> region = Set.of("encoder.lam.weight", "encoder.lam.bias", "decoder.lam.weight", "decoder.lam.bias");
        List<DraftTensor> tensors = report.plan().tensors();
        assertEquals(region, names(tensors.stream().filter(DraftTensor::trainable)));
        assertEquals(
                region,
                names(tensors.stream().filter(tensor -> tensor.base().provenance() instanceof Provenance.Initial)));
        assertEquals(List.of("transfer-learning", "freezing"), types(report));
    }

    private Report run(Path config) throws IOException {
        Path output = folder.resolve(config.toString().replace('/', '-'));
        ConfigOverrides overrides =
                new ConfigOverrides(List.of("graft.output.path=\"" + output + "\""), Map.of(), Map.of());
        ModelModifierApplier applier = ModelModifierApplier.create();
        Plan plan = applier.configuration(config, overrides).plan();
        assertTrue(plan.hasChanges());
        Report report = applier.configuration(config, overrides).run();
        assertTrue(report.committed());
        assertEquals(List.of(), report.plan().problems());
        assertEquals(
                names(plan.tensors().stream()),
                Checkpoint.open(output).tensors().keySet());
        return report;
    }

    private static boolean isExample(Path path) {
        return path.getNameCount() == 2
                && path.toString().endsWith(".conf")
                && !path.startsWith("target")
                && Files.notExists(path.resolveSibling("pom.xml"))
                && Files.notExists(path.resolveSibling("run"));
    }

    private static Set<String> names(Stream<DraftTensor> tensors) {
        return tensors.map(DraftTensor::name).collect(Collectors.toSet());
    }

    private static List<String> types(Report report) {
        return report.plan().modifiers().stream()
                .map(modifier -> modifier.type())
                .toList();
    }
}
