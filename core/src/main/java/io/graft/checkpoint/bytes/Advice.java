package io.graft.checkpoint.bytes;

/**
 * What a person can do about a file of one format that is not read.
 *
 * @param ifMalformed about one that breaks the format's rules
 * @param ifRefused about one that asks for what no checkpoint has to ask for
 */
public record Advice(String ifMalformed, String ifRefused) {
    /** The same advice about both. */
    public static Advice always(String advice) {
        return new Advice(advice, advice);
    }

    /** Advice for a format whose honest files ask for nothing that is refused. */
    public static Advice of(String ifMalformed) {
        return new Advice(ifMalformed, "do not use this file unless you know who wrote it");
    }
}
