package io.graft.checkpoint.bytes;

/**
 * A place in a document, put into words only when a message needs it.
 *
 * @param kind what stands there: {@code tensor}, {@code shape}
 * @param owner the name of it as text, or the place that it is part of
 */
public record Place(String kind, Object owner) {
    @Override
    public String toString() {
        return owner instanceof String name ? kind + " " + Refusals.quote(name) : kind + " of " + owner;
    }
}
