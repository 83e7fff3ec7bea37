/**
 * The commands {@code apply} and {@code plan}.
 */
package io.graft.cli.apply;
