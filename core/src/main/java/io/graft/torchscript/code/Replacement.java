package io.graft.torchscript.code;

import java.util.Optional;

/**
 * What takes the place of reading a field.
 *
 * @param whole the method that gives what was read; empty if that is read as before
 * @param beside the method that adds products to what a call gives that multiplies with the field; empty if there are none
 */
public record Replacement(Optional<String> whole, Optional<String> beside) {}
