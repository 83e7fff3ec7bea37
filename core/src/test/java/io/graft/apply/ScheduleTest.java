package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Plan;
import io.graft.djl.M43;
import io.graft.djl.ModifiedModel;
import io.graft.problem.Problem;
import io.graft.report.ReportText;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is trained for a time, from the configuration to the manifest. */
class ScheduleTest {
    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void copyFiles(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
    }

    @Test
    void thePlanTellsItAndCountsTheFirstStep() throws IOException {
        Plan plan = applier.configuration(scheduled()).plan();
        StringWriter text = new StringWriter();
        text.append(ReportText.brief().of(plan));
        assertEquals("""
                plan for checkpoint model.safetensors

                1. train  (test-classes)
                   ~ 1 trained from epoch 3 until step 100
                       encoder.weight

                2. train  (test-classes)
                   ~ 1 trained until step 5
                       decoder.weight

                4 tensors, 92 bytes
                trainable params: 11 || all params: 23 || trainable%: 47.8261
                trained for a time: 18 params
                """, text.toString());
    }

    @Test
    void theManifestTellsIt() throws IOException {
        applier.configuration(scheduled()).run();
        String manifest = Files.readString(project.file("out/graft-manifest.json"));
        String oneLine = manifest.replaceAll("\\s+", "");
        assertTrue(
                oneLine.contains("\"trainable\":false,\"schedule\":{\"from\":{\"epoch\":3},\"until\":{\"step\":100}}"));
        assertTrue(oneLine.contains("\"trainable\":true,\"schedule\":{\"until\":{\"step\":5}}"));
        assertTrue(oneLine.contains("\"trainable\":11,\"frozen\":12,\"scheduled\":18,"));
    }

    @Test
    void aBlockTakesSchedulesFromWhoCarriesThemOut() throws IOException {
        M43 block = new M43();
        try (Model model = Model.newInstance("m43", "PyTorch")) {
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 4));
            model.setBlock(block);
            LiveRun run = applier.model(model).configuration(ConfigFactory.parseString("""
                    graft.modifiers = [
                      { type = train, tensor = encoder.weight, from-epoch = 3 }
                      { type = train, tensor = decoder.weight, until-step = 5 }
                    ]
                    """));
            assertEquals(
                    "error[unsupported-change]: a block is trained as it is committed, all the time or not at all: `encoder.weight`"
                            + " would be trained from epoch 3 and 1 more",
                    assertThrows(GraftException.class, run::run).getMessage());
            ModifiedModel modified = run.scheduled().run();
            assertFalse(modified.parameters().get("encoder.weight").requiresGradient());
            assertTrue(modified.parameters().get("decoder.weight").requiresGradient());
            assertEquals(
                    List.of("trained from epoch 3", "trained until step 5"),
                    modified.report().plan().tensors().stream()
                            .flatMap(tensor -> tensor.trainability().schedule().stream())
                            .map(Object::toString)
                            .toList());
            assertEquals(Optional.of(model), modified.model());
        }
    }

    /** Found before anything is changed, and not when the moment comes. */
    @Test
    void aPartThatCannotStandStillLaterIsRefusedByThePlan() throws IOException {
        SequentialBlock block = new SequentialBlock()
                .add(new M43())
                .add(Linear.builder().setUnits(2).build());
        try (Model model = Model.newInstance("m43", "PyTorch")) {
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 4));
            model.setBlock(block);
            String until = "{ type = train, tensor = \"%s\", from-epoch = 0, until-step = 5 }";
            List<Problem> problems = applier.model(model)
                    .configuration(ConfigFactory.parseString("graft.modifiers = [ "
                            + Stream.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias")
                                    .map(name -> until.formatted("0." + name))
                                    .collect(Collectors.joining(", "))
                            + " ]"))
                    .scheduled()
                    .plan()
                    .problems();
            assertEquals(
                    List.of(
                            "a frozen part cannot be kept from dropping out and from updating its statistics in training: `0`"
                                    + " (class M43 is final, so that none can stand in for it) [from step 5 on]"),
                    problems.stream()
                            .map(problem -> problem.message() + " " + problem.notes())
                            .toList());
            assertSame(block, model.getBlock());
        }
    }

    private Path scheduled() throws IOException {
        return project.config("""
                graft {
                  model.checkpoint = "model.safetensors"
                  modifiers = [
                    { type = train, tensor = encoder.weight, from-epoch = 3, until-step = 100 }
                    { type = train, tensor = decoder.weight, from-epoch = 0, until-step = 5 }
                  ]
                  output.path = out
                }
                """);
    }
}
