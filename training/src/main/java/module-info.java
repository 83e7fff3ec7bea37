import io.graft.registry.SectionProvider;
import io.graft.training.TrainingSection_Provider;

/** DJL's trainer, configured for modified models. */
module io.graft.training {
    requires transitive io.graft.core;
    requires io.graft.modifiers.builtin;
    requires static org.apiguardian.api;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.graft.training;
    exports io.graft.training.checkpoint;
    exports io.graft.training.optimizer;
    exports io.graft.training.schedule;
    exports io.graft.training.strategy;

    provides SectionProvider with
            TrainingSection_Provider;
}
