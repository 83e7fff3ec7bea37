package io.graft.source.s3;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

    /** A source opens a stream and knows nothing of what becomes of it. */
    @Test
    void sourcesKnowCheckpointsOnly() {
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
                .check(CLASSES);
    }

    /** What looks at a location before anything is fetched must not load the client. */
    @Test
    void theServiceItselfLoadsNoClient() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Source")
                .or()
                .haveSimpleNameEndingWith("Location")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingEndsTheProcess() {
        noClasses()
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    @Test
    void nothingPrints() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }

    @Test
    void everyPackageIsDescribed() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
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
