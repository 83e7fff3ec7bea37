package com.acme;

/**
 * Options.
 *
 * @param tensor what to take out
 */
public record PruningOptions(String tensor) {}
