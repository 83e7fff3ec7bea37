package io.graft.config.reading;

/**
 * What a key was called before.
 *
 * @param name kebab-case
 * @param since the version that renamed it
 * @param removeIn the version that will no longer know the name; empty if that is open
 */
record FormerKey(String name, String since, String removeIn) {}
