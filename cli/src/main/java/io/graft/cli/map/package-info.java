/**
 * The command {@code map}: from the names of a checkpoint to those of a model.
 */
package io.graft.cli.map;
