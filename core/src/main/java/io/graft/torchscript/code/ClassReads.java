package io.graft.torchscript.code;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Rewrites the methods of classes for objects of theirs, so that they call methods in the place of reading fields.
 *
 * @param <M> an object
 */
public final class ClassReads<M> {
    private final MethodReads<M> reads;

    /**
     * @param child the module that a field of a module holds; empty if it holds none
     * @param replacement the method that is called in the place of a field of a module; empty if the field is read
     * @param fields all names that some module has such a method for
     */
    public ClassReads(
            BiFunction<M, String, Optional<M>> child,
            BiFunction<M, String, Optional<String>> replacement,
            Set<String> fields) {
        this.reads = new MethodReads<>(child, replacement, fields);
    }

    /** The modules of which a read was found. */
    public Set<M> read() {
        return reads.read();
    }

    /** Those of which a read was found in code of another module. */
    public Set<M> readElsewhere() {
        return reads.readElsewhere();
    }

    /**
     * A clone of a class.
     *
     * @param receiver an object that is of the clone
     * @param type full name of the clone
     * @throws CodeRefusal if its code cannot be edited
     */
    public ClassText clone(ClassText original, ClassEdit edit, M receiver, String type) {
        return original.edited(
                edit,
                original.methods().stream()
                        .map(method -> reads.rewrite(method, receiver, original.name()))
                        .toList(),
                type);
    }
}
