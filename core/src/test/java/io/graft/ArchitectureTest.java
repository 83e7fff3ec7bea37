package io.graft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
            .layer("problem")
            .definedBy("io.graft.problem..")
            .layer("extension")
            .definedBy("io.graft.extension..")
            .layer("command")
            .definedBy("io.graft.command..")
            .layer("tensor")
            .definedBy("io.graft.tensor..")
            .layer("config")
            .definedBy("io.graft.config..")
            .layer("checkpoint")
            .definedBy("io.graft.checkpoint..")
            .layer("model")
            .definedBy("io.graft.model..")
            .layer("migration")
            .definedBy("io.graft.migration..")
            .layer("graft")
            .definedBy("io.graft")
            .layer("layer")
            .definedBy("io.graft.layer..")
            .layer("convert")
            .definedBy("io.graft.convert..")
            .layer("registry")
            .definedBy("io.graft.registry..")
            .layer("report")
            .definedBy("io.graft.report..")
            .layer("torchscript")
            .definedBy("io.graft.torchscript..")
            .layer("djl")
            .definedBy("io.graft.djl..")
            .layer("apply")
            .definedBy("io.graft.apply..")
            .whereLayer("problem")
            .mayNotAccessAnyLayer()
            .whereLayer("extension")
            .mayNotAccessAnyLayer()
            .whereLayer("command")
            .mayNotAccessAnyLayer()
            .whereLayer("tensor")
            .mayNotAccessAnyLayer()
            .whereLayer("config")
            .mayOnlyAccessLayers("problem", "tensor")
            .whereLayer("checkpoint")
            .mayOnlyAccessLayers("problem", "extension", "tensor")
            .whereLayer("model")
            .mayOnlyAccessLayers("problem", "extension", "tensor", "config", "checkpoint")
            .whereLayer("migration")
            .mayOnlyAccessLayers("problem", "extension", "tensor", "config", "checkpoint", "model")
            .whereLayer("graft")
            .mayOnlyAccessLayers("problem", "tensor", "config", "checkpoint", "model", "migration")
            .whereLayer("layer")
            .mayOnlyAccessLayers("problem", "tensor", "config", "checkpoint", "model", "graft")
            .whereLayer("convert")
            .mayOnlyAccessLayers(
                    "problem", "extension", "tensor", "config", "checkpoint", "model", "migration", "report")
            .whereLayer("registry")
            .mayOnlyAccessLayers("problem", "extension", "config", "checkpoint", "migration", "graft")
            .whereLayer("report")
            .mayOnlyAccessLayers("problem", "extension", "tensor", "checkpoint", "model", "migration", "graft")
            .whereLayer("torchscript")
            .mayOnlyAccessLayers("problem", "tensor", "checkpoint", "model", "graft")
            .whereLayer("djl")
            .mayOnlyAccessLayers(
                    "registry",
                    "report",
                    "problem",
                    "extension",
                    "tensor",
                    "config",
                    "checkpoint",
                    "model",
                    "graft",
                    "torchscript")
            .whereLayer("apply")
            .mayOnlyAccessLayers(
                    "problem",
                    "extension",
                    "tensor",
                    "config",
                    "checkpoint",
                    "model",
                    "migration",
                    "convert",
                    "graft",
                    "registry",
                    "report",
                    "djl")
            .ensureAllClassesAreContainedInArchitecture();

    /** Within a floor too: what is in a package inside another one never knows who knows it. */
    @ArchTest
    static final ArchRule noCircles = slices().matching("io.graft.(**)")
            .should()
            .beFreeOfCycles()
            .because("an arrow up is a circle in the making");

    /** Whatever lists or plans must start without a native library. */
    @ArchTest
    static final ArchRule noEngineBelowTheTargets = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.graft",
                    "io.graft.problem..",
                    "io.graft.extension..",
                    "io.graft.tensor..",
                    "io.graft.config..",
                    "io.graft.checkpoint..",
                    "io.graft.model..",
                    "io.graft.migration..",
                    "io.graft.layer..",
                    "io.graft.convert..",
                    "io.graft.registry..",
                    "io.graft.report..",
                    "io.graft.torchscript..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");
}
