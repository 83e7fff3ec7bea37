package io.graft.source.mlflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
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
                .resideInAPackage("org.mlflow..")
                .check(CLASSES);
    }
}
