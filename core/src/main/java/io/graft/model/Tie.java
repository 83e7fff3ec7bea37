package io.graft.model;

/**
 * What makes a tensor another name of one that has several.
 *
 * @param tensor the name that the model target gives the first of them; the same for all
 * @param implied whether the model's file does not list this name, because whoever loads it knows that it is that tensor
 */
public record Tie(String tensor, boolean implied) {}
