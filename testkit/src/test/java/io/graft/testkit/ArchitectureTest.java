package io.graft.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.graft.djl.BlockSource;
import io.graft.djl.FactoryModule;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

    /** Authors bring their own test framework, and what is tested knows the draft only; a module of a factory is core's to make. */
    @Test
    void coreIsAllItNeeds() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "org.junit..", "org.opentest4j..", "ai.djl..", "io.graft.djl..", "io.graft.apply..")
                        .and(not(belongToAnyOf(FactoryModule.class, BlockSource.class))))
                .check(CLASSES);
    }
}
