package io.graft.modifiers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

    /** One implementation serves a live block, a TorchScript model and a checkpoint because it sees the draft only. */
    @Test
    void modifiersKnowNoTarget() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..", "io.graft.djl..", "io.graft.apply..")
                .check(CLASSES);
    }
}
