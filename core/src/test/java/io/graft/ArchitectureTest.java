package io.graft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the floors of core: a package knows those below it and nothing else of graft. */
@AnalyzeClasses(packages = "io.graft", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule floors = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.graft..")
            .layer("config")
            .definedBy("io.graft.config..")
            .layer("checkpoint")
            .definedBy("io.graft.checkpoint..")
            .layer("model")
            .definedBy("io.graft.model..")
            .layer("convert")
            .definedBy("io.graft.convert..")
            .layer("graft")
            .definedBy("io.graft")
            .layer("registry")
            .definedBy("io.graft.registry..")
            .layer("djl")
            .definedBy("io.graft.djl..")
            .layer("apply")
            .definedBy("io.graft.apply..")
            .whereLayer("config")
            .mayNotAccessAnyLayer()
            .whereLayer("checkpoint")
            .mayNotAccessAnyLayer()
            .whereLayer("model")
            .mayOnlyAccessLayers("config", "checkpoint")
            .whereLayer("convert")
            .mayOnlyAccessLayers("config", "checkpoint", "model")
            .whereLayer("graft")
            .mayOnlyAccessLayers("config", "checkpoint", "model")
            .whereLayer("registry")
            .mayOnlyAccessLayers("config", "graft")
            .whereLayer("djl")
            .mayOnlyAccessLayers("config", "checkpoint", "model", "graft")
            .whereLayer("apply")
            .mayOnlyAccessLayers("config", "checkpoint", "model", "convert", "graft", "registry", "djl")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule noCycles = slices().matching("io.(**)").should().beFreeOfCycles();

    /** Whatever lists or plans must start without a native library. */
    @ArchTest
    static final ArchRule noEngineBelowTheTargets = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.graft",
                    "io.graft.config..",
                    "io.graft.checkpoint..",
                    "io.graft.model..",
                    "io.graft.convert..",
                    "io.graft.registry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule noExit = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule noPrinting = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @Test
    void everyPackageIsDescribed() throws IOException {
        Path sources = Path.of("src/main/java");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> undescribed = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .sorted()
                    .toList();
            assertEquals(List.of(), undescribed);
        }
    }
}
