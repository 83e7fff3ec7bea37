package io.graft.modifiers.lora.placing;

import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.modifiers.lora.update.Arrangement;

/**
 * An update and the weight that it is for.
 *
 * @param name what the configuration's patterns know the update by
 * @param arrangement how the factors lie over the weight
 */
public record Placement(LowRank update, String name, DraftTensor weight, Arrangement arrangement) {}
