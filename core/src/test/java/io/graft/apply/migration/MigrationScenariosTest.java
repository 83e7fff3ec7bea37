package io.graft.apply.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.apply.TestModifiers;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.History;
import io.graft.migration.MigrationRecord;
import io.graft.problem.Problem;
import io.graft.registry.MigrationProvider;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows E of the scenarios that are about migrations, on a checkpoint that is the model, and on one that is read from. */
class MigrationScenariosTest {
    private static final String STEPS = """
            { id = m1, rules = [ { from = enc, to = encoder } ] }
            { id = m2, rules = [ { from = dec, to = decoder } ] }
            { id = m3, rules = [ { from = decoder.w, to = decoder.weight } ] }
            """;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        Path services = Files.createDirectories(root.resolve("extension/META-INF/services"));
        Files.writeString(services.resolve(ModifierProvider.class.getName()), TestModifiers.Load.class.getName());
        Files.writeString(
                services.resolve(MigrationProvider.class.getName()),
                Doubling.class.getName() + "\n" + Failing.class.getName());
        Path steps = Files.createDirectories(root.resolve("extension/com/acme")).resolve("migrations.conf");
        Files.writeString(
                steps, "graft.migrations.steps = [ { id = acme-names, rules = [ { from = enc, to = encoder } ] } ]");
        applier = ModelModifierApplier.create(new URLClassLoader(
                new URL[] {root.resolve("extension").toUri().toURL()},
                getClass().getClassLoader()));
    }

    /** E8: one source to two targets. */
    @Test
    void e8_aTensorThatGetsTwoNamesIsTwoTensors() throws IOException {
        checkpoint(Map.of(), Map.of("ln.weight", new float[] {1, 2}, "w", new float[] {3}));
        Path out = apply("""
                { id = two, rules = [ { from = ln, to = ln_src }, { from = ln, to = ln_dst } ] }
                """);
        Checkpoint written = Checkpoint.open(out);
        assertEquals(
                Map.of("ln_src.weight", List.of(1f, 2f), "ln_dst.weight", List.of(1f, 2f), "w", List.of(3f)),
                values(written));
        assertEquals(List.of(), written.ties());
        assertEquals(
                2,
                written.tensors().values().stream()
                        .filter(tensor -> tensor.name().startsWith("ln"))
                        .map(TensorEntry::range)
                        .distinct()
                        .count());
    }

    /** E9: captures of a regular expression. */
    @Test
    void e9_captures() throws IOException {
        checkpoint(Map.of(), Map.of("proc.0.blocks.1.w", new float[] {1}, "proc.1.blocks.0.w", new float[] {2}));
        Path out = apply("""
                { id = flat, rules = [ { from = "re:proc\\\\.(\\\\d+)\\\\.blocks\\\\.(\\\\d+)\\\\.(.*)", to = "proc.$1_$2.$3" } ] }
                """);
        assertEquals(Map.of("proc.0_1.w", List.of(1f), "proc.1_0.w", List.of(2f)), values(Checkpoint.open(out)));
    }

    /** E13: what a migration needs is missing. */
    @Test
    void e13_notApplicableIsAWarningThatNamesWhatIsMissing() throws IOException {
        checkpoint(Map.of(), Map.of("enc.w", new float[] {1}));
        Plan plan = plan("""
                { id = chunks, needs = [hyper_parameters.chunks], rules = [ { from = enc, to = encoder } ] }
                """);
        assertTrue(plan.isCommittable());
        assertEquals(
                List.of("migration-not-applied: the migration `chunks` was not applied to `old.safetensors`: it needs"
                        + " `hyper_parameters.chunks`, which neither its metadata nor its config.json has"),
                said(plan.problems()));
        assertEquals("[enc.w]", names(plan));
        assertFalse(plan.hasChanges());
    }

    /** E14: a migration fails. */
    @Test
    void e14_aFailureIsToldAsTheExtensionsAndNothingIsWritten() throws IOException {
        checkpoint(Map.of(), Map.of("enc.w", new float[] {1}));
        Path config = config(STEPS + "{ id = bad, type = failing }");
        Map<String, String> before = project.files();
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals(
                "error[apply-failed] " + config
                        + ":3:3 graft.migrations: the migration `bad` failed on `old.safetensors`: IllegalStateException: boom",
                failure.getMessage());
        assertEquals(
                "this is a fault in the migration, which comes from test-classes",
                failure.problems().get(0).help());
        assertEquals(before, project.files());
    }

    /** E17: what is missing runs, in order, and is recorded. */
    @Test
    void e17_whatIsMissingRunsInOrderAndIsRecorded() throws IOException {
        checkpoint(
                Map.of(History.KEY, "[{\"id\":\"m1\"}]", "epoch", "3"),
                Map.of("encoder.w", new float[] {1}, "dec.w", new float[] {2}));
        Path config = config(STEPS);
        Plan plan = applier.configuration(config).plan();
        assertEquals(
                "[m1 RECORDED, m2 APPLIED {dec.w=decoder.w}, m3 APPLIED {decoder.w=decoder.weight}]", outcomes(plan));
        applier.configuration(config).run();
        Checkpoint written = Checkpoint.open(project.file("out"));
        assertEquals(Map.of("encoder.w", List.of(1f), "decoder.weight", List.of(2f)), values(written));
        assertEquals(List.of("m1", "m2", "m3"), History.in(written.metadata()).ids());
        assertEquals("3", written.metadata().get("epoch"));
    }

    /** A second run changes nothing, whatever the format of the first. */
    @Test
    void e17_nothingIsAppliedTwice() throws IOException {
        checkpoint(Map.of(), Map.of("w", new float[] {1, 2}));
        for (String format : List.of("safetensors", "pytorch")) {
            Path config = project.config(text("{ id = double, type = doubling }")
                    .replace("path = out", "path = " + format + ", format = " + format));
            applier.configuration(config).run();
            assertEquals(Map.of("w", List.of(2f, 4f)), values(Checkpoint.open(project.file(format))));
            Path again = project.config(text("{ id = double, type = doubling }")
                    .replace("old.safetensors", format)
                    .replace("path = out", "path = again-" + format));
            Plan plan = applier.configuration(again).plan();
            assertEquals("[double RECORDED]", outcomes(plan));
            assertFalse(plan.hasChanges());
            applier.configuration(again).run();
            assertEquals(Map.of("w", List.of(2f, 4f)), values(Checkpoint.open(project.file("again-" + format))));
            assertEquals(
                    List.of("double"),
                    History.in(Checkpoint.open(project.file("again-" + format)).metadata())
                            .ids());
        }
    }

    /** E17 for a checkpoint that a modifier reads from: it is migrated when it is opened. */
    @Test
    void e17_aCheckpointThatIsReadFromIsMigrated() throws IOException {
        checkpoint(Map.of(), Map.of("enc.weight", new float[] {1, 2, 3}, "decoder.weight", new float[] {4}));
        write("model.safetensors", Map.of(), Map.of("encoder.weight", new float[] {0, 0, 0}));
        Path config = project.config("""
                graft {
                  model.checkpoint = model.safetensors
                  migrations.steps = [ { id = m1, rules = [ { from = enc, to = encoder } ] } ]
                  modifiers = [ { type = load, checkpoint-path = old.safetensors } ]
                  output.path = out
                }
                """);
        Plan plan = applier.configuration(config).plan();
        assertEquals(List.of(), said(plan.problems()));
        applier.configuration(config).run();
        assertEquals(Map.of("encoder.weight", List.of(1f, 2f, 3f)), values(Checkpoint.open(project.file("out"))));
        String json = ReportJson.compact("plan", project.folder()).of(plan);
        assertTrue(
                json.contains(
                        "\"loaded\":[{\"name\":\"encoder.weight\",\"key\":\"enc.weight\",\"uri\":\"old.safetensors\"}"),
                json);
    }

    /** E18: a recorded migration that nobody knows. */
    @Test
    void e18_anUnknownMigrationOfTheCheckpointIsNamed() throws IOException {
        checkpoint(Map.of(History.KEY, "[{\"id\":\"m1\"},{\"id\":\"x\"}]"), Map.of("encoder.w", new float[] {1}));
        Plan plan = plan(STEPS);
        assertEquals(
                List.of(
                        "incompatible-checkpoint: `old.safetensors` has had the migration `x`, and the configuration has"
                                + " only `m1`, `m2`, `m3`"),
                said(plan.problems()));
        assertEquals(
                "it comes from newer code: add the jar or the file that has the rest to graft.migrations",
                plan.problems().get(0).help());
    }

    /** E20: another migration under the id. */
    @Test
    void e20_aMigrationThatHasChangedIsAWarning() throws IOException {
        checkpoint(
                Map.of(History.KEY, "[{\"id\":\"m1\",\"signature\":\"0123456789abcdef\"}]"),
                Map.of("encoder.w", new float[] {1}));
        List<String> said = said(plan(STEPS).problems());
        assertEquals(1, said.size());
        assertTrue(
                said.get(0)
                        .matches("migration-not-applied: the migration `m1` has changed since `old.safetensors` had it"
                                + " \\(signature 0123456789abcdef then, [0-9a-f]{16} now\\)"),
                said.get(0));
    }

    /** E24: a plan, for people and programs, touches nothing. */
    @Test
    void e24_aPlanTellsWhatWouldRun() throws IOException {
        checkpoint(Map.of(), Map.of("enc.w", new float[] {1}));
        Path config = config(STEPS);
        Map<String, String> before = project.files();
        Plan plan = applier.configuration(config).plan();
        assertTrue(plan.hasChanges());
        assertTrue(
                ReportText.brief().of(plan).startsWith("""
                        plan for checkpoint old.safetensors

                        migrations of old.safetensors
                           m1: applied
                           ~ 1 renamed
                               enc.w -> encoder.w
                           m2: unchanged, the checkpoint has this form already
                           m3: unchanged, the checkpoint has this form already
                        """), ReportText.brief().of(plan));
        String json = ReportJson.compact("plan", project.folder()).of(plan);
        assertTrue(
                json.contains("\"migrations\":[{\"uri\":\"old.safetensors\",\"migration\":\"m1\",\"origin\":\"ORIGIN\","
                                .replace("ORIGIN", origin(plan))
                        + "\"outcome\":\"applied\",\"renamed\":[{\"from\":\"enc.w\",\"to\":\"encoder.w\"}],\"made\":[],"
                        + "\"removed\":[],\"metadata\":[]},"),
                json);
        assertTrue(json.contains("\"history\":[{\"id\":\"m1\",\"signature\":"), json);
        assertEquals(before, project.files());
    }

    private static String origin(Plan plan) {
        return plan.migrated().orElseThrow().records().get(0).origin();
    }

    /** A migration that comes before one which the checkpoint has had. */
    @Test
    void outOfOrderIsRefusedWhereItWouldChangeAnything() throws IOException {
        checkpoint(
                Map.of(History.KEY, "[{\"id\":\"m1\"},{\"id\":\"m3\"}]"),
                Map.of("encoder.w", new float[] {1}, "dec.w", new float[] {2}));
        assertEquals(
                List.of(
                        "incompatible-checkpoint: `old.safetensors` has had the migration `m3`, but not `m2`, which comes"
                                + " before it and would change it"),
                said(plan(STEPS).problems()));
        checkpoint(Map.of(History.KEY, "[{\"id\":\"m1\"},{\"id\":\"m3\"}]"), Map.of("encoder.w", new float[] {1}));
        assertEquals("[m1 RECORDED, m2 UNCHANGED, m3 RECORDED]", outcomes(plan(STEPS)));
    }

    @Test
    void versionsBoundMigrationsAndNewerCheckpointsAreRefused() throws IOException {
        String steps = """
                { id = early, until = "0.5", rules = [ { from = enc, to = encoder } ] }
                { id = middle, since = 0.5, until = 1.0, rules = [ { from = dec, to = decoder } ] }
                """;
        String versions = "version = \"1.0\", version-from = framework\n";
        Map<String, float[]> tensors = Map.of("enc.w", new float[] {1}, "dec.w", new float[] {2});
        checkpoint(Map.of("framework", "0.4.1"), tensors);
        assertEquals(
                "[early APPLIED {enc.w=encoder.w}, middle OUT_OF_BOUNDS for versions from 0.5 on and before 1.0, and the"
                        + " checkpoint is of version 0.4.1]",
                outcomes(versioned(versions, steps)));
        checkpoint(Map.of("framework", "0.5"), tensors);
        assertEquals(
                "[early OUT_OF_BOUNDS for versions before 0.5, and the checkpoint is of version 0.5, middle APPLIED"
                        + " {dec.w=decoder.w}]",
                outcomes(versioned(versions, steps)));
        checkpoint(Map.of(), tensors);
        assertEquals(
                "[early APPLIED {enc.w=encoder.w}, middle OUT_OF_BOUNDS for versions from 0.5 on and before 1.0, and the"
                        + " checkpoint tells none]",
                outcomes(versioned(versions, steps)));
        checkpoint(Map.of("framework", "1.0.1"), tensors);
        Plan newer = versioned(versions, steps);
        assertEquals(
                List.of(
                        "incompatible-checkpoint: `old.safetensors` is of version 1.0.1 (`framework`), newer than the code,"
                                + " which is of version 1.0"),
                said(newer.problems()));
        assertEquals(
                "take code of version 1.0.1 or newer, with its migrations, and set graft.migrations.version to its version",
                newer.problems().get(0).help());
        checkpoint(Map.of("framework", "latest"), tensors);
        assertEquals(
                List.of("incompatible-checkpoint: `old.safetensors` says `framework` = `latest`, which is no version"),
                said(versioned(versions, steps).problems()));
    }

    /** A family's steps, in a jar. */
    @Test
    void stepsAreIncludedFromAnExtension() throws IOException {
        checkpoint(Map.of(), Map.of("enc.w", new float[] {1}));
        Plan plan = applier.configuration(project.config("""
                        include classpath("com/acme/migrations.conf")
                        graft.model.checkpoint = old.safetensors
                        """)).plan();
        assertEquals("[acme-names APPLIED {enc.w=encoder.w}]", outcomes(plan));
    }

    /** Others record migrations in their own way. */
    @Test
    void theHistoryOfOthersCounts() throws IOException {
        checkpoint(
                Map.of("migrations.0.name", "m1", "migrations.1.name", "m2"),
                Map.of("enc.w", new float[] {1}, "decoder.w", new float[] {2}));
        Plan plan = versioned("history = \"migrations.*.name\"\n", STEPS);
        assertEquals("[m1 RECORDED, m2 RECORDED, m3 APPLIED {decoder.w=decoder.weight}]", outcomes(plan));
        assertEquals(
                List.of("m1", "m2", "m3"),
                History.in(plan.migrated().orElseThrow().state().metadata()).ids());
    }

    @Test
    void whatIsWrongWithTheSectionIsTold() throws IOException {
        checkpoint(Map.of(), Map.of("w", new float[] {1}));
        assertEquals(
                List.of(
                        "duplicate-element: the steps 1 and 2 are both called `a`, and a checkpoint has a migration once"),
                wrong("{ id = a, rules = [ { from = x, to = y } ] }, { id = a, type = doubling }"));
        assertEquals(
                List.of("unknown-migration: no migration has id `dubling`; did you mean `doubling`?"),
                wrong("{ id = a, type = dubling }"));
        assertEquals(
                List.of("malformed-value: `new` is no version: one begins with a number, such as 1.4.2"),
                wrong("{ id = a, type = doubling, until = new }"));
        assertEquals(List.of("missing-key: a step of `migrations` needs the key `id`"), wrong("{ type = doubling }"));
        assertEquals(
                List.of("wrong-type: a step is an object, such as { id = flat-layers, rules = [ ... ] }"),
                wrong("doubling"));
        assertEquals(
                List.of("unknown-key: migration `rules` has no key `rule`"),
                wrong("{ id = a, rule = [ { from = x, to = y } ] }"));
    }

    private List<String> wrong(String steps) throws IOException {
        Path config = config(steps);
        return said(assertThrows(
                        GraftException.class,
                        () -> applier.configuration(config).check())
                .problems());
    }

    private Plan versioned(String keys, String steps) throws IOException {
        Path config = project.config(text(steps).replace("migrations {", "migrations {\n" + keys));
        return applier.configuration(config).plan();
    }

    private static List<String> said(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.code().id() + ": " + problem.message())
                .toList();
    }

    private static String names(Plan plan) {
        return plan.tensors().stream().map(tensor -> tensor.name()).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String outcomes(Plan plan) {
        return plan.migrated().orElseThrow().records().stream()
                .map(MigrationScenariosTest::outcome)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String outcome(MigrationRecord record) {
        String what = switch (record.outcome()) {
            case APPLIED -> " " + record.renamed();
            case OUT_OF_BOUNDS, NOT_APPLICABLE -> " " + record.detail();
            default -> "";
        };
        return record.id() + " " + record.outcome() + what;
    }

    private Plan plan(String steps) throws IOException {
        return applier.configuration(config(steps)).plan();
    }

    private Path apply(String steps) throws IOException {
        applier.configuration(config(steps)).run();
        return project.file("out");
    }

    private Path config(String steps) throws IOException {
        return project.config(text(steps));
    }

    private static String text(String steps) {
        return """
                graft {
                  model.checkpoint = old.safetensors
                  migrations {
                    steps = [
                %s
                    ]
                  }
                  output { path = out, overwrite = true }
                }
                """.formatted(steps);
    }

    private void checkpoint(Map<String, String> metadata, Map<String, float[]> tensors) throws IOException {
        write("old.safetensors", metadata, tensors);
    }

    private void write(String name, Map<String, String> metadata, Map<String, float[]> tensors) throws IOException {
        List<OutputTensor> outputs = new ArrayList<>();
        new TreeMap<>(tensors)
                .forEach((tensor, values) ->
                        outputs.add(new OutputTensor(tensor, DType.F32, Shape.of(values.length), () -> bytes(values))));
        Files.deleteIfExists(project.file(name));
        Path staging = Files.createDirectory(project.file("staging"));
        new SafetensorsWriter(staging, "model", SafetensorsWriter.UNLIMITED, metadata).write(outputs);
        Files.move(staging.resolve("model.safetensors"), project.file(name));
        Files.delete(staging);
    }

    private static TensorData bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return TensorData.of(bytes.flip());
    }

    private static Map<String, List<Float>> values(Checkpoint checkpoint) throws IOException {
        Map<String, List<Float>> values = new LinkedHashMap<>();
        for (TensorEntry entry : checkpoint.tensors().values()) {
            ByteBuffer bytes =
                    entry.data().window(0, (int) entry.data().byteCount()).order(ByteOrder.LITTLE_ENDIAN);
            List<Float> list = new ArrayList<>();
            while (bytes.hasRemaining()) {
                list.add(bytes.getFloat());
            }
            values.put(entry.name(), list);
        }
        return values;
    }

    /** What the processor would generate for a kind of migration. */
    abstract static class Provider implements MigrationProvider {
        private final String id;
        private final CheckpointMigration migration;

        Provider(String id, CheckpointMigration migration) {
            this.id = id;
            this.migration = migration;
        }

        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return PlugDescriptor.of(id, getClass().getName(), "");
        }

        @Override
        public Bound<CheckpointMigration> bind(ConfigCursor object) {
            return object.object().finish(() -> migration);
        }
    }

    /** Every value twice as large, which shows how often it was applied. */
    public static final class Doubling extends Provider {
        public Doubling() {
            super("doubling", Doubling::twice);
        }

        private static CheckpointState twice(CheckpointState before) {
            CheckpointState after = before;
            for (String name : before.tensors().keySet()) {
                after = after.with(name, new Twice(before.tensors().get(name)));
            }
            return after;
        }
    }

    /** Fails. */
    public static final class Failing extends Provider {
        public Failing() {
            super("failing", before -> {
                throw new IllegalStateException("boom");
            });
        }
    }

    private record Twice(LazyTensor tensor) implements ComputedTensor {
        @Override
        public DType dtype() {
            return tensor.dtype();
        }

        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public String operation() {
            return "twice";
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of(tensor);
        }

        @Override
        public TensorData materialize() throws IOException {
            TensorData data = tensor.materialize();
            ByteBuffer from = data.window(0, (int) data.byteCount()).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer to = ByteBuffer.allocate(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            while (from.hasRemaining()) {
                to.putFloat(2 * from.getFloat());
            }
            return TensorData.of(to.flip());
        }
    }
}
