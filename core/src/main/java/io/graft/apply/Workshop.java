package io.graft.apply;

/**
 * What the runs of one applier share.
 *
 * @param opener opens models that configurations name
 */
record Workshop(Configurations configurations, ModelOpener opener) {
    /**
     * @throws io.graft.GraftException if the configuration cannot be read, or has errors
     */
    Configuration read(ConfigurationSource source, Demand demand) {
        return source.read(configurations, demand);
    }
}
