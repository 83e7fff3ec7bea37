package io.graft.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.graft.processor.model.SourceRef;

/** The phases are packages, and data goes through them in one direction. */
@AnalyzeClasses(packages = "io.graft.processor", importOptions = ImportOption.DoNotIncludeTests.class)
class PhasesTest {
    @ArchTest
    static final ArchRule ONE_DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("processors")
            .definedBy("io.graft.processor")
            .layer("discover")
            .definedBy("io.graft.processor.discover")
            .layer("model")
            .definedBy("io.graft.processor.model")
            .layer("check")
            .definedBy("io.graft.processor.check")
            .layer("render")
            .definedBy("io.graft.processor.render")
            .layer("emit")
            .definedBy("io.graft.processor.emit")
            .whereLayer("processors")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("emit")
            .mayOnlyBeAccessedByLayers("processors")
            .whereLayer("discover")
            .mayOnlyBeAccessedByLayers("processors")
            .whereLayer("check")
            .mayOnlyBeAccessedByLayers("processors", "emit")
            .whereLayer("render")
            .mayOnlyBeAccessedByLayers("processors", "emit");

    @ArchTest
    static final ArchRule MODELS_DO_NOT_KNOW_THE_COMPILER = noClasses()
            .that()
            .resideInAPackage("io.graft.processor.model")
            .and()
            .doNotBelongToAnyOf(SourceRef.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.lang.model..", "javax.annotation.processing..", "com.sun..");

    @ArchTest
    static final ArchRule ONLY_THE_ENDS_KNOW_THE_COMPILER = noClasses()
            .that()
            .resideInAnyPackage("io.graft.processor.check", "io.graft.processor.render")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.lang.model.type..", "javax.lang.model.util..", "com.sun..");

    @ArchTest
    static final ArchRule RENDERING_IS_REPEATABLE = noClasses()
            .that()
            .resideInAPackage("io.graft.processor.render")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.HashMap")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.HashSet")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.time.chrono..", "java.io..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random");

    @ArchTest
    static final ArchRule JAVAPOET_STAYS_IN_RENDER = noClasses()
            .that()
            .resideOutsideOfPackage("io.graft.processor.render")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.palantir.javapoet..");
}
