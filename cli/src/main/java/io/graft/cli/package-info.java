/**
 * The {@code graft} command as a whole: where it starts, what it does about failures. Each command has a package of its own inside.
 * What a command finds out comes from {@code core}; here arguments are parsed and results printed.
 *
 * <p>Start reading at {@link io.graft.cli.GraftCommand}.
 */
package io.graft.cli;
