package io.graft.cli;

import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.Sha256;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether strangers may choose a pickle. */
final class PickleOption {
    @Option(
            names = "--allow-pickle",
            description = "Read pickle-based files, as .pt and .ckpt, from other machines too, without a digest.")
    private boolean allowed;

    /** The usual conditions with this one, and with a digest where there is one. */
    FetchConditions conditions(Optional<Sha256> sha256) {
        FetchConditions usual = FetchConditions.NONE;
        return new FetchConditions(
                sha256,
                usual.maxBytes(),
                usual.attempts(),
                usual.idleTimeout(),
                usual.timeout(),
                allowed,
                usual.token());
    }
}
