package io.graft.checkpoint.write;

/**
 * How files are written.
 *
 * @param digest whether the SHA-256 of each file is taken, which needs longer than copying
 * @param sync whether files are forced to the disk before they count as written, so that they outlive a power failure
 * @param part which of the files are written
 */
public record WriteOptions(boolean digest, boolean sync, Part part) {
    /** Every file, hashed and forced to the disk. */
    public static final WriteOptions DEFAULT = new WriteOptions(true, true, Part.WHOLE);

    public WriteOptions withPart(Part other) {
        return new WriteOptions(digest, sync, other);
    }
}
