package io.graft.checkpoint.source;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.source.CacheEntry.Kept;
import io.graft.extension.ExtensionLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings checkpoints onto this machine: finds the source of a location, keeps what it fetches in a cache, and checks what has
 * to hold before anybody parses the file.
 *
 * <p>A remote file is downloaded once, whatever number of processes ask for it. With a digest a cached file is taken without a
 * question; without one the server is asked whether it has changed.
 */
public final class CheckpointFetcher {
    private static final CheckpointSource FILES = new FileSource();

    private final Supplier<CheckpointSources> sources;
    private final ClassLoader loader;
    private final CheckpointCache cache;
    private final Surroundings surroundings;
    private final ConditionNames names;
    private final Progress progress;

    CheckpointFetcher(
            Supplier<CheckpointSources> sources, ClassLoader loader, CheckpointCache cache, Surroundings surroundings) {
        this(sources, loader, cache, surroundings, ConditionNames.OF_CONFIGURATION, Progress.NONE);
    }

    private CheckpointFetcher(
            Supplier<CheckpointSources> sources,
            ClassLoader loader,
            CheckpointCache cache,
            Surroundings surroundings,
            ConditionNames names,
            Progress progress) {
        this.sources = sources;
        this.loader = loader;
        this.cache = cache;
        this.surroundings = surroundings;
        this.names = names;
        this.progress = progress;
    }

    /** A fetcher with the sources of the thread's context class loader and the cache of the user. */
    public static CheckpointFetcher create() {
        return create(Thread.currentThread().getContextClassLoader());
    }

    /**
     * A fetcher with the cache of the user.
     *
     * @param loader where sources and formats are looked for; {@link io.graft.extension.LoadedExtensions} stand for each
     *     extension
     */
    public static CheckpointFetcher create(ClassLoader loader) {
        return new CheckpointFetcher(
                () -> CheckpointSources.discover(loader),
                loader,
                CheckpointCache.of(
                        System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("os.name")),
                Surroundings.REAL);
    }

    /** The same, for somebody who does not write a configuration. */
    public CheckpointFetcher naming(ConditionNames others) {
        return new CheckpointFetcher(sources, loader, cache, surroundings, others, progress);
    }

    /** The same, watched. */
    public CheckpointFetcher watchedBy(Progress watcher) {
        return new CheckpointFetcher(sources, loader, cache, surroundings, names, watcher);
    }

    /**
     * A complete and checked local file.
     *
     * @throws CheckpointException if it cannot be had, or a condition does not hold
     */
    public FetchedCheckpoint fetch(CheckpointRef ref) {
        return asking(ref, source -> source.isRemote() ? fetchNamed(source, ref) : take(source.locate(ref), ref));
    }

    /**
     * As {@link #fetch}, a file that is no checkpoint and belongs to one.
     *
     * @throws CheckpointException if it cannot be had, or a condition does not hold
     */
    public FetchedCheckpoint fetchFile(CheckpointRef ref) {
        return asking(ref, source -> {
            if (!source.isRemote()) {
                return take(source.locate(ref), ref);
            }
            Kept kept = contents().of(ref, source);
            ref.conditions().requireSize(Files.size(kept.file()));
            return new FetchedCheckpoint(kept.file(), Optional.of(kept.sha256()), true);
        });
    }

    /**
     * The location of another file in the folder of a checkpoint's file. The conditions are the checkpoint's, without its digest.
     *
     * @param name a plain file name
     * @throws CheckpointException if the location of the checkpoint means nothing
     */
    public CheckpointRef beside(CheckpointRef ref, String name) {
        return asking(ref, source -> {
            LocatedCheckpoint located = source.locate(ref);
            if (located instanceof LocatedCheckpoint.OnDisk onDisk) {
                return CheckpointRef.of(onDisk.path().resolveSibling(name))
                        .under(ref.conditions().withoutDigest());
            }
            try (RemoteFile remote = (RemoteFile) located) {
                return beside(remote, name, ref);
            }
        });
    }

    private static CheckpointRef beside(RemoteFile remote, String name, CheckpointRef ref) {
        return new CheckpointRef(remote.sibling(name), ref.conditions().withoutDigest(), ref.settings());
    }

    @FunctionalInterface
    private interface Question<T> {
        T put(CheckpointSource source) throws IOException;
    }

