package io.graft.torchscript.code;

import java.util.List;
import java.util.Optional;

/**
 * What a program takes.
 *
 * @param names of the arguments, in order
 * @param required how many of them have no value of their own; they come first
 */
public record Signature(List<String> names, int required) {
    public Signature {
        names = List.copyOf(names);
    }

    /** That of a class's {@code forward}; empty if it has none. */
    public static Optional<Signature> ofForward(ClassText type) {
        return type.method("forward")
                .map(method ->
                        method.parameters().subList(1, method.parameters().size()))
                .map(arguments -> new Signature(
                        arguments.stream().map(MethodText.Parameter::name).toList(), (int) arguments.stream()
                                .filter(argument -> !argument.optional())
                                .count()));
    }
}
