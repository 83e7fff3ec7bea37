package io.graft.cli.option;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchedCheckpoint;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A checkpoint as a person names it to a command.
 *
 * @param ref where it is
 * @param path what was written, if that is a path
 */
public record CheckpointArgument(CheckpointRef ref, Optional<Path> path) {
    /** Reads a path or a URI, as the options of a configuration do. */
    public static final class Converter implements ITypeConverter<CheckpointArgument> {
        @Override
        public CheckpointArgument convert(String text) {
            try {
                if (CheckpointRef.isUri(text)) {
                    return new CheckpointArgument(CheckpointRef.of(text), Optional.empty());
                }
                Path path = Path.of(text);
                return new CheckpointArgument(CheckpointRef.of(path), Optional.of(path));
            } catch (InvalidPathException malformed) {
                throw new TypeConversionException("no path has this name (" + malformed.getReason() + ")");
            } catch (IllegalArgumentException malformed) {
                throw new TypeConversionException(malformed.getMessage());
            }
        }
    }

    /** What was written, without passwords and keys. */
    public String shown() {
        return path.map(Path::toString).orElseGet(ref::shown);
    }

    /**
     * Opens it, fetched if it is not here.
     *
     * @param request how to fetch it
     * @param loader where sources and formats are looked for
     * @throws io.graft.checkpoint.CheckpointException if it cannot be used, or a condition does not hold
     */
    public GivenCheckpoint open(FetchRequest request, ClassLoader loader) {
        try {
            return opened(request, loader);
        } catch (CheckpointException unusable) {
            throw isThisPath(unusable) ? unusable.at(shown()) : unusable;
        }
    }

    /** Whether a failure is told of the path itself, made absolute. */
    private boolean isThisPath(CheckpointException unusable) {
        return path.map(given -> given.toAbsolutePath().normalize())
                .filter(absolute -> absolute.equals(unusable.path()))
                .isPresent();
    }

    private GivenCheckpoint opened(FetchRequest request, ClassLoader loader) {
        if (path.isPresent() && request.conditions().sha256().isEmpty()) {
            return GivenCheckpoint.at(path.get(), shown(), Checkpoint.open(path.get(), loader, request.section()));
        }
        CheckpointRef wanted = ref.under(request.conditions()).using(request.section());
        CheckpointFetcher fetcher =
                CheckpointFetcher.create(loader).naming(request.names()).watchedBy(request.progress());
        FetchedCheckpoint fetched = fetcher.fetch(wanted);
        Checkpoint checkpoint = fetcher.open(wanted, fetched);
        return fetched.isRemote()
                ? GivenCheckpoint.fetched(shown(), checkpoint)
                : GivenCheckpoint.at(fetched.path(), shown(), checkpoint);
    }
}