    private <T> T asking(CheckpointRef ref, Question<T> question) {
        try {
            // for what is here, nobody need be looked for
            CheckpointSource source = ref.isFile() ? FILES : sources.get().taking(ref);
            // everything that the source does from here on, the reading of its streams included
            return ExtensionLoader.around(source.getClass(), () -> question.put(source));
        } catch (IllegalArgumentException unsuitable) {
            throw new CheckpointException(Reason.UNSUPPORTED, ref.shown(), unsuitable.getMessage(), "", unsuitable);
        } catch (TransferException failed) {
            throw ref.isFile()
                    ? new CheckpointException(
                            failed.reason(), FileSource.path(ref), failed.detail(), failed.help(), failed)
                    : new CheckpointException(failed.reason(), ref.shown(), failed.detail(), failed.help(), failed);
        } catch (IOException failed) {
            throw new CheckpointException(
                    Reason.UNREADABLE,
                    ref.shown(),
                    "the file or the cache cannot be used (" + Download.words(failed) + ")",
                    "check permissions and free space, or set GRAFT_CACHE to another folder",
                    failed);
        }
    }

    /**
     * Opens what was fetched. What is wrong with a file from another machine is told of the location that it is from.
     *
     * @param ref what it was fetched for
     * @throws CheckpointException if it cannot be used
     */
    public Checkpoint open(CheckpointRef ref, FetchedCheckpoint fetched) {
        return read(
                ref,
                fetched,
                path -> fetched.isRemote()
                        ? Checkpoint.open(
                                path,
                                loader,
                                ref.section(),
                                configuration(ref, fetched.sha256().orElseThrow()))
                        : Checkpoint.open(path, loader, ref.section()));
    }

    private ModelConfiguration configuration(CheckpointRef ref, Sha256 content) {
        CheckpointRef beside = beside(ref, ModelConfiguration.NAME);
        CacheEntry ofCheckpoint = entry(ref);
        return new FetchedConfiguration(ofCheckpoint, content, entry(beside))
                .get(
                        ref.conditions().sha256().isPresent(),
                        () -> watchedBy(Progress.NONE)
                                .fetchFile(beside.under(beside.conditions().once())));
    }

    private CacheEntry entry(CheckpointRef ref) {
        return asking(ref, source -> cache.entry(ref, source.server(ref)));
    }

    /**
     * Reads what was fetched, as {@link #open} does.
     *
     * @param ref what it was fetched for
     * @param reader reads the file from this machine
     * @throws CheckpointException if it cannot be used
     */
    public <T> T read(CheckpointRef ref, FetchedCheckpoint fetched, Function<Path, T> reader) {
        try {
            return reader.apply(fetched.path());
        } catch (CheckpointException unusable) {
            throw fetched.isRemote() ? unusable.at(ref.shown()) : unusable;
        }
    }

    private CachedContents contents() {
        return new CachedContents(cache, surroundings, progress);
    }

    private static FetchedCheckpoint take(LocatedCheckpoint located, CheckpointRef ref) throws IOException {
        if (!(located instanceof LocatedCheckpoint.OnDisk onDisk)) {
            throw new IllegalStateException("a source that says it is local gives a remote file");
        }
        FetchConditions conditions = ref.conditions();
        if (conditions.sha256().isEmpty() && conditions.maxBytes().isEmpty()) {
            return new FetchedCheckpoint(onDisk.path(), Optional.empty(), false);
        }
        Path file = Checkpoint.fileOf(onDisk.path());
        conditions.requireSize(Files.size(file));
        if (conditions.sha256().isPresent()) {
            conditions.requireDigest(Sha256.of(file));
        }
        return new FetchedCheckpoint(onDisk.path(), conditions.sha256(), false);
    }

    /** As {@link #fetchRemote}; whatever is wrong with a file in the cache is told of the location that it is from. */
    private FetchedCheckpoint fetchNamed(CheckpointSource source, CheckpointRef ref) throws IOException {
        try {
            return fetchRemote(source, ref);
        } catch (CheckpointException unusable) {
            throw unusable.path() == null ? unusable : unusable.at(ref.shown());
        }
    }

    private FetchedCheckpoint fetchRemote(CheckpointSource source, CheckpointRef ref) throws IOException {
        Kept kept = contents().of(ref, source);
        ref.conditions().requireSize(Files.size(kept.file()));
        PickleRule.require(kept, ref.conditions(), names, loader);
        return new FetchedCheckpoint(whole(source, ref, kept), Optional.of(kept.sha256()), true);
    }

    /** The file among those that it names, such as shards. They are read by its format, whatever they are. */
    private Path whole(CheckpointSource source, CheckpointRef ref, Kept index) throws IOException {
        SortedSet<String> named = Checkpoint.filesBeside(index.file(), loader);
        if (named.isEmpty()) {
            return index.file();
        }
        PickleRule.requireOfIndex(index, ref.conditions(), names, loader);
        try (RemoteFile remote = (RemoteFile) source.locate(ref)) {
            ShardFolder folder = ShardFolder.of(
                    index, named, cache.entry(ref, source.server(ref)).folder());
            for (String name : folder.names()) {
                folder.add(name, fetchFile(beside(remote, name, ref)));
            }
            return folder.assemble();
        }
    }
}
