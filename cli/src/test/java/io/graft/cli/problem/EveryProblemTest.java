package io.graft.cli.problem;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.JavaProcess;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.apply.LosingModifier;
import io.graft.cli.extension.BrokenJars;
import io.graft.cli.extension.ExtensionJar;
import io.graft.djl.ModifiedModel;
import io.graft.extension.LoadedExtensions;
import io.graft.model.tree.Selector;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.freezing.FreezingOptions;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.ProblemRenderer;
import io.graft.registry.PlugRegistry;
import io.graft.report.ReportJson;
import io.graft.training.ModelTrainer;
import io.graft.training.Training;
import io.graft.training.TrainingOptions;
import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.optimizer.Sgd;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every code as a person reads it, plain and in colour, and as a program does. The folder of a code holds the {@code train.conf}
 * that is at fault, the {@code arguments} of the command where it is not {@code config check}, and what is said: {@code
 * plain.txt}, {@code colour.txt} and {@code problems.json}. A code without them fails.
 */
class EveryProblemTest {
    private static final String GOLDENS = "EveryProblemTest";
    private static final Path TRIGGERS = Path.of("src", "test", "resources", "goldens", GOLDENS);
    private static final String CHECK = "config check -c DIR/train.conf";
    private static final String ESCAPE = "\u001b";
    private static final List<String> CHECKPOINTS = List.of(
            "m43/init.safetensors",
            "m43/full7.pt",
            "m43/mismatched.pt",
            "epd/pretrained.ckpt",
            "hostile/html.ckpt",
            "hostile/payload.pt",
            "hostile/truncated.pt");

    @TempDir
    static Path jars;

    @TempDir
    Path folder;

    /** What is said of a problem. */
    private record Told(String plain, String colour, String json) {}

    /** One run of the command. */
    private interface Command {
        Outcome run(String... options) throws IOException, InterruptedException;
    }

