package io.graft.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

    /** Authors bring their own test framework, and what is tested knows the draft only. */
    @Test
    void coreIsAllItNeeds() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.opentest4j..", "ai.djl..", "io.graft.djl..", "io.graft.apply..")
                .check(CLASSES);
    }
}
