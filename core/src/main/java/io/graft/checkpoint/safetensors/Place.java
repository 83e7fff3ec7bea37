package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.TensorName;

/**
 * A place in a document, put into words only when a message needs it.
 *
 * @param kind what stands there: {@code tensor}, {@code shape}
 * @param owner the name of it as text, or the place that it is part of
 */
record Place(String kind, Object owner) {
    @Override
    public String toString() {
        return owner instanceof String name ? kind + " '" + TensorName.printable(name) + "'" : kind + " of " + owner;
    }
}