    @BeforeAll
    static void buildExtensions() throws IOException {
        ExtensionJar.of(Path.of("src/test/resources/extensions/acme"), jars.resolve("acme-1.2.jar"));
        BrokenJars.writeTo(jars);
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeIsTold(ProblemCode code) throws Exception {
        Told told = tell(code);
        assertAll(
                () -> assertGolden(golden(code, "plain.txt"), told.plain()),
                () -> assertGolden(golden(code, "colour.txt"), told.colour().replace(ESCAPE, "ESC")),
                () -> assertGolden(golden(code, "problems.json"), told.json()));
        assertEquals(told.plain(), told.colour().replaceAll(ESCAPE + "\\[[\\d;]*m", ""));
        assertTrue(told.plain().contains("[" + code.id() + "]"), told.plain());
        assertTrue(told.json().contains("\"code\":\"" + code.id() + "\""), told.json());
    }

    /** Turkish has another small letter for I, and the extension asks for other digits. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ENGINE_MISSING"})
    void theLocaleChangesNothing(ProblemCode code) throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
        try {
            Told told = tell(code);
            assertGolden(golden(code, "plain.txt"), told.plain());
            assertGolden(golden(code, "problems.json"), told.json());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void everyFolderIsThatOfACode() throws IOException {
        try (Stream<Path> folders = Files.list(TRIGGERS)) {
            assertEquals(
                    Arrays.stream(ProblemCode.values())
                            .map(ProblemCode::id)
                            .sorted()
                            .toList(),
                    folders.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    private static String golden(ProblemCode code, String file) {
        return GOLDENS + "/" + code.id() + "/" + file;
    }

    private Told tell(ProblemCode code) throws Exception {
        Place place = place(code);
        return switch (code) {
            // none is about a file that the command reads
            case UNREAD_KEY -> told(place, problemsOfALiveModel(place.path("train.conf")));
            case ROLL_BACK_FAILED -> told(place, problemsOfALostModel(place.path("train.conf")));
            case NOTHING_TRAINABLE, TRAINING_STATE -> told(place, problemsOfATraining(place));
            case SERVICES_FILE_MALFORMED -> told(place, problemsOfDiscovery(code));
            case EXTENSION_NOT_FOUND, EXTENSION_REFUSED, EXTENSION_EMPTY -> told(place, problemsOfExtensions(code));
            case ENGINE_MISSING -> told(options -> inAProcessWithoutEngine(place, command(code, options)));
            default -> told(options -> place.graft(command(code, options)));
        };
    }

    private Place place(ProblemCode code) throws IOException {
        Path trigger = TRIGGERS.resolve(code.id());
        if (!Files.isDirectory(trigger)) {
            fail("no " + trigger + "; put a train.conf there that gives [" + code.id() + "]");
        }
        Place place = new Place(folder);
        try (Stream<Path> files = Files.walk(trigger)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = place.path(trigger.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        for (String golden : List.of("arguments", "plain.txt", "colour.txt", "problems.json")) {
            Files.deleteIfExists(place.path(golden));
        }
        Path config = place.path("train.conf");
        String text = Files.exists(config) ? Files.readString(config) : "";
        CHECKPOINTS.stream()
                .filter(checkpoint -> text.contains(checkpoint.substring(checkpoint.indexOf('/') + 1)))
                .forEach(place::with);
        return place;
    }

    private static String[] command(ProblemCode code, String... options) throws IOException {
        Path arguments = TRIGGERS.resolve(code.id()).resolve("arguments");
        String line = Files.exists(arguments) ? Files.readString(arguments).strip() : CHECK;
        List<String> command = new ArrayList<>(List.of(line.split(" ")));
        command.addAll(List.of("--extensions", jars.resolve("acme-1.2.jar").toString()));
        Path broken = BrokenJars.of(jars, code);
        if (Files.exists(broken)) {
            command.addAll(List.of("--extensions", broken.toString()));
        }
        command.addAll(List.of(options));
        return command.toArray(String[]::new);
    }

    private static Told told(Command command) throws IOException, InterruptedException {
        return new Told(
                anonymous(command.run("--color", "never").err()),
                anonymous(command.run("--color", "always").err()),
                anonymous(command.run("--json").out()));
    }

    private static Told told(Place place, List<Problem> problems) {
        return new Told(
                anonymous(place.anonymous(ProblemRenderer.plain().render(problems))),
                anonymous(place.anonymous(ProblemRenderer.ansi().render(problems))),
                anonymous(place.anonymous(
                        ReportJson.compact("plan", place.path("")).of(problems))));
    }

    private static List<Problem> problemsOfALiveModel(Path config) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Linear block = Linear.builder().setUnits(2).build();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            return ModelModifierApplier.create()
                    .model(block)
                    .configuration(config)
                    .plan()
                    .problems();
        }
    }

    private List<Problem> problemsOfALostModel(Path config) throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                URLClassLoader extension = LosingModifier.extension(folder.resolve("losing"))) {
            Linear block = Linear.builder().setUnits(2).build();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            ModelModifierApplier applier = ModelModifierApplier.create(extension);
            return assertThrows(
                            GraftException.class,
                            () -> applier.model(block).configuration(config).run())
                    .problems();
        }
    }

    /** The folder has a training that another optimizer was saved with. */
    private static List<Problem> problemsOfATraining(Place place) {
        ModelModifierApplier applier = ModelModifierApplier.create();
        try (Model model = Model.newInstance("test", "PyTorch")) {
            model.setBlock(Linear.builder().setUnits(2).build());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 3));
            DefaultTrainingConfig loss = new DefaultTrainingConfig(Loss.l2Loss());
            FreezingOptions weight = new FreezingOptions(List.of(Selector.parse("weight")), true, List.of());
            Sgd momentum = new Sgd(1, 0.9, 0, false, 0, List.of(), Optional.empty(), Optional.empty());
            TrainingOptions saving =
                    TrainingOptions.of(momentum).seeded(0).with(CheckpointOptions.in(place.path("saved")));
            ModifiedModel frozen = applier.model(model)
                    .configuration(new FreezingModelModifier(weight))
                    .run();
            try (ModelTrainer trainer = ModelTrainer.of(frozen, loss, saving)) {
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray input = trainer.getManager().ones(new Shape(1, 3));
                    collector.backward(trainer.forward(new NDList(input))
                            .singletonOrThrow()
                            .sum());
                }
                trainer.step();
                trainer.notifyListeners(listener -> listener.onEpoch(trainer));
            }
            LiveRun run = applier.model(model).configuration(place.path("train.conf"));
            return assertThrows(GraftException.class, () -> {
                        try (Training training = Training.of(run)) {
                            training.trainer(loss).close();
                        }
                    })
                    .problems();
        }
    }

    private static List<Problem> problemsOfDiscovery(ProblemCode code) throws IOException {
        try (Stream<Path> files = Files.list(BrokenJars.of(jars, code))) {
            List<URL> found = new ArrayList<>();
            for (Path jar : files.toList()) {
                found.add(jar.toUri().toURL());
            }
            try (URLClassLoader loader =
                    new URLClassLoader(found.toArray(URL[]::new), EveryProblemTest.class.getClassLoader())) {
                return PlugRegistry.discover(loader).problems();
            }
        }
    }

    private static List<Problem> problemsOfExtensions(ProblemCode code) throws IOException {
        try (LoadedExtensions loaded = LoadedExtensions.load(List.of(BrokenJars.of(jars, code)))) {
            return PlugRegistry.discover(loaded).problems();
        }
    }

    private static Outcome inAProcessWithoutEngine(Place place, String... command)
            throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().startsWith("pytorch-"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> arguments = new ArrayList<>(List.of("-cp", classPath, Main.class.getName()));
        for (String argument : command) {
            arguments.add(argument.replace(Place.FOLDER, place.path("").toString()));
        }
        Outcome outcome = JavaProcess.run(place.path(""), place.path(""), arguments);
        return new Outcome(outcome.code(), place.anonymous(outcome.out()), place.anonymous(outcome.err()));
    }

    /** A text without what differs between platforms and versions of Java. */
    private static String anonymous(String text) {
        int java = Runtime.version().feature();
        return text.replace(jars.toString(), "JARS")
                .replaceAll("(?<=classifier )[\\w-]+", "PLATFORM")
                .replace("running " + java, "running JAVA")
                .replace("for Java " + java, "for Java JAVA");
    }
}
