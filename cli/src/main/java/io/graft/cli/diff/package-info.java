/**
 * The command {@code diff}: where two checkpoints differ, as text and as JSON.
 */
package io.graft.cli.diff;
