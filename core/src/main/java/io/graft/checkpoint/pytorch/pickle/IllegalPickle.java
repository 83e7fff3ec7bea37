package io.graft.checkpoint.pytorch.pickle;

/** A pickle that breaks a rule; {@link PickleReader} adds the file and the offset. */
final class IllegalPickle extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean hostile;

    IllegalPickle(String detail) {
        this(detail, false);
    }

    private IllegalPickle(String detail, boolean hostile) {
        super(detail, null, false, false);
        this.hostile = hostile;
    }

    /** Well formed, but nothing that an honest checkpoint holds. */
    static IllegalPickle hostile(String detail) {
        return new IllegalPickle(detail, true);
    }

    boolean isHostile() {
        return hostile;
    }
}
