package io.graft.apply;

import io.graft.checkpoint.Progress;
import io.graft.registry.PlugRegistry;

/**
 * What the runs of one applier share.
 *
 * @param opening opens models that configurations name
 * @param progress is told of what takes a while
 */
record Workshop(PlugRegistry registry, Configurations configurations, ModelOpening opening, Progress progress) {
    /**
     * @throws io.graft.GraftException if the configuration cannot be read, or has errors
     */
    Configuration read(ConfigurationSource source, Demand demand) {
        return source.read(configurations, demand);
    }
}
