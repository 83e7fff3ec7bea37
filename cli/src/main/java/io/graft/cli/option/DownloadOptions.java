package io.graft.cli.option;

import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.ConditionNames;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.problem.ProblemCode;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What holds for every checkpoint that a command fetches. */
public final class DownloadOptions {
    private static final String ALLOW_PICKLE = "--allow-pickle";

    @Option(
            names = ALLOW_PICKLE,
            description = "Read pickle-based files, such as .pt and .ckpt, from other machines too, without a digest.")
    private boolean allowed;

    @Mixin
    private ProgressOption progress;

    /**
     * How one checkpoint is fetched.
     *
     * @param option that gives the digest
     * @param digest its value; null if it is not given
     */
    public FetchRequest request(String option, String digest, Console console) {
        FetchConditions usual = FetchConditions.NONE;
        return new FetchRequest(
                new FetchConditions(
                        Optional.ofNullable(digest).map(text -> sha256(option, text)),
                        usual.maxBytes(),
                        usual.attempts(),
                        usual.idleTimeout(),
                        usual.timeout(),
                        allowed,
                        usual.token()),
                new ConditionNames(option + " %s", ALLOW_PICKLE),
                progress.on(console));
    }

    private static Sha256 sha256(String option, String text) {
        try {
            return Sha256.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, option + ": " + malformed.getMessage(), "");
        }
    }
}
