/**
 * What every command prints with: the console, tables, problems, progress, the head of a JSON document, exit codes.
 *
 * <p>Knows neither options nor commands.
 */
package io.graft.cli.output;
