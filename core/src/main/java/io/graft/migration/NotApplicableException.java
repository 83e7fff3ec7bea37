package io.graft.migration;

/** A checkpoint lacks what a migration needs to know of it. */
public final class NotApplicableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param missing what is missing, as the end of a sentence: {@code the metadata `hyper_parameters.chunks`}
     */
    public NotApplicableException(String missing) {
        super(missing);
    }
}
