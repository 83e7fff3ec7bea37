package io.graft.cli.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.graft.cli.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds in every module; this one is built after those that it is put together from. */
class HouseRulesTest {
    private static final Pattern MODULE = Pattern.compile("<module>(\\S+)</module>");

    /** What git leaves of a conflict, in a comment, too. */
    private static final Pattern CONFLICT = Pattern.compile("(?m)^[ *]*(<<<<<<<|>>>>>>>) \\S");

    /** A list of versions, configurations to run, and programs that people run to measure, which print and come after this module. */
    private static final List<String> NO_LIBRARIES = List.of("bom", "examples", "benchmarks");

    static List<Path> modules() throws IOException {
        String pom = Files.readString(Path.of("../pom.xml"));
        List<Path> modules = MODULE.matcher(pom)
                .results()
                .map(found -> found.group(1))
                .filter(module -> !NO_LIBRARIES.contains(module))
                .map(module -> Path.of("..", module))
                .toList();
        assertFalse(modules.isEmpty());
        return modules;
    }

    static List<Path> modifierModules() throws IOException {
        return modules("modifiers-");
    }

    static List<Path> sourceModules() throws IOException {
        return modules("source-");
    }

    private static List<Path> modules(String prefix) throws IOException {
        List<Path> modules = modules().stream()
                .filter(module -> module.getFileName().toString().startsWith(prefix))
                .toList();
        assertFalse(modules.isEmpty());
        return modules;
    }

    private static JavaClasses classes(Path module) {
        return new ClassFileImporter().importPath(module.resolve("target/classes"));
    }

    /** Everything but the command itself can be run, and tested, in a process that goes on. */
    @ParameterizedTest
    @MethodSource("modules")
    void onlyMainEndsTheProcess(Path module) {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Main.class.getName())
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(classes(module));
    }

    /** Where a person has other digits, names of files and messages have ours all the same. */
    @ParameterizedTest
    @MethodSource("modules")
    void nothingIsFormattedAsThePersonsLocaleHasIt(Path module) {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .check(classes(module));
    }

    /** Both streams are the console's, so that stdout carries the result and nothing else. */
    @ParameterizedTest
    @MethodSource("modules")
    void everythingPrintsToTheConsole(Path module) {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes(module));
    }

    /** One implementation serves a live block, a TorchScript model and a checkpoint because it sees the draft only. */
    @ParameterizedTest
    @MethodSource("modifierModules")
    void modifiersKnowNoTarget(Path module) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "io.graft.djl..", "io.graft.apply..")
                .check(classes(module));
    }

    /** A source opens a stream and knows nothing of what becomes of it. */
    @ParameterizedTest
    @MethodSource("sourceModules")
    void sourcesKnowCheckpointsOnly(Path module) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai.djl..",
                        "io.graft",
                        "io.graft.config..",
                        "io.graft.model..",
                        "io.graft.registry..",
                        "io.graft.djl..",
                        "io.graft.apply..")
                .check(classes(module));
    }

    /** What looks at a location before anything is fetched must not load a client. */
    @ParameterizedTest
    @MethodSource("sourceModules")
    void sourcesLoadNoClientBeforeTheyFetch(Path module) {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Source")
                .or()
                .haveSimpleNameEndingWith("Location")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon.awssdk..", "org.mlflow..")
                .check(classes(module));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void packagesFormNoCycle(Path module) {
        slices().matching("io.(**)").should().beFreeOfCycles().check(classes(module));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void everyPackageIsDescribed(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
            List<Path> undescribed = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("module-info.java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .sorted()
                    .toList();
            assertEquals(List.of(), undescribed);
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void noMergeIsLeftHalfDone(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module.resolve("src"))) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(HouseRulesTest::hasConflict)
                            .sorted()
                            .toList());
        }
    }

    private static boolean hasConflict(Path file) {
        try {
            return CONFLICT.matcher(Files.readString(file)).find();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** On the module path a provider is found by the descriptor alone, on the class path by the services file alone. */
    @ParameterizedTest
    @MethodSource("modules")
    void theDescriptorOffersWhatTheServicesFilesDo(Path module) throws IOException {
        Path classes = module.resolve("target/classes");
        try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
            Map<String, Set<String>> provided = ModuleDescriptor.read(descriptor).provides().stream()
                    .collect(Collectors.toMap(
                            ModuleDescriptor.Provides::service, provides -> Set.copyOf(provides.providers())));
            assertEquals(servicesFiles(classes.resolve("META-INF/services")), provided);
        }
    }

    private static Map<String, Set<String>> servicesFiles(Path folder) throws IOException {
        Map<String, Set<String>> files = new HashMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> services = Files.list(folder)) {
                for (Path file : services.toList()) {
                    files.put(
                            file.getFileName().toString(),
                            Files.readAllLines(file).stream()
                                    .map(line -> line.replaceFirst("#.*", "").strip())
                                    .collect(Collectors.toSet()));
                }
            }
        }
        return files;
    }
}
