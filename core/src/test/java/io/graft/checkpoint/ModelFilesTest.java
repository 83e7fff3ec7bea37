package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFilesTest {
    /** What a folder is opened by goes when another model is written into it; the rest is not Graft's. */
    @ParameterizedTest
    @CsvSource({
        "model.safetensors, true",
        "model-00001-of-00002.safetensors, true",
        "model.safetensors.index.json, true",
        "pytorch_model.bin, true",
        "pytorch_model-00001-of-00002.bin, true",
        "pytorch_model.bin.index.json, true",
        "graft-manifest.json, true",
        "graft-part-00001-of-00002.json, true",
        "pytorch_model.bin.old, false",
        "model-1-of-2.safetensors, false",
        "adapter_model.safetensors, false",
        "config.json, false"
    })
    void filesOfTheModelBefore(String name, boolean isReplaced) {
        assertEquals(isReplaced, ModelFiles.isReplaced(name));
    }
}
