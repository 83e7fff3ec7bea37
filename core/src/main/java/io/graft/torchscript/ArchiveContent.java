package io.graft.torchscript;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.script.ScriptCode;
import io.graft.checkpoint.shards.ShardKind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What lies in the file of an archive, whatever Graft has put into it.
 *
 * @param root the object that it holds
 * @param members without the archive's folder
 * @param storages which tensors share elements
 * @param classes the code
 */
record ArchiveContent(
        Checkpoint checkpoint,
        TorchArchive archive,
        Opaque root,
        ScriptModules modules,
        Set<String> members,
        StorageUses storages,
        ScriptClasses classes) {
    private static final int NEWEST = 10;
    private static final int LONGEST_VERSION = 16;
    private static final long LONGEST_NOTES = 16L << 20;

    /**
     * @param checkpoint the same archive, opened
     * @throws CheckpointException if it is no TorchScript archive, or of a version that is not read
     */
    static ArchiveContent read(Checkpoint checkpoint) throws IOException {
        Refusals refusals = new Refusals(checkpoint.path(), ShardKind.PYTORCH.advice());
        if (!checkpoint.content().equals("torchscript")) {
            throw refusals.unsupported(
                    "this is no archive of torch.jit.save, but " + checkpoint.format() + ", " + checkpoint.content(),
                    "give it as `checkpoint`, or an archive as `torchscript`");
        }
        TorchArchive archive = TorchArchive.open(CheckpointFile.of(checkpoint.path()));
        requireKnown(archive, refusals);
        if (archive.readPickle(PickleLimits.DEFAULT) instanceof Opaque root) {
            ScriptCode code = new ScriptCode(archive, refusals);
            ScriptClasses classes = new ScriptClasses(code);
            return new ArchiveContent(
                    checkpoint,
                    archive,
                    root,
                    ScriptModules.of(root, code, classes),
                    Set.copyOf(archive.names()),
                    StorageUses.of(root),
                    classes);
        }
        throw refusals.malformed("the archive's object is not a module");
    }

    private static void requireKnown(TorchArchive archive, Refusals refusals) throws IOException {
        for (String name : List.of("version", ".data/version")) {
            String version = archive.text(name, LONGEST_VERSION).orElse("").strip();
            if (version.matches("\\d{1,9}") && Integer.parseInt(version) > NEWEST) {
                throw refusals.unsupported(
                        "the archive is of version " + version + ", and versions up to " + NEWEST + " are known",
                        "save it with an older PyTorch");
            }
        }
    }

    /** What it tells of parametrizations that are part of its program; empty if it tells nothing. */
    Optional<String> notes() throws IOException {
        Optional<String> member = archive.text(ScriptArchive.NOTES, LONGEST_NOTES);
        return member.isPresent() || !(root.state() instanceof Mapping fields)
                ? member
                : fields.get(ScriptArchive.NOTES_FIELD)
                        .filter(Text.class::isInstance)
                        .map(text -> ((Text) text).value());
    }
}
