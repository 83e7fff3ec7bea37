/**
 * The command {@code featurize}: what a module of a model gives, in a file.
 */
package io.graft.cli.featurize;
