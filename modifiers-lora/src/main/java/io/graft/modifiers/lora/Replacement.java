package io.graft.modifiers.lora;

import io.graft.tensor.LazyTensor;

/** A tensor of the model that gets the values that the adapter holds. */
record Replacement(String name, LazyTensor value) {}
