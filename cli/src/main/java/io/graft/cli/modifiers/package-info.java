/**
 * The command {@code modifiers}: which there are, and what is known of each.
 */
package io.graft.cli.modifiers;
