package io.graft.report;

/**
 * A change in words.
 *
 * @param group the heading that it is listed under, after a sign of its kind
 * @param item its own words
 */
record ChangeLine(String group, String item) {}
