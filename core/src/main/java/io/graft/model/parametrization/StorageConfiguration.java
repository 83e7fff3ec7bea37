package io.graft.model.parametrization;

import java.util.List;

/**
 * What the {@code config.json} beside a model has to say of weights that are held in storages, so that others can read the files. Two
 * that are equal say the same.
 */
public interface StorageConfiguration {
    /**
     * The value of {@code quantization_config}, as JSON.
     *
     * @param plain the modules whose weights are matrices, or more, and are in no storage
     * @param quantized the modules whose weights are in one
     */
    String quantizationConfig(List<String> plain, List<String> quantized);
}
