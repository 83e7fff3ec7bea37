package io.graft.apply;

import io.graft.registry.PlugRegistry;

/**
 * What the runs of one applier share.
 *
 * @param opening opens models that configurations name
 */
record Workshop(PlugRegistry registry, Configurations configurations, ModelOpening opening) {
    /**
     * @throws io.graft.GraftException if the configuration cannot be read, or has errors
     */
    Configuration read(ConfigurationSource source, Demand demand) {
        return source.read(configurations, demand);
    }
}
