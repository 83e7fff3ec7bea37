package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.ModuleForward;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.model.Adapter;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model whose schedules somebody carries out, so that it need know of the first step alone. */
record ScheduledTarget(LiveTarget target) implements LiveTarget {
    @Override
    public List<Problem> refusals(Plan plan) {
        return target.refusals(plan.atStart());
    }

    @Override
    public Commit commit(Plan plan, ValueWatch watch) throws IOException {
        return target.commit(plan.atStart(), watch);
    }

    @Override
    public Commit commitForGood(Plan plan, ValueWatch watch) throws IOException {
        return target.commitForGood(plan.atStart(), watch);
    }

    @Override
    public LiveTarget scheduled() {
        return this;
    }

    @Override
    public LiveTarget reread() {
        return target.reread();
    }

    @Override
    public LiveTarget running() {
        return target.running();
    }

    @Override
    public Block block() {
        return target.block();
    }

    @Override
    public Optional<Model> model() {
        return target.model();
    }

    @Override
    public Map<String, Parameter> parameters() {
        return target.parameters();
    }

    @Override
    public List<Adapter> adapters() {
        return target.adapters();
    }

    @Override
    public void activate(Map<String, Double> weightOfAdapter) {
        target.activate(weightOfAdapter);
    }

    @Override
    public void release() {
        target.release();
    }

    @Override
    public ModelRef ref() {
        return target.ref();
    }

    @Override
    public ModelDraft draft() {
        return target.draft();
    }

    @Override
    public Checkpoint named(Checkpoint checkpoint) {
        return target.named(checkpoint);
    }

    @Override
    public Belongings belongings() {
        return target.belongings();
    }

    @Override
    public ModelConfiguration configuration() {
        return target.configuration();
    }

    @Override
    public boolean isFiles() {
        return target.isFiles();
    }

    @Override
    public Optional<Forward> forward() {
        return target.forward();
    }

    @Override
    public Optional<ModuleForward> forwardAt(String module) {
        return target.forwardAt(module);
    }

    @Override
    public Optional<List<String>> writableFormats() {
        return target.writableFormats();
    }

    @Override
    public Optional<StateDictFormat> ownFormat(Plan plan) {
        return target.ownFormat(plan);
    }
}
