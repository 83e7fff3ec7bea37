package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code model.buffers}, and what a model's file tells of its tensors. */
class DeclaredBuffersTest {
    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void copyFiles(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
    }

    @Test
    void selectorsDeclareBuffers() throws IOException {
        assertEquals(
                "decoder.bias, decoder.weight", buffers("checkpoint = model.safetensors, buffers = [\"decoder.*\"]"));
        assertEquals("", buffers("checkpoint = model.safetensors, buffers = []"));
    }

    @Test
    void whatTheFileTellsIsKept() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/fixtures/torch/flags.pt")) {
            Files.copy(file, project.file("flags.pt"));
        }
        assertEquals("coordinates, mean", buffers("checkpoint = flags.pt"));
        assertEquals("coordinates, encoder.bias, mean", buffers("checkpoint = flags.pt, buffers = [encoder.bias]"));
        Plan plan = plan("checkpoint = flags.pt");
        assertEquals(
                List.of("decoder.weight", "decoder.bias"),
                plan.tensors().stream()
                        .filter(DraftTensor::trainable)
                        .map(DraftTensor::name)
                        .toList());
    }

    @Test
    void aSelectorWithoutAMatchIsAnErrorWithItsPlace() throws IOException {
        GraftException failure = assertThrows(
                GraftException.class, () -> plan("checkpoint = model.safetensors, buffers = [decoder, encodr, nope]"));
        assertEquals(
                List.of("`encodr` matches no tensor of the model", "`nope` matches no tensor of the model"),
                failure.problems().stream()
                        .filter(Problem::isError)
                        .map(Problem::message)
                        .toList());
        Problem first = failure.problems().get(1);
        assertEquals("graft.model.buffers[1]", first.path());
        assertEquals("did you mean `encoder`?", first.help());
    }

    @Test
    void aBlockKnowsItsBuffers() throws IOException {
        GraftException failure = assertThrows(
                GraftException.class, () -> plan("block-factory = io.graft.djl.M43.Factory, buffers = [decoder]"));
        Problem problem =
                failure.problems().stream().filter(Problem::isError).findFirst().orElseThrow();
        assertEquals("`buffers` has no effect without `checkpoint`", problem.message());
        assertEquals("remove it", problem.help());
    }

    private String buffers(String model) throws IOException {
        return plan(model).tensors().stream()
                .filter(tensor -> tensor.kind() == TensorKind.BUFFER)
                .map(DraftTensor::name)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private Plan plan(String model) throws IOException {
        return applier.configuration(project.config("graft { model { " + model + " }, modifiers = [] }\n"))
                .plan();
    }
}
