package io.graft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the floors of core: a package knows those below it and nothing else of graft. */
@AnalyzeClasses(packages = "io.graft", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule floors = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.graft..")
            .layer("extension")
            .definedBy("io.graft.extension..")
            .layer("tensor")
            .definedBy("io.graft.tensor..")
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
            .whereLayer("extension")
            .mayNotAccessAnyLayer()
            .whereLayer("tensor")
            .mayNotAccessAnyLayer()
            .whereLayer("config")
            .mayOnlyAccessLayers("tensor")
            .whereLayer("checkpoint")
            .mayOnlyAccessLayers("extension", "tensor")
            .whereLayer("model")
            .mayOnlyAccessLayers("config", "checkpoint")
            .whereLayer("convert")
            .mayOnlyAccessLayers("extension", "config", "checkpoint", "model")
            .whereLayer("graft")
            .mayOnlyAccessLayers("config", "checkpoint", "model")
            .whereLayer("registry")
            .mayOnlyAccessLayers("extension", "config", "graft")
            .whereLayer("djl")
            .mayOnlyAccessLayers("extension", "config", "checkpoint", "model", "graft")
            .whereLayer("apply")
            .mayOnlyAccessLayers("extension", "config", "checkpoint", "model", "convert", "graft", "registry", "djl")
            .ensureAllClassesAreContainedInArchitecture();

    /** Whatever lists or plans must start without a native library. */
    @ArchTest
    static final ArchRule noEngineBelowTheTargets = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.graft",
                    "io.graft.extension..",
                    "io.graft.config..",
                    "io.graft.checkpoint..",
                    "io.graft.model..",
                    "io.graft.convert..",
                    "io.graft.registry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");
}
