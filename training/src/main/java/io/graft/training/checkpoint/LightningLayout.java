package io.graft.training.checkpoint;

import io.graft.training.schedule.TrainingMoment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As Lightning 2 saves a training: with how far its loops are. What callbacks and schedulers of learning rates keep is none of it. */
final class LightningLayout implements PytorchForm.Layout {
    /** Whose layout it is: Lightning mends those of older ones. */
    private static final String VERSION = "2.6.0";

    @Override
    public Map<String, Object> of(Map<String, Object> model, Map<String, Object> optimizer, TrainingState state) {
        TrainingMoment moment = state.moment();
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("epoch", moment.epochs());
        file.put("global_step", moment.steps());
        file.put("pytorch-lightning_version", VERSION);
        file.put("state_dict", model);
        file.put("loops", Map.of("fit_loop", fitLoop(moment)));
        file.put("callbacks", Map.of());
        file.put("optimizer_states", List.of(optimizer));
        file.put("lr_schedulers", List.of());
        return file;
    }

    private static Map<String, Object> fitLoop(TrainingMoment moment) {
        long epochs = moment.epochs();
        // An epoch under way has begun, and is not processed.
        long begun = moment.stepsOfEpoch() == 0 ? epochs : epochs + 1;
        Map<String, Object> epoch = counts(begun, epochs);
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("state_dict", Map.of());
        loop.put("epoch_loop.state_dict", Map.of("_batches_that_stepped", moment.steps()));
        loop.put("epoch_loop.batch_progress", batches(moment));
        loop.put("epoch_loop.automatic_optimization.state_dict", Map.of());
        loop.put("epoch_loop.automatic_optimization.optim_progress", Map.of("optimizer", optimizer(moment)));
        loop.put("epoch_progress", progress(epoch, epoch));
        return loop;
    }

    private static Map<String, Object> batches(TrainingMoment moment) {
        Map<String, Object> batches =
                progress(counts(moment.steps(), moment.steps()), counts(moment.stepsOfEpoch(), moment.stepsOfEpoch()));
        batches.put("is_last_batch", false);
        return batches;
    }

    private static Map<String, Object> progress(Map<String, Object> total, Map<String, Object> current) {
        Map<String, Object> progress = new LinkedHashMap<>();
        progress.put("total", total);
        progress.put("current", current);
        return progress;
    }

    private static Map<String, Object> optimizer(TrainingMoment moment) {
        Map<String, Object> optimizer = new LinkedHashMap<>();
        optimizer.put("step", progress(done(moment.steps()), done(moment.stepsOfEpoch())));
        optimizer.put(
                "zero_grad",
                progress(
                        counts(moment.steps(), moment.steps(), false),
                        counts(moment.stepsOfEpoch(), moment.stepsOfEpoch(), false)));
        return optimizer;
    }

    private static Map<String, Object> done(long count) {
        Map<String, Object> done = new LinkedHashMap<>();
        done.put("ready", count);
        done.put("completed", count);
        return done;
    }

    private static Map<String, Object> counts(long begun, long done) {
        return counts(begun, done, true);
    }

    private static Map<String, Object> counts(long begun, long done, boolean isProcessed) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("ready", begun);
        counts.put("completed", done);
        counts.put("started", begun);
        if (isProcessed) {
            counts.put("processed", done);
        }
        return counts;
    }
}
