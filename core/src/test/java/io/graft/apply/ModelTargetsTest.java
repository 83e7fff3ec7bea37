package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.ModelOpener;
import io.graft.ModelRef;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.apply.checkpoint.CheckpointKinds;
import io.graft.apply.checkpoint.CheckpointTarget;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.extension.TestJar;
import io.graft.model.ModelDraft;
import io.graft.model.ref.CheckpointRefDecoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.ModelTargetProvider;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of models that an extension brings, beside those of core. */
class ModelTargetsTest {
    private static final String FREEZE = "graft.modifiers = [ { type = freeze, modules = [encoder] } ]\n";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(extension(Indexed.class));
    }

    private ClassLoader extension(Class<?>... targets) throws IOException {
        Path folder = Files.createTempDirectory(root, "extension");
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(ModifierProvider.class.getName()), TestModifiers.Freeze.class.getName());
        Files.writeString(
                services.resolve(ModelTargetProvider.class.getName()),
                Stream.of(targets).map(Class::getName).collect(Collectors.joining("\n")));
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void itIsOpenedPlannedForAndWritten() throws IOException {
        Path config = project.config("""
                graft.model { acme_index = model.safetensors, revision = 2 }
                graft.output { path = out, format = pytorch }
                """ + FREEZE);

        Plan plan = applier.configuration(config).plan();
        assertEquals(new ModelRef("acme-index", "model.safetensors"), plan.model());
        assertEquals(
                List.of("warning checkpoint-warning graft.model.revision:1 revision 2 is old; take 3"), told(plan));
        applier.configuration(config).run();
        assertTrue(Files.exists(project.file("out/pytorch_model.bin")));
        assertFalse(Indexed.open, "closed");
    }

    @Test
    void aFormatThatItCannotBeWrittenInIsAnErrorOfThePlan() throws IOException {
        Path config = project.config("graft.model.acme-index = model.safetensors\ngraft.output.path = out\n" + FREEZE);

        Plan plan = applier.configuration(config).plan();
        assertEquals(
                List.of("error unsupported-change graft.output.format:2 a `acme-index` model cannot be written as"
                        + " `safetensors`; it can be written as: pytorch"),
                told(plan));
        Path named = project.config("graft.model.acme-index = model.safetensors\ngraft.output {\n path = out\n"
                + " format = safetensors\n}\n" + FREEZE);
        assertEquals(
                List.of("error unsupported-change graft.output.format:4 a `acme-index` model cannot be written as"
                        + " `safetensors`; it can be written as: pytorch"),
                told(applier.configuration(named).plan()));
        assertThrows(GraftException.class, () -> applier.configuration(config).run());
        assertFalse(Files.exists(project.file("out")));
        assertFalse(Indexed.open, "closed");
    }

    @Test
    void whatItTellsIsToldAtItsKeys() {
        assertEquals(
                List.of("error out-of-range graft.model.revision:1 there is no revision 9; the last one is 3"),
                failed("graft.model { acme-index = model.safetensors, revision = 9 }"));
        assertEquals(
                List.of("error checkpoint-not-found graft.model.acme-index:1 `gone.safetensors`: no such file"),
                failed("graft.model { acme-index = gone.safetensors }").stream()
                        .map(text -> text.replaceFirst("(no such file).*", "$1"))
                        .toList());
    }

    @Test
    void aFaultOfItIsToldAsOne() {
        assertEquals(
                List.of(
                        "error apply-failed graft.model.acme-index:1 the model cannot be opened:"
                                + " IllegalStateException: broken; this is a fault in the model target, which comes from ORIGIN"),
                failed("graft.model { acme-index = model.safetensors, revision = 0 }").stream()
                        .map(text -> text.replaceFirst("comes from .*", "comes from ORIGIN"))
                        .toList());
    }

    @Test
    void itCannotBeRunWithoutAForward() throws IOException {
        Path config = project.config("graft.model.acme-index = model.safetensors\n" + FREEZE);
        assertEquals(
                List.of(
                        "error malformed-value graft.model.acme-index:1 a `acme-index` model cannot be run: it has tensors"
                                + " and no forward; name a model that computes, such as `torchscript` or `block-factory`, and load the checkpoint"
                                + " with a modifier"),
                told(assertThrows(
                                GraftException.class,
                                () -> applier.configuration(config).open())
                        .problems()));
    }

    @Test
    void exactlyOneIsChosen() {
        assertEquals(
                List.of(
                        "error missing-key graft.model:1 the section `model` needs exactly one of the keys `acme-index`,"
                                + " `block-factory`, `checkpoint`, `torchscript`; add one here"),
                failed("graft.model {}"));
        assertEquals(
                List.of(
                        "error missing-key graft.model:1 the section `model` needs exactly one of the keys `acme-index`,"
                                + " `block-factory`, `checkpoint`, `torchscript`; add one here"),
                failed("graft.model { revision = 2 }"));
        assertEquals(
                List.of(
                        "error exclusive graft.model.checkpoint:1 `acme-index` and `checkpoint` exclude each other; keep"
                                + " exactly one of `acme-index`, `block-factory`, `checkpoint`, `torchscript`"),
                failed("graft.model { checkpoint = a.pt, acme-index = b.pt }"));
        assertEquals(
                List.of(
                        "error unknown-key graft.model.checkpiont:1 the section `model` has no key `checkpiont`; did you"
                                + " mean `checkpoint`?"),
                failed("graft.model { checkpiont = a.pt }"));
        assertEquals(
                List.of("error wrong-spelling graft.model.acmeIndex:1"),
                failed("graft.model { acmeIndex = a.pt }").stream()
                        .map(text -> text.replaceFirst("(:1) .*", "$1"))
                        .toList());
        assertEquals(
                List.of("error wrong-type graft.model:1 expected an object, found the text `a.pt`"),
                failed("graft.model = a.pt"));
    }

    @Test
    void optionsOfAnotherTargetAreToldWithIt() {
        assertEquals(
                List.of(
                        "error exclusive graft.model.arguments:1 `arguments` has no effect without `block-factory`; remove it",
                        "error exclusive graft.model.revision:1 `revision` has no effect without `acme-index`; remove it"),
                failed("graft.model { checkpoint = a.pt, revision = 3, arguments { a = 1 } }"));
        assertEquals(
                List.of("error unknown-key graft.model.revison:1 the section `model` has no key `revison`; did you mean"
                        + " `revision`?"),
                failed("graft.model { acme-index = model.safetensors, revison = 3 }"));
    }

    @Test
    void twoThatClaimOneKeyAreBothRefused() throws IOException {
        applier = ModelModifierApplier.create(extension(Indexed.class, Twin.class));
        assertEquals(
                List.of(
                        "error duplicate-id graft.model.acme-index:1 `acme-index` is the name of"
                                + " io.graft.apply.ModelTargetsTest$Indexed (test-classes) and"
                                + " io.graft.apply.ModelTargetsTest$Twin (test-classes); keep one of them among the extensions"),
                failed("graft.model { acme-index = model.safetensors }"));
    }

    @Test
    void oneThatNothingWasGeneratedForIsToldWithTheCure() throws IOException {
        URL jar = TestJar.compile(root, Map.of("PlainOpener", """
                        package com.acme;
                        @io.graft.ModelTarget("plain")
                        public final class PlainOpener implements io.graft.ModelOpener {
                            @Override public io.graft.OpenedModel open(io.graft.OpeningContext context) { return null; }
                        }
                        """)).write(root.resolve("plain.jar"));
        applier = ModelModifierApplier.create(new URLClassLoader(new URL[] {jar}, extension(Indexed.class)));
        assertEquals(
                List.of("error annotated-but-not-generated graft.model.plain:1 `com.acme.PlainOpener` of plain.jar has"
                        + " @ModelTarget and no generated provider; compile it with graft-processor among the"
                        + " annotationProcessorPaths: since Java 23 a processor on the class path alone does not run"),
                failed("graft.model { plain = a.pt }"));
    }

    private List<String> failed(String model) {
        return told(assertThrows(
                        GraftException.class,
                        () -> applier.configuration(project.config(model + "\n" + FREEZE))
                                .plan())
                .problems());
    }

    private static List<String> told(Plan plan) {
        return told(plan.problems());
    }

    private static List<String> told(List<Problem> problems) {
        return problems.stream()
                .map(problem -> "%s %s %s:%s %s"
                        .formatted(
                                problem.isError() ? "error" : "warning",
                                problem.code().id(),
                                problem.path(),
                                problem.at()
                                        .map(at -> Integer.toString(at.line()))
                                        .orElse(""),
                                problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help())))
                .sorted()
                .toList();
    }

    /** A target as the processor would generate it: a checkpoint with a revision, which is written in PyTorch's format alone. */
    public static class Indexed implements ModelTargetProvider {
        static boolean open;

        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return PlugDescriptor.of(
                    "acme-index",
                    getClass().getName(),
                    "",
                    OptionDescriptor.of("acme-index", "checkpoint", "", true, ""),
                    OptionDescriptor.of("revision", "int", "3", false, ""));
        }

        @Override
        public Bound<ModelOpener> bind(ConfigCursor section) {
            ObjectBinding object = section.object();
            Key<CheckpointRef> index =
                    object.key("acme-index", new CheckpointRefDecoder()).required();
            Key<Integer> revision = object.key("revision", Decoders.int32())
                    .check(Constraints.range(0, 9))
                    .orDefault("3");
            return object.finish(() -> context -> open(context, index.get(), revision.get()));
        }

        private static OpenedModel open(OpeningContext context, CheckpointRef index, int revision) {
            if (revision == 0) {
                throw new IllegalStateException("broken");
            }
            SourceCheckpoint source = context.open(index);
            if (revision > 3) {
                context.error(
                        ProblemCode.OUT_OF_RANGE, "revision", "there is no revision " + revision, "the last one is 3");
                return null;
            }
            if (revision < 3) {
                context.warn(ProblemCode.CHECKPOINT_WARNING, "revision", "revision " + revision + " is old", "take 3");
            }
            open = true;
            return OpenedModel.of(new IndexedModel(source), () -> open = false);
        }
    }

    /** Claims the same key. */
    public static final class Twin extends Indexed {}

    private record IndexedModel(SourceCheckpoint source) implements TargetModel {
        @Override
        public ModelRef ref() {
            return new ModelRef("acme-index", source.uri());
        }

        @Override
        public ModelDraft draft() {
            return new CheckpointTarget(source, CheckpointKinds.OF_FILE).draft();
        }

        @Override
        public Optional<List<String>> writableFormats() {
            return Optional.of(List.of("pytorch"));
        }

        @Override
        public List<Problem> refusals(Plan plan) {
            return List.of();
        }

        @Override
        public Commit commit(Plan plan, ValueWatch watch) {
            return Commit.OF_FILES;
        }
    }
}
