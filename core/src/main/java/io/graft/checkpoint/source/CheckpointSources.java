package io.graft.checkpoint.source;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sources at hand.
 *
 * @param sources in the order found; the ones beside Graft's core come first
 * @param broken a sentence for each source that could not be loaded
 */
public record CheckpointSources(List<CheckpointSource> sources, List<String> broken) {
    /** A services file that cannot be parsed may fail at every step, so the search gives up at some point. */
    private static final int MOST_FAILURES = 100;

    /** The jars that bring further schemes. */
    private static final Map<String, String> JARS = Map.of(
            "s3", "graft-source-s3",
            "models", "graft-source-mlflow",
            "runs", "graft-source-mlflow");

    /** Finds sources with the class loader of this library, then with the context class loader. */
    public static CheckpointSources discover() {
        CheckpointSources found = new CheckpointSources(new ArrayList<>(), new ArrayList<>());
        Set<Class<?>> seen = new HashSet<>();
        ClassLoader own = CheckpointSource.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        found.load(own, seen);
        if (context != null && context != own) {
            found.load(context, seen);
        }
        return found;
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
        source.check(ref);
        return source;
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

    private void load(ClassLoader loader, Set<Class<?>> seen) {
        Iterator<CheckpointSource> providers =
                ServiceLoader.load(CheckpointSource.class, loader).iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                CheckpointSource source = providers.next();
                if (seen.add(source.getClass())) {
                    sources.add(source);
                }
            } catch (ServiceConfigurationError | LinkageError failed) {
                failures++;
                broken.add("a checkpoint source failed: " + failed.getMessage());
            }
        }
    }
}
