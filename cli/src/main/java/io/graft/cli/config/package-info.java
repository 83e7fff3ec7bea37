/**
 * The command {@code config}: what is wrong with a configuration.
 */
package io.graft.cli.config;
