package io.graft.torchscript.code;

import java.util.Optional;

/**
 * What takes the place of reading a field.
 *
 * @param whole the method that gives what was read; empty if that is read as before
 * @param product the method that gives what a call gives that multiplies with the field, of the call's input and bias,
 *     or of the indices, padding, scaling and sparsity of a lookup; where there is one, the field is read in such calls alone, and is not read any more
 * @param beside the method that adds products to what such a call gives; empty if there are none
 */
public record Replacement(Optional<String> whole, Optional<String> product, Optional<String> beside) {
    /** A method that gives what was read. */
    public static Replacement whole(String method) {
        return new Replacement(Optional.of(method), Optional.empty(), Optional.empty());
    }
}
