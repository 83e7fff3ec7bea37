package io.graft.modifiers.lora;

import io.graft.model.Parametrization;

/** A tensor of the model that is updated. */
record Merge(String name, Parametrization update) {}
