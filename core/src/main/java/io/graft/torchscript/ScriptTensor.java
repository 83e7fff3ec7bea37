package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;

/**
 * A parameter or buffer of an archive, in the object that holds it.
 *
 * @param name its full name
 * @param module the object; one that stands in two places gives its tensors two names
 * @param field the object's own name for it
 * @param value the node that describes it
 */
record ScriptTensor(String name, Opaque module, String field, TensorValue value) {}
