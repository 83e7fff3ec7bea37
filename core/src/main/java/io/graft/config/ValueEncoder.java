package io.graft.config;

import com.typesafe.config.ConfigValue;

/** Turns a typed value into what a file holds; {@link Encoders} has those that options use. */
@FunctionalInterface
public interface ValueEncoder<T> {
    /** The value in the form that the {@link ValueDecoder} of its type reads back to an equal one. */
    ConfigValue encode(T value);
}
