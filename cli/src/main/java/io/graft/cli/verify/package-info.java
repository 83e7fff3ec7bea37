/**
 * The command {@code verify}: whether a modified model computes what it should.
 */
package io.graft.cli.verify;
