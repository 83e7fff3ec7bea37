package io.graft.config.reading;

import io.graft.config.CheckSink;
import java.util.function.BiConsumer;

/**
 * A check of a whole options record; behind each {@link io.graft.config.Check} method.
 *
 * @param name of the method, for messages
 * @param body finds problems and reports them
 */
public record OptionsCheck<T>(String name, BiConsumer<? super T, CheckSink> body) {}
