package io.graft.config;

/** One value of a configuration tree, with its path and its place in the file. */
public final class ConfigCursor {
    ConfigCursor() {}
}
