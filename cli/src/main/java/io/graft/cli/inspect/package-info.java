/**
 * The command {@code inspect}: what a checkpoint holds, module by module, as text and as JSON.
 */
package io.graft.cli.inspect;
