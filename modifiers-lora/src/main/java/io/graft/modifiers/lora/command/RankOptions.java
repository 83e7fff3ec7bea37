package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.resize.TargetRank;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The rank of updates: one of the three. */
final class RankOptions {
    @Option(
            names = "--rank",
            paramLabel = "R",
            required = true,
            description = "The rank of every update; one that has a lower one keeps it.")
    private Integer rank;

    @Option(
            names = "--energy",
            paramLabel = "SHARE",
            required = true,
            description =
                    "How much of the sum of squares each update keeps, such as 0.9; each gets the rank that it needs.")
    private Double energy;

    @Option(
            names = "--threshold",
            paramLabel = "SHARE",
            required = true,
            description =
                    "The parts that each update keeps: those whose singular value is at least this share of the largest, as"
                            + " 0.05.")
    private Double threshold;

    TargetRank target(CommandSpec spec) {
        if (rank != null) {
            if (rank < 1) {
                throw new ParameterException(spec.commandLine(), "--rank: " + rank + " is not 1 or more");
            }
            return new TargetRank.Fixed(rank);
        }
        return energy != null
                ? new TargetRank.Energy(share("--energy", energy, spec))
                : new TargetRank.Threshold(share("--threshold", threshold, spec));
    }

    private static double share(String option, double share, CommandSpec spec) {
        if (share > 0 && share <= 1) {
            return share;
        }
        throw new ParameterException(spec.commandLine(), option + ": " + share + " is not above 0 and at most 1");
    }
}
