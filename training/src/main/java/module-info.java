/** DJL's trainer, configured for modified models. */
module io.graft.training {
    requires transitive io.graft.core;
    requires static org.apiguardian.api;
    requires static org.jspecify;

    exports io.graft.training.optimizer;
}
