package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.ConfigDrift.OnDrift;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows F of the scenarios: whose values processors of data have after loading, and whose configuration counts. */
class RefreshScenariosTest {
    private static final List<String> STATES = List.of("model.pre_processors.weight", "model.post_processors.weight");
    private static final List<String> TENDENCIES =
            List.of("model.pre_processors_tendencies.weight", "model.post_processors_tendencies.weight");
    private static final String BODY = "model.body.weight";

    @TempDir
    Path folder;

    /** The model has ones, the checkpoint 99. */
    private ModifierRun run(Options options) {
        return transfer(model(1), options);
    }

    private Options stale() {
        return Options.from(model(99).save(folder, "source"));
    }

    private static ModelFixture model(float value) {
        ModelFixture fixture = ModelFixture.empty().with(BODY, Shape.of(2), value, value);
        for (List<String> names : List.of(STATES, TENDENCIES)) {
            for (String name : names) {
                fixture = fixture.with(name, Shape.of(1), value);
            }
        }
        return fixture;
    }

    private static void have(ModifierRun run, List<String> names, float value) {
        names.forEach(name -> run.hasValues(name, value));
    }

    @Test
    void f1WithNeitherAllComesFromTheCheckpoint() {
        ModifierRun run = run(stale().refresh(false, false)).succeeds();
        have(run, STATES, 99);
        have(run, TENDENCIES, 99);
    }

    @Test
    void f2ProcessorsOfStatesKeepTheModelsValues() {
        ModifierRun run = run(stale().refresh(true, false)).succeeds();
        have(run, STATES, 1);
        have(run, TENDENCIES, 99);
        run.hasValues(BODY, 99, 99);
        assertEquals(
                List.of(
                        "model.post_processors.weight: `refresh` keeps `**.post_processors` of the model",
                        "model.pre_processors.weight: `refresh` keeps `**.pre_processors` of the model"),
                run.skipped().stream()
                        .map(skipped -> skipped.key() + ": " + skipped.detail())
                        .sorted()
                        .toList());
    }

    @Test
    void f4BothKeepAllFour() {
        ModifierRun run = run(stale().refresh(true, true)).succeeds();
        have(run, STATES, 1);
        have(run, TENDENCIES, 1);
        run.hasValues(BODY, 99, 99);
    }

    @Test
    void f5WithoutARuleNothingIsKept() {
        ModifierRun run = run(stale()).succeeds();
        have(run, STATES, 99);
        have(run, TENDENCIES, 99);
    }

    @Test
    void f6AWrapperLoadsStrictly() {
        ModifierRun run = run(stale().strict().refresh(true, true)).succeeds();
        have(run, STATES, 1);
        run.hasValues(BODY, 99, 99);
        assertEquals(List.of(BODY), run.assigned());
        assertEquals(List.of(), run.missing());
    }

    @Test
    void otherNamesAreGivenAsSelectors() {
        Refresh body = new Refresh(true, false, List.of(Selector.parse("model.body")), List.of());
        ModifierRun run = run(stale().refresh(body)).succeeds();
        run.hasValues(BODY, 1, 1);
        have(run, STATES, 99);
    }

    @Test
    void aModelWithoutProcessorsIsTold() {
        ModelFixture plain = ModelFixture.empty().with("body.weight", Shape.of(1), 1);
        ModifierRun run =
                transfer(plain, Options.from(plain.save(folder, "plain")).refresh(true, false));
        assertEquals(
                List.of("refresh.states: the model has none of `**.pre_processors`, `**.post_processors`"),
                run.succeeds().warnings());
    }

    @Test
    void f10AnotherConfigurationIsAnErrorThatListsTheLeaves() throws IOException {
        Map<String, Object> expected =
                Map.of("processor", Map.of("num_layers", 12, "heads", 4), "name", "net", "new", 1);
        Options error = configured().configDrift(new ConfigDrift(expected, "hyper_parameters.config", OnDrift.ERROR));
        String drift = "`configured.safetensors` was made with another configuration: processor.num_layers: 16 in the"
                + " checkpoint, 12 here";
        transfer(model(1), error)
                .fails(new ReportedError(
                        ProblemCode.INCOMPATIBLE_CHECKPOINT,
                        "config-drift",
                        drift,
                        "correct `expected`, take another checkpoint, or let on-drift be warn"));
        Options warn = Options.from(folder.resolve("configured.safetensors"))
                .configDrift(new ConfigDrift(expected, "hyper_parameters.config", OnDrift.WARN));
        assertEquals(List.of(drift), transfer(model(1), warn).succeeds().warnings());
        Options ignore = Options.from(folder.resolve("configured.safetensors"))
                .configDrift(new ConfigDrift(expected, "hyper_parameters.config", OnDrift.IGNORE));
        assertEquals(List.of(), transfer(model(1), ignore).succeeds().warnings());
    }

    private Options configured() throws IOException {
        Map<String, String> metadata = Map.of(
                "hyper_parameters.config.processor.num_layers", "16",
                "hyper_parameters.config.processor.heads", "4",
                "hyper_parameters.config.name", "net");
        TensorData body = TensorData.of(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN));
        new SafetensorsWriter(folder, "configured", SafetensorsWriter.UNLIMITED, metadata)
                .write(List.of(new OutputTensor(BODY, DType.F32, Shape.of(2), () -> body)));
        return Options.from(folder.resolve("configured.safetensors"));
    }
}
