/**
 * The command {@code convert}: one checkpoint into another file, and what was written, as text and as JSON.
 */
package io.graft.cli.convert;
