package io.graft.training.schedule;

import io.graft.config.Default;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.training.Trainability;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * Gradual unfreezing (Howard and Ruder, <em>Universal language model fine-tuning</em>, 2018): one depth of the model after the other is
 * trained, the one next to the outputs first.
 *
 * @param depths the modules of each depth, a selector for each: the first is trained from the start, the next from {@code every} epochs on
 * @param everyEpochs how many epochs lie between two depths
 */
public record Unfreezing(
        @NotEmpty List<Selector> depths,
        @Default("1") @Range(min = 1) long everyEpochs) {
    public Unfreezing {
        depths = List.copyOf(depths);
    }

    /**
     * When a depth is trained.
     *
     * @param depth from 0
     */
    public Trainability trained(int depth) {
        return Trainability.during(Optional.of(new Moment(Unit.EPOCH, depth * everyEpochs)), Optional.empty());
    }
}
