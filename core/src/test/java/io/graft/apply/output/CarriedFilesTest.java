package io.graft.apply.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.write.Part;
import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies beside a model goes along, corrected where the change made it untrue; modifiers write files of their own. */
class CarriedFilesTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String CONFIG = """
            {
                "architectures": ["LlamaForCausalLM"],
                "tie_word_embeddings": true,
                "torch_dtype": "float32",   "vocab_size": 2
            }
            """;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void writeModel(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(OutputModifiers.extension(root.resolve("extension")));
        Files.createDirectory(project.file("lm"));
        Path file = project.sevens(
                "lm.safetensors",
                DType.F32,
                new TreeMap<>(Map.of(EMBEDDING, Shape.of(2, 1), "model.norm.weight", Shape.of(1))));
        Files.move(file, project.file("lm/model.safetensors"));
        beside("config.json", CONFIG);
        beside("tokenizer.json", "{\"version\": \"1.0\"}");
        beside("1_Pooling/config.json", "{\"word_embedding_dimension\": 1}");
        beside("modules.json", "[{\"path\": \"\"}, {\"path\": \"1_Pooling\"}]");
        beside("README.md", "of the base model");
    }

    @Test
    void whatBelongsToAModelGoesAlongByteForByte() throws IOException {
        Report report = apply("{ type = freeze, modules = [model] }", "");
        assertEquals(
                Set.of(
                        "1_Pooling",
                        "1_Pooling/config.json",
                        "config.json",
                        "graft-manifest.json",
                        "model.safetensors",
                        "modules.json",
                        "tokenizer.json"),
                out().keySet());
        for (String name : List.of("1_Pooling/config.json", "config.json", "modules.json", "tokenizer.json")) {
            assertEquals(-1, Files.mismatch(project.file("lm/" + name), project.file("out/" + name)), name);
        }
        assertEquals(
                List.of(
                        "model model.safetensors",
                        "carried 1_Pooling/config.json",
                        "carried config.json",
                        "carried modules.json",
                        "carried tokenizer.json",
                        "manifest graft-manifest.json"),
                kinds(report));
        String manifest = Files.readString(project.file("out/graft-manifest.json"));
        assertTrue(manifest.contains("\"path\": \"1_Pooling/config.json\",\n    \"kind\": \"carried\""), manifest);
        assertFalse(manifest.contains("corrected"), manifest);
    }

    @Test
    void planListsTheFilesAndWhatIsCorrected() throws IOException {
        Path config = config("{ type = cast, dtype = bf16 }, { type = write, name = adapter_config.json }", "");
        Plan plan = applier.configuration(config).plan();
        StringWriter text = new StringWriter();
        text.append(ReportText.brief().of(plan));
        assertTrue(text.toString().endsWith("""
                        writes 1_Pooling/config.json  from beside the model
                        writes config.json  from beside the model
                        writes modules.json  from beside the model
                        writes tokenizer.json  from beside the model
                        writes adapter_config.json  (adapter)
                        corrects config.json: torch_dtype = "bfloat16" in place of "float32"
                        """), text::toString);
        String json = ReportJson.compact("plan", project.folder()).of(plan);
        assertTrue(
                json.endsWith("\"outputs\":[{\"path\":\"out/model.safetensors\",\"kind\":\"model\"},"
                        + "{\"path\":\"out/1_Pooling/config.json\",\"kind\":\"carried\"},"
                        + "{\"path\":\"out/config.json\",\"kind\":\"carried\"},"
                        + "{\"path\":\"out/modules.json\",\"kind\":\"carried\"},"
                        + "{\"path\":\"out/tokenizer.json\",\"kind\":\"carried\"},"
                        + "{\"path\":\"out/adapter_config.json\",\"kind\":\"adapter\"},"
                        + "{\"path\":\"out/graft-manifest.json\",\"kind\":\"manifest\"}],"
                        + "\"corrected\":[{\"file\":\"config.json\",\"key\":\"torch_dtype\",\"before\":\"\\\"float32\\\"\","
                        + "\"after\":\"\\\"bfloat16\\\"\"}]}\n"),
                json);
        assertTrue(json.contains("\"artifacts\":[\"adapter_config.json\"]"), json);
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void theDtypeOfTheWeightsIsCorrected() throws IOException {
        apply("{ type = cast, dtype = bf16 }", "");
        assertEquals(CONFIG.replace("\"float32\"", "\"bfloat16\""), Files.readString(project.file("out/config.json")));
        assertTrue(Files.readString(project.file("out/graft-manifest.json"))
                .contains("\"corrected\": [ {\n    \"file\": \"config.json\",\n    \"key\": \"torch_dtype\""));
    }

    @Test
    void aDtypeThatMostWeightsKeepIsNot() throws IOException {
        apply("{ type = cast, dtype = bf16, prefix = model.norm }", "");
        assertEquals(CONFIG, Files.readString(project.file("out/config.json")));
    }

    @Test
    void theSizeOfTheVocabularyIsCorrected() throws IOException {
        project.sevens("large.safetensors", DType.F32, Map.of(EMBEDDING, Shape.of(5, 1)));
        Report report = apply("{ type = resize, name = " + EMBEDDING + ", checkpoint-path = large.safetensors }", "");
        assertEquals(
                CONFIG.replace("\"vocab_size\": 2", "\"vocab_size\": 5"),
                Files.readString(project.file("out/config.json")));
        assertEquals(
                List.of(new Correction("config.json", "vocab_size", Optional.of("2"), Optional.of("5"))),
                report.plan().output().orElseThrow().corrections());
    }

    @Test
    void aTieThatEndsIsCorrected() throws IOException {
        Report report = apply("{ type = part, name = " + EMBEDDING + " }", "");
        assertEquals(CONFIG.replace("true", "false"), Files.readString(project.file("out/config.json")));
        assertEquals(List.of(), report.problems());
        assertEquals(
                Set.of(EMBEDDING, "lm_head.weight", "model.norm.weight"),
                Project.tensors(project.file("out")).keySet());
    }

    /** As transformers writes it; a PyTorch file, which can tell the tie by itself, keeps both names. */
    @Test
    void aTieThatTheConfigurationTellsIsWrittenUnderOneName() throws IOException {
        Files.delete(project.file("lm/model.safetensors"));
        project.sevens("lm.safetensors", DType.F32, new TreeMap<>(Map.of(EMBEDDING, Shape.of(2, 1))));
        Path tied = TiedCheckpoint.write(project.file("lm.safetensors"), EMBEDDING, "lm_head.weight");
        Files.move(tied, project.file("lm/pytorch_model.bin"));
        apply("{ type = freeze, modules = [model] }", "");
        assertEquals(Set.of(EMBEDDING), Project.tensors(project.file("out")).keySet());
        assertTrue(Checkpoint.open(project.file("out")).impliedTie().isPresent());
        apply("{ type = freeze, modules = [model] }", ", format = pytorch, overwrite = true");
        assertEquals(
                List.of(List.of(EMBEDDING, "lm_head.weight")),
                Checkpoint.open(project.file("out")).ties());
    }

    @Test
    void aKeyThatIsGivenTwiceCannotBeCorrected() throws IOException {
        beside("config.json", CONFIG.replace("\"vocab_size\": 2", "\"torch_dtype\": \"float16\""));
        assertRefused(
                "checkpoint-malformed: `config.json` beside the model has `torch_dtype` several times, and the change"
                        + " makes it untrue; leave one of them",
                "{ type = cast, dtype = bf16 }");
        apply("{ type = freeze, modules = [model] }", "");
        assertTrue(Files.exists(project.file("out/config.json")));
    }

    @Test
    void aBrokenConfigurationIsNamedAndDoesNotGoAlong() throws IOException {
        beside("config.json", "{\"tie_word_embeddings\": true,\n}");
        Report report = apply("{ type = cast, dtype = bf16 }", "");
        assertFalse(Files.exists(project.file("out/config.json")));
        assertEquals(
                List.of(
                        "`lm/model.safetensors`: `config.json` beside it is no JSON (line 2); it is not used, and does not go"
                                + " along"),
                report.problems().stream().map(Problem::message).toList());
    }

    @Test
    void filesOfOthersAreNeverReplacedAndOwnOnesAre() throws IOException {
        apply("{ type = cast, dtype = bf16 }", "");
        beside("config.json", CONFIG.replace("float32", "auto"));
        Files.delete(project.file("lm/modules.json"));
        Report report = apply("{ type = freeze, modules = [model] }", ", overwrite = true");
        assertEquals(CONFIG.replace("float32", "auto"), Files.readString(project.file("out/config.json")));
        assertEquals(
                List.of(project.file("out/1_Pooling/config.json"), project.file("out/modules.json")),
                report.replacement().removed());
        assertFalse(Files.exists(project.file("out/1_Pooling")));
        Files.writeString(
                project.file("out/tokenizer.json"), "of a person, longer than the one that Graft wrote there");
        assertRefused(
                "output-exists: `" + project.file("out/tokenizer.json")
                        + "` is in the way, and no manifest beside it says"
                        + " that Graft wrote it as it is now; move it away, or choose another path",
                "{ type = freeze, modules = [model] }",
                ", overwrite = true");
    }

    @Test
    void theFolderThatIsReadIsNotWritten() throws IOException {
        Path config =
                project.config("graft { model.checkpoint = lm, modifiers = [{ type = freeze, modules = [model] }],"
                        + " output { path = lm, format = pytorch, overwrite = true } }\n");
        Map<String, String> before = project.files();
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals(
                "the output would replace `" + project.file("lm/1_Pooling/config.json") + "`, which this run reads",
                refused.problems().get(0).message());
        assertEquals(before, project.files());
    }

    @Test
    void theLastPartCarries() throws IOException {
        String modifiers = "{ type = cast, dtype = bf16 }, { type = write, name = adapter_config.json }";
        apply(modifiers, ", max-shard-size = 4B");
        Map<String, String> whole = out();
        Files.move(project.file("out"), project.file("whole"));
        Path config = config(modifiers, ", max-shard-size = 4B");
        applier.configuration(config).run(new Part(2, 2));
        assertFalse(Files.exists(project.file("out/config.json")));
        Files.writeString(project.file("out/config.json"), "of a person");
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(config).run(new Part(1, 2)));
        assertEquals(
                "`" + project.file("out/config.json") + "` is in the way of what the last part writes beside the model",
                refused.problems().get(0).message());
        Files.delete(project.file("out/config.json"));
        applier.configuration(config).run(new Part(1, 2));
        assertEquals(whole, out());
    }

    @Test
    void modifiersWriteFilesOfTheirOwn() throws IOException {
        Report report = apply(
                "{ type = write, name = adapter_config.json }, { type = write-tensor, name = adapters/a.safetensors, tensor ="
                        + " model.norm.weight }",
                "");
        assertEquals("{\"r\": 8}\n", Files.readString(project.file("out/adapter_config.json")));
        assertEquals(Map.of("part", "F32 [1] 0000e040"), Project.tensors(project.file("out/adapters/a.safetensors")));
        assertEquals(
                "model.norm.weight",
                Checkpoint.open(project.file("out/adapters/a.safetensors"))
                        .metadata()
                        .get("of"));
        assertTrue(kinds(report).containsAll(List.of("adapter adapter_config.json", "adapter adapters/a.safetensors")));
    }

    @Test
    void anArtifactMayNotHaveTheNameOfAnotherFile() throws IOException {
        for (String name : List.of("config.json", "Config.json", "model.safetensors")) {
            assertRefused(
                    "name-collision: `" + name + "` of modifier 1, `write`, has the name of another file of the output;"
                            + " have it written under another name",
                    "{ type = write, name = " + name + " }");
        }
        assertRefused(
                "name-collision: `a.json` of modifier 2, `write`, has the name of another file of the output;"
                        + " have it written under another name",
                "{ type = write, name = a.json }, { type = write, name = a.json }");
    }

    @Test
    void anArtifactHasARelativeName() throws IOException {
        for (String name : List.of("../a", "/a", "a//b", ".hidden", "a/../b", "a/.b", "")) {
            assertTrue(failure("{ type = write, name = \"" + name + "\" }", "")
                    .contains("`" + name + "` is no relative name of a file, as adapter_config.json"));
        }
        assertTrue(failure("{ type = write, name = graft-manifest.json }", "")
                .contains("`graft-manifest.json` is a file that Graft writes of its own"));
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void withoutAnOutputAnArtifactIsTold() throws IOException {
        Path config = project.config(
                "graft { model.checkpoint = lm, modifiers = [{ type = write, name = adapter_config.json }] }\n");
        Plan plan = applier.configuration(config).plan();
        assertEquals(
                List.of(
                        "requires: `adapter_config.json` of modifier 1, `write`, is not written, because this run writes no"
                                + " files; give the configuration a section `output`"),
                plan.problems().stream()
                        .map(problem -> problem.code().id() + ": " + problem.message() + "; " + problem.help())
                        .toList());
        assertTrue(plan.isCommittable());
    }

    private Path config(String modifiers, String output) throws IOException {
        return project.config("graft { model.checkpoint = lm, modifiers = [" + modifiers + "], output { path = out"
                + output + " } }\n");
    }

    private Report apply(String modifiers, String output) throws IOException {
        return applier.configuration(config(modifiers, output)).run();
    }

    private String failure(String modifiers, String output) throws IOException {
        Path config = config(modifiers, output);
        Problem problem = assertThrows(
                        GraftException.class,
                        () -> applier.configuration(config).run())
                .problems()
                .get(0);
        return problem.code().id() + ": " + problem.message() + "; " + problem.help();
    }

    private void assertRefused(String message, String modifiers) throws IOException {
        assertRefused(message, modifiers, "");
    }

    private void assertRefused(String message, String modifiers, String output) throws IOException {
        config(modifiers, output);
        Map<String, String> before = project.files();
        assertEquals(message, failure(modifiers, output));
        assertEquals(before, project.files());
    }

    private Map<String, String> out() throws IOException {
        return new Project(project.file("out")).files();
    }

    private List<String> kinds(Report report) {
        Path out = project.file("out");
        return report.outputs().stream()
                .map(file -> file.kind().id() + " " + out.relativize(file.path()))
                .toList();
    }

    private void beside(String name, String text) throws IOException {
        Path file = project.file("lm").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
