/**
 * Options and arguments that several commands share, and what they stand for: extensions, configurations, checkpoints to fetch.
 *
 * <p>Knows no command.
 */
package io.graft.cli.option;
