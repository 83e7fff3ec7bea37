/**
 * The command {@code doctor}: why something does not start, and what to do.
 */
package io.graft.cli.doctor;
