package io.graft.cli;

import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.Sha256;
import io.graft.config.ProblemCode;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What has to hold for the one checkpoint that a command reads. */
final class FetchOptions {
    @Option(
            names = "--sha256",
            paramLabel = "HEX",
            description = "The digest that the file, or the index of the shards, must have.")
    private String sha256;

    @Mixin
    private PickleOption pickle;

    FetchConditions conditions() {
        return pickle.conditions(Optional.ofNullable(sha256).map(FetchOptions::digest));
    }

    private static Sha256 digest(String text) {
        try {
            return Sha256.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, "--sha256: " + malformed.getMessage(), "");
        }
    }
}
