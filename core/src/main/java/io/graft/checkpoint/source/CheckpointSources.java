package io.graft.checkpoint.source;

import io.graft.extension.BrokenService;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The sources at hand.
 *
 * @param sources in the order found; the ones beside Graft's core come first
 * @param broken a sentence for each source that could not be loaded
 */
public record CheckpointSources(List<CheckpointSource> sources, List<String> broken) {
    /** The jars that bring further schemes. */
    private static final Map<String, String> JARS = Map.of(
            "s3", "graft-source-s3",
            "models", "graft-source-mlflow",
            "runs", "graft-source-mlflow");

    /** Finds sources with the thread's context class loader. */
    public static CheckpointSources discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    /** Finds sources with the class loader of this library, with the given one, and in each extension that it stands for. */
    public static CheckpointSources discover(ClassLoader loader) {
        ServiceScan<CheckpointSource> scan = ServiceScan.of(CheckpointSource.class, loader);
        return new CheckpointSources(
                scan.found().stream().map(FoundService::service).toList(),
                scan.broken().stream().map(BrokenService::sentence).toList());
    }

    /** The source of a scheme. */
    public Optional<CheckpointSource> of(String scheme) {
        return sources.stream()
                .filter(source -> source.schemes().contains(scheme))
                .findFirst();
    }

    /**
     * The source that takes a location, which is of the form that the source needs.
     *
     * @throws IllegalArgumentException if there is none; the message says what is allowed
     */
    public CheckpointSource taking(CheckpointRef ref) {
        CheckpointSource source = of(ref.scheme()).orElseThrow(() -> new IllegalArgumentException(noSource(ref)));
        return ExtensionLoader.around(source.getClass(), () -> {
            source.check(ref);
            return source;
        });
    }

    private String noSource(CheckpointRef ref) {
        String scheme = ref.scheme();
        String known = sources.stream()
                .flatMap(source -> source.schemes().stream())
                .sorted()
                .collect(Collectors.joining(", "));
        String jar = JARS.get(scheme);
        String advice = jar == null
                ? "for a file of this name, write ./" + ref.shown()
                : "add " + jar + " to the class path or to the extensions";
        String failures = broken.isEmpty() ? "" : " (" + String.join("; ", broken) + ")";
        return "`" + ref.shown() + "`: no source takes `" + scheme + ":`; at hand are " + known + "; " + advice
                + failures;
    }
}
