package io.graft.cli.option;

import io.graft.cli.output.Console;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What has to hold for the one checkpoint that a command is about. */
public final class FetchOptions {
    private static final String SHA256 = "--sha256";

    @Option(
            names = SHA256,
            paramLabel = "HEX",
            description = "The SHA-256 that the checkpoint, or the index of its shards, must have.")
    private String sha256;

    @Option(
            names = "--section",
            paramLabel = "NAME",
            description = "Take this section of the checkpoint, such as ema, in place of the model's own.")
    private String section;

    @Mixin
    private DownloadOptions download;

    public FetchRequest request(Console console) {
        return download.request(SHA256, sha256, console).using(section);
    }

    /** How another one is fetched, whose digest and section nobody gives. */
    public FetchRequest requestOfAnother(Console console) {
        return download.request(SHA256, null, console);
    }
}
