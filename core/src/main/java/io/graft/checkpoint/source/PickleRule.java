package io.graft.checkpoint.source;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.source.CacheEntry.Kept;

/** Which pickle-based files may come from another machine: those that somebody vouches for. */
final class PickleRule {
    private PickleRule() {}

    /**
     * Looks at the content of a file that was fetched; nothing in it is parsed.
     *
     * @param names how a person gives one of the two
     * @param loader where formats are looked for
     * @throws TransferException if it is pickle-based, and neither a digest of all of it nor a permission was given
     */
    static void require(Kept kept, FetchConditions conditions, ConditionNames names, ClassLoader loader)
            throws TransferException {
        boolean isIndex = ModelFiles.isIndex(kept.file().getFileName().toString());
        boolean isVouchedFor = conditions.allowPickle() || (conditions.sha256().isPresent() && !isIndex);
        if (isVouchedFor || !Checkpoint.isPickled(kept.file(), loader)) {
            return;
        }
        throw isIndex
                ? ofIndex(names)
                : TransferException.lasting(
                        Reason.REFUSED,
                        "a pickle-based file from elsewhere, of which nobody has said what it should be",
                        "add " + names.with(kept.sha256()) + " once you know that this is its publisher's digest, or "
                                + names.allowPickle() + "; safetensors needs neither");
    }

    /**
     * The same of a file that names others, whatever it is called.
     *
     * @throws TransferException if they are pickle-based, and no permission was given
     */
    static void requireOfIndex(Kept kept, FetchConditions conditions, ConditionNames names, ClassLoader loader)
            throws TransferException {
        if (!conditions.allowPickle() && Checkpoint.isPickled(kept.file(), loader)) {
            throw ofIndex(names);
        }
    }

    private static TransferException ofIndex(ConditionNames names) {
        return TransferException.lasting(
                Reason.REFUSED,
                "an index of pickle-based files from elsewhere, which its own digest says nothing about",
                "add " + names.allowPickle() + "; safetensors does not need it");
    }
}
