import io.graft.apply.checkpoint.CheckpointModelOpener_Provider;
import io.graft.apply.migration.DeclaredMigration_Provider;
import io.graft.apply.output.GgufStateDict_Provider;
import io.graft.apply.output.PytorchStateDict_Provider;
import io.graft.apply.output.SafetensorsStateDict_Provider;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.gguf.GgufFormat;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.numpy.NumpyFormat;
import io.graft.checkpoint.params.ParamsFormat;
import io.graft.checkpoint.pytorch.PytorchFormat;
import io.graft.checkpoint.safetensors.SafetensorsFormat;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.FileSource;
import io.graft.checkpoint.source.RunSource;
import io.graft.checkpoint.source.http.HttpSource;
import io.graft.command.CommandProvider;
import io.graft.djl.BlockModelOpener_Provider;
import io.graft.djl.program.TorchScriptModelOpener_Provider;
import io.graft.model.parametrization.StorageMaker;
import io.graft.registry.MigrationProvider;
import io.graft.registry.ModelTargetProvider;
import io.graft.registry.ModifierProvider;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.SectionProvider;

/**
 * Changing models: the library that programs call, and that modifiers and the code generated for them are compiled against.
 *
 * <p>On the class path the same services are found through {@code META-INF/services}.
 */
@SuppressWarnings("module") // that a package is exported to a module which is compiled later
module io.graft.core {
    requires transitive ai.djl.api;
    requires transitive typesafe.config;
    requires com.sun.jna;
    requires java.net.http;
    requires org.objectweb.asm;
    requires org.slf4j;
    requires transitive tools.jackson.core;

    // Generated code is marked with @Generated; its module need not say so.
    requires static transitive java.compiler;
    requires static org.apiguardian.api;
    requires static com.google.auto.service;
    requires static org.jspecify;

    exports io.graft.apply.features;
    exports io.graft.apply;
    exports io.graft.checkpoint.carry;
    exports io.graft.checkpoint.diff;
    exports io.graft.checkpoint.gguf;
    exports io.graft.checkpoint.layout;
    exports io.graft.checkpoint.publish;
    exports io.graft.checkpoint.pytorch;
    exports io.graft.checkpoint.safetensors;
    exports io.graft.checkpoint.source.http;
    exports io.graft.checkpoint.source;
    exports io.graft.checkpoint.write;
    exports io.graft.checkpoint;
    exports io.graft.command;
    exports io.graft.config.decoding;
    exports io.graft.config.reading;
    exports io.graft.config.writing;
    exports io.graft.config;
    exports io.graft.convert;
    exports io.graft.djl.array to
            io.graft.models,
            io.graft.training;
    exports io.graft.djl.features;
    exports io.graft.djl.forward;
    exports io.graft.djl.operators to
            io.graft.models;
    exports io.graft.djl;
    exports io.graft.extension;
    exports io.graft.layer;
    exports io.graft.migration;
    exports io.graft.model.modules;
    exports io.graft.model.parametrization;
    exports io.graft.model.ref;
    exports io.graft.model.rules;
    exports io.graft.model.storage;
    exports io.graft.model.training;
    exports io.graft.model.tree;
    exports io.graft.model;
    exports io.graft.problem;
    exports io.graft.registry;
    exports io.graft.report;
    exports io.graft.tensor.expression.bands;
    exports io.graft.tensor.expression;
    exports io.graft.tensor;
    exports io.graft;

    uses CheckpointFormat;
    uses CheckpointLayout;
    uses CheckpointSource;
    uses MigrationProvider;
    uses ModelTargetProvider;
    uses CommandProvider;
    uses ModifierProvider;
    uses OutputFormatProvider;
    uses SectionProvider;
    uses StorageMaker;

    provides CheckpointFormat with
            GgufFormat,
            NumpyFormat,
            ParamsFormat,
            PytorchFormat,
            SafetensorsFormat;
    provides CheckpointSource with
            FileSource,
            HttpSource,
            RunSource;
    provides MigrationProvider with
            DeclaredMigration_Provider;
    provides ModelTargetProvider with
            CheckpointModelOpener_Provider,
            BlockModelOpener_Provider,
            TorchScriptModelOpener_Provider;
    provides OutputFormatProvider with
            GgufStateDict_Provider,
            PytorchStateDict_Provider,
            SafetensorsStateDict_Provider;
}
