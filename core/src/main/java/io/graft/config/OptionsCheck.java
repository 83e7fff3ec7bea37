package io.graft.config;

import java.util.function.BiConsumer;

/**
 * A check of a whole options record; behind each {@link Check} method.
 *
 * @param name of the method, for messages
 * @param body finds problems and reports them
 */
public record OptionsCheck<T>(String name, BiConsumer<? super T, CheckSink> body) {}
