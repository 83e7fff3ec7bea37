package io.graft.model.storage;

import io.graft.checkpoint.carry.CarriedConfig;
import io.graft.checkpoint.carry.ConfigText;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.parametrization.StorageConfiguration;
import java.util.List;
import java.util.Optional;

/**
 * What the {@code config.json} beside a checkpoint says of its codes, which holds wherever they go.
 *
 * @param text the whole file
 */
record FoundConfiguration(String text) implements StorageConfiguration {
    /** Empty if it says nothing of them. */
    static Optional<StorageConfiguration> of(ModelConfiguration configuration) {
        return Optional.of(configuration)
                .filter(found -> !found.values().isEmpty())
                .map(ModelConfiguration::text)
                .filter(text -> config(text).isQuantized())
                .map(FoundConfiguration::new);
    }

    private static CarriedConfig config(String text) {
        return new CarriedConfig(ConfigText.of(text));
    }

    /** {@inheritDoc} Modules that are plain are added to its list of such, if it has one. */
    @Override
    public String quantizationConfig(List<String> plain, List<String> quantized) {
        return config(text).quantization(plain, quantized).orElseThrow();
    }
}
