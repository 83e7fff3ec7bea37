/**
 * The {@code graft} command: options, exit codes, and text for people. What a command finds out comes from {@code core}; this
 * package parses arguments and prints.
 *
 * <p>Start reading at {@link io.graft.cli.GraftCommand}.
 */
package io.graft.cli;
