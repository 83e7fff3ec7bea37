package io.graft.tensor;

/** Where a tensor's values come from. */
public sealed interface Provenance {
    /** The values the model had before any modifier. */
    record Initial() implements Provenance {}

    /**
     * A tensor of a checkpoint.
     *
     * @param uri the checkpoint, as the report names it
     * @param key the tensor's name in it
     */
    record Stored(String uri, String key) implements Provenance {}

    /**
     * Values computed when the tensor is read.
     *
     * @param operation what is done, in a few words: {@code cast F16 to F32}
     * @param from where the values it starts from come from
     */
    record Computed(String operation, Provenance from) implements Provenance {}

    /** The one initial provenance. */
    Provenance INITIAL = new Initial();
}
