package io.graft.modifiers.transfer;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rule;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.TransferLearningOptions.Buffers;
import io.graft.modifiers.transfer.TransferLearningOptions.DtypeMismatch;
import io.graft.modifiers.transfer.TransferLearningOptions.OnUnexpected;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Options with the defaults that a file has, changed one at a time. */
final class Options {
    private final Path checkpointPath;
    private final List<Rule> rename = new ArrayList<>();
    private final List<AlignRule> align = new ArrayList<>();
    private boolean strict;
    private boolean skipMismatched = true;
    private String prefix = "auto";
    private Optional<Double> minCoverage = Optional.empty();
    private List<Selector> include = List.of();
    private List<Selector> exclude = List.of();
    private Buffers buffers = Buffers.LOAD;
    private OnUnexpected onUnexpected = OnUnexpected.IGNORE;
    private DtypeMismatch dtypeMismatch = DtypeMismatch.CAST;
    private boolean allowScalarReshape;
    private boolean override;
    private Optional<Refresh> refresh = Optional.empty();
    private Optional<ConfigDrift> configDrift = Optional.empty();
    private Optional<KeptCodes> keepCodes = Optional.empty();

    private Options(Path checkpointPath) {
        this.checkpointPath = checkpointPath;
    }

    /** Transfers into a new draft of a model. */
    static ModifierRun transfer(ModelFixture model, Options options) {
        return transfer(model.draft(), options);
    }

    /** Transfers into a model, which stays as it is if there is an error. */
    static ModifierRun transfer(ModelDraft model, Options options) {
        ModifierRun run = ModifierRun.of(model, new TransferLearningModelModifier(options.options()));
        return run.errors().isEmpty() ? run : run.changesNothing();
    }

    static Options from(Path checkpointPath) {
        return new Options(checkpointPath);
    }

    Options strict() {
        strict = true;
        return this;
    }

    Options refuseMismatched() {
        skipMismatched = false;
        return this;
    }

    Options prefix(String text) {
        prefix = text;
        return this;
    }

    Options minCoverage(double share) {
        minCoverage = Optional.of(share);
        return this;
    }

    Options rename(String from, String to) {
        rename.add(new Rule.Rename(from, to));
        return this;
    }

    Options include(String... selectors) {
        include = Stream.of(selectors).map(Selector::parse).toList();
        return this;
    }

    Options exclude(String... selectors) {
        exclude = Stream.of(selectors).map(Selector::parse).toList();
        return this;
    }

    Options keepBuffers() {
        buffers = Buffers.KEEP;
        return this;
    }

    Options refuseUnexpected() {
        onUnexpected = OnUnexpected.ERROR;
        return this;
    }

    Options refuseDtypes() {
        dtypeMismatch = DtypeMismatch.REFUSE;
        return this;
    }

    Options override() {
        override = true;
        return this;
    }

    Options rule(Rule rule) {
        rename.add(rule);
        return this;
    }

    Options refresh(boolean states, boolean tendencies) {
        refresh = Optional.of(new Refresh(states, tendencies, List.of(), List.of()));
        return this;
    }

    Options refresh(Refresh chosen) {
        refresh = Optional.of(chosen);
        return this;
    }

    Options configDrift(ConfigDrift drift) {
        configDrift = Optional.of(drift);
        return this;
    }

    Options keepCodes(KeptCodes kept) {
        keepCodes = Optional.of(kept);
        return this;
    }

    Options allowScalarReshape() {
        allowScalarReshape = true;
        return this;
    }

    Options align(String tensor, int dimension, List<String> source, List<String> model, AlignRule.NamePair... names) {
        align.add(new AlignRule(Selector.parse(tensor), dimension, source, model, List.of(names)));
        return this;
    }

    TransferLearningOptions options() {
        return new TransferLearningOptions(
                CheckpointRef.of(checkpointPath),
                strict,
                skipMismatched,
                prefix,
                minCoverage,
                rename,
                include,
                exclude,
                buffers,
                onUnexpected,
                dtypeMismatch,
                allowScalarReshape,
                override,
                refresh,
                configDrift,
                keepCodes,
                align);
    }
}
