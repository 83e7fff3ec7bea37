import io.graft.registry.SectionProvider;
import io.graft.training.TrainingSection_Provider;

/** DJL's trainer, configured for modified models. */
module io.graft.training {
    requires transitive io.graft.core;
    requires static org.apiguardian.api;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.graft.training;
    exports io.graft.training.optimizer;
    exports io.graft.training.schedule;

    provides SectionProvider with
            TrainingSection_Provider;
}
