package io.graft.training;

import ai.djl.ndarray.NDList;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.translate.TranslateException;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.model.training.Trainability;
import io.graft.problem.FirstFew;
import io.graft.training.checkpoint.CheckpointSaver;
import io.graft.training.checkpoint.Resumption;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.TrainingMoment;
import io.graft.training.schedule.TrainingSchedules;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DJL's trainer for a model that Graft has modified, for whichever loop: it counts steps, carries out schedules, and draws the random
 * numbers of each step from a seed and the step.
 *
 * <pre>{@code
 * ModifiedModel modified = ModelModifierApplier.create().model(model).configuration(Path.of("freeze.conf")).scheduled().run();
 * try (ModelTrainer trainer = ModelTrainer.of(modified, new DefaultTrainingConfig(loss), TrainingOptions.of(AdamW.of(1e-3)))) {
 *     trainer.initialize(new Shape(1, 4));
 *     EasyTrain.fit(trainer, 3, data, null);
 * }
 * }</pre>
 *
 * <p>What is frozen stays as it is, bit for bit: the trainer is not DJL's {@code newTrainer}, which unfreezes loaded models, and a gradient
 * from before a parameter was frozen is gone when it is trained again. Closing it frees what the optimizer remembers, and leaves the model.
 */
public final class ModelTrainer extends Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(ModelTrainer.class);

    private final ModifiedModel model;
    private final NamedOptimizer optimizer;
    private final LearningRates rates;
    private final TrainingSchedules schedules;
    private final StepSeeds seeds;
    private final StepForwards forwards;
    private final Optional<CheckpointSaver> saver;
    private final Optional<Resumption> resumed;
    private TrainingMoment moment;
    private boolean checked;
    private boolean closed;

    /**
     * @param config the caller's
     * @param resumed what the optimizer goes on with
     * @throws IOException if checkpoints cannot be written where they are to be
     */
    ModelTrainer(
            ModifiedModel model,
            TrainingConfig config,
            NamedOptimizer optimizer,
            TrainingSchedules schedules,
            TrainingOptions options,
            TrainingMoment moment,
            Optional<Resumption> resumed)
            throws IOException {
        super(model.model().orElseThrow(), new ConfiguredTraining(config, optimizer, new EpochEnds()));
        this.model = model;
        this.optimizer = optimizer;
        this.schedules = schedules;
        this.rates = options.learningRates().orElse(LearningRates.CONSTANT);
        this.seeds =
                new StepSeeds(getManager().getEngine(), options.seed().orElseGet(() -> new SecureRandom().nextLong()));
        this.forwards = new StepForwards(this, model, optimizer, seeds);
        this.moment = moment;
        this.resumed = resumed;
        this.saver = options.checkpoints().isEmpty()
                ? Optional.empty()
                : Optional.of(new CheckpointSaver(options.checkpoints().get(), model, optimizer, rates, seeds.seed()));
        forwards.begin();
    }

    /** Tells the trainer of the ends of epochs, which loops tell listeners of. */
    private static final class EpochEnds extends TrainingListenerAdapter {
        @Override
        public void onEpoch(Trainer trainer) {
            ((ModelTrainer) trainer).endEpoch();
        }
    }

    /**
     * A trainer, ready for its first step.
     *
     * @param model by a run on a DJL {@code Model}; if it has schedules, by one that was told that they are carried out
     * @param config loss, evaluators and listeners; its optimizer is not used, nor are its initializers
     * @throws GraftException if groups or schedules are wrong, or nothing is trained in the first step
     * @throws IllegalArgumentException if there is a block alone, or the trainer is to use other devices than the parameters are on
     * @throws IllegalStateException if the model has a trainer that is not closed
     */
    public static ModelTrainer of(ModifiedModel model, TrainingConfig config, TrainingOptions options) {
        return new TrainerOpening(model, options, TrainingMoment.START, untouched -> Optional.empty()).open(config);
    }

    /**
     * A trainer that goes on where another one was saved: with what its optimizer remembered, its epoch and step, and its seed, if it
     * has one. The model must have the values that were saved, {@link SavedTraining#model}.
     *
     * @throws GraftException also if what was saved does not fit the model or the optimizer
     */
    public static ModelTrainer resume(
            ModifiedModel model, TrainingConfig config, TrainingOptions options, SavedTraining saved) {
        TrainingOptions seeded = saved.seed().map(options::seeded).orElse(options);
        return new TrainerOpening(model, seeded, saved.moment(), optimizer -> {
                    Resumption resumed = saved.restore(optimizer);
                    resumed.warnings().forEach(LOG::warn);
                    return Optional.of(resumed);
                })
                .open(config);
    }

    /** The model and what was made of it. */
    public ModifiedModel modified() {
        return model;
    }

    /** The optimizer, with what it remembers. */
    public NamedOptimizer optimizer() {
        return optimizer;
    }

    /** How far the training is. */
    public TrainingMoment moment() {
        return moment;
    }

    /** What the optimizer goes on with of a training that was saved; empty if none is gone on with. */
    public Optional<Resumption> resumed() {
        return resumed;
    }

    /** What the random numbers of each step are drawn from. */
    public long seed() {
        return seeds.seed();
    }

    /** Waits until a checkpoint that is being written is there, or has failed. */
    public void saved() {
        saver.ifPresent(CheckpointSaver::await);
    }

    /** {@inheritDoc} Their order follows from the seed and the epoch. */
    @Override
    public Iterable<Batch> iterateDataset(Dataset dataset) throws IOException, TranslateException {
        seeds.forEpoch(moment.epochs());
        return super.iterateDataset(dataset);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if another one is open in this process
     */
    @Override
    public GradientCollector newGradientCollector() {
        return SoleCollector.open(super::newGradientCollector);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if nothing is left to be trained
     */
    @Override
    public NDList forward(NDList input) {
        beforeForward(input);
        return super.forward(input);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if nothing is left to be trained
     */
    @Override
    public NDList forward(NDList data, NDList labels) {
        beforeForward(data);
        return super.forward(data, labels);
    }

    private void beforeForward(NDList input) {
        if (!schedules.isAnyTrained()) {
            throw new IllegalStateException("nothing is left to be trained at " + moment
                    + ": every parameter is frozen; end the training, or its schedules later");
        }
        forwards.before(input, moment.steps());
    }

    /** {@inheritDoc} Schedules are carried out after it. */
    @Override
    public void step() {
        if (!checked) {
            FirstStep.check(this, optimizer.parameters());
            checked = true;
        }
        optimizer.begin(rates.factor(moment.steps()));
        super.step();
        forwards.end();
        moment = moment.afterStep();
        carryOutSchedules();
        saver.ifPresent(saving -> saving.afterStep(moment));
    }

    private void endEpoch() {
        moment = moment.afterEpoch();
        carryOutSchedules();
        saver.ifPresent(saving -> saving.afterEpoch(moment, evaluations()));
    }

    private void carryOutSchedules() {
        if (schedules.apply(moment.epochs(), moment.steps())) {
            optimizer.follow(model);
            forwards.begin();
        }
    }

    private Map<String, Float> evaluations() {
        Map<String, Float> found = getTrainingResult().getEvaluations();
        return found == null ? Map.of() : found;
    }

    /** {@inheritDoc} Schedules that never began are told by a warning in the log. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Map<String, Trainability> left = schedules.notBegun(moment.epochs(), moment.steps());
        if (!left.isEmpty()) {
            LOG.warn(
                    "the training ended at {}, before {} began to be trained",
                    moment,
                    FirstFew.of(
                            left.entrySet().stream()
                                    .map(each -> "`" + each.getKey() + "` (" + each.getValue() + ")")
                                    .toList(),
                            4));
        }
        saver.ifPresent(CheckpointSaver::close);
        super.close();
        optimizer.close();
        TrainedModels.release(getModel());
    }
}
