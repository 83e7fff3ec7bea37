package io.graft.djl.program;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.ModuleForward;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.ValueWatch;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.djl.LiveTarget;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import io.graft.torchscript.RecomputedWeights;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A TorchScript archive. It is never changed; a run writes another one, and one that only computes makes another one meanwhile. */
final class TorchScriptTarget implements LiveTarget {
    private final SourceCheckpoint source;
    private final ScriptArchive archive;
    private final Belongings belongings;
    private volatile ScriptRun run;
    private Optional<ScriptRun.Loaded> loaded = Optional.empty();

    TorchScriptTarget(SourceCheckpoint source, ScriptArchive archive) {
        this.source = source;
        this.archive = archive;
        this.belongings = source.folder()
                .map(folder -> Belongings.beside(source.checkpoint(), folder))
                .orElseGet(() -> Belongings.fetched(source.checkpoint()));
        this.run = ScriptRun.of(archive);
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("torchscript", source.uri());
    }

    /** {@inheritDoc} Of the program, once it was committed or loaded. */
    @Override
    public synchronized ModelDraft draft() {
        return loaded.isPresent() || run.plan().isPresent() ? loaded().program().draft() : archive.draft();
    }

    @Override
    public Belongings belongings() {
        return belongings;
    }

    @Override
    public Optional<StateDictFormat> ownFormat(Plan plan) {
        return Optional.of(new ScriptFormat(
                archive, plan, () -> RecomputedWeights.of(archive, plan).unwritable()));
    }

    /** {@inheritDoc} It runs as it was committed last, in an archive that is written for it and removed again. */
    @Override
    public Optional<Forward> forward() {
        return Optional.of(inputs -> run.run(inputs));
    }

    /** {@inheritDoc} It runs in a copy of the archive, in whose code the module keeps what it gives. */
    @Override
    public Optional<ModuleForward> forwardAt(String module) {
        return Optional.of(ScriptModuleForward.of(run, module));
    }

    /** {@inheritDoc} Loaded when it is asked for, as it was committed last. */
    @Override
    public Block block() {
        return loaded().model().getBlock();
    }

    @Override
    public Optional<Model> model() {
        return Optional.of(loaded().model());
    }

    @Override
    public Map<String, String> kernels() {
        return loaded().program().kernels();
    }

    @Override
    public Map<String, Parameter> parameters() {
        return loaded().program().trained();
    }

    @Override
    public void activate(Map<String, Double> weightOfAdapter) {
        loaded().program().activate(weightOfAdapter);
    }

    private synchronized ScriptRun.Loaded loaded() {
        if (loaded.isEmpty()) {
            loaded = Optional.of(run.load());
        }
        return loaded.get();
    }

    /** {@inheritDoc} The program, as it was committed last. */
    @Override
    public LiveTarget running() {
        return new LiveScriptTarget(loaded().model(), source.uri(), loaded().program());
    }

    @Override
    public synchronized void release() {
        loaded.ifPresent(ScriptRun.Loaded::close);
        loaded = Optional.empty();
    }

    @Override
    public List<Problem> refusals(Plan plan) {
        RecomputedWeights recomputed = RecomputedWeights.of(archive, plan);
        List<Problem> problems =
                new ArrayList<>(ScriptChanges.of(archive, recomputed.coded()).problems());
        problems.addAll(recomputed.problems());
        problems.addAll(Recomputation.refusals(recomputed));
        return problems;
    }

    @Override
    public Commit commit(Plan plan, ValueWatch watch) {
        ScriptRun before = run;
        run = ScriptRun.of(archive, plan, watch);
        return new Commit() {
            @Override
            public void rollBack() {
                run = before;
            }

            @Override
            public void close() {}
        };
    }
}
