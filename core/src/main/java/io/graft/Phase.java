package io.graft;

/** Where a modifier may stand in a list, as against those that load the values of other checkpoints. */
public enum Phase {
    /** It loads values. */
    LOAD,

    /** It comes to the same before and after values are loaded, as what is about names, structure, or what is trained. */
    BEFORE_LOAD,

    /** It works with values, so that all that loads some stands before it. */
    AFTER_LOAD;

    /** What the class of a modifier declares. */
    public static Phase of(ModelModifier modifier) {
        Modifier declared = modifier.getClass().getAnnotation(Modifier.class);
        return declared == null ? AFTER_LOAD : declared.phase();
    }
}
