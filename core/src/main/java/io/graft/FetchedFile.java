package io.graft;

/**
 * A checkpoint that came from another machine, so that it can be told later which one it was.
 *
 * @param uri as reports name it everywhere
 * @param sha256 of what was fetched, 64 hexadecimal digits
 */
public record FetchedFile(String uri, String sha256) {}
