package io.graft.cli.option;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.carry.Belongings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A checkpoint that a command was given, opened.
 *
 * @param shown what people are told: what they wrote, without passwords and keys
 * @param uri what programs are told: its canonical path, or the URI that it was fetched from
 * @param isRemote whether it comes from another machine
 * @param folder the folder that was named, if it was one on this machine
 */
public record GivenCheckpoint(
        String shown, String uri, Checkpoint checkpoint, boolean isRemote, Optional<Path> folder) {
    static GivenCheckpoint fetched(String shown, Checkpoint checkpoint) {
        return new GivenCheckpoint(shown, shown, checkpoint, true, Optional.empty());
    }

    static GivenCheckpoint at(Path path, String shown, Checkpoint checkpoint) {
        return new GivenCheckpoint(
                shown,
                checkpoint.path().toString(),
                checkpoint,
                false,
                Optional.of(path).filter(Files::isDirectory).map(Checkpoint::folderOf));
    }

    /** What belongs to it; of a single file of this machine, nothing that lies beside it. */
    public Belongings belongings() {
        if (isRemote) {
            return Belongings.fetched(checkpoint);
        }
        return folder.map(named -> Belongings.beside(checkpoint, named)).orElseGet(() -> Belongings.of(checkpoint));
    }
}
