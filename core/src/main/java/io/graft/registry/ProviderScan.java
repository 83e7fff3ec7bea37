package io.graft.registry;

import io.graft.config.ProblemCode;
import java.lang.module.ModuleDescriptor;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/** One walk over the providers of a class loader, which a broken one does not end. */
final class ProviderScan {
    /** A runtime whose iterator does not move past a broken entry repeats the same failure for ever (JDK-8196182). */
    private static final int MOST_REPEATS = 100;

    private final List<ServicesFiles.Listed> listed;
    private final Set<String> accounted = new HashSet<>();
    private final List<RegisteredModifier> usable = new ArrayList<>();
    private final List<BrokenProvider> broken = new ArrayList<>();

    private ProviderScan(ClassLoader loader) {
        listed = ServicesFiles.read(loader);
    }

    /** What a walk finds. */
    record Result(List<RegisteredModifier> usable, List<BrokenProvider> broken) {}

    static Result run(ClassLoader loader) {
        ProviderScan scan = new ProviderScan(loader);
        scan.walk(ServiceLoader.load(ModifierProvider.class, loader).stream().iterator());
        return new Result(List.copyOf(scan.usable), List.copyOf(scan.broken));
    }

    private void walk(Iterator<ServiceLoader.Provider<ModifierProvider>> providers) {
        String lastFailure = "";
        int repeats = 0;
        while (repeats < MOST_REPEATS) {
            Optional<ServiceLoader.Provider<ModifierProvider>> next;
            try {
                next = providers.hasNext() ? Optional.of(providers.next()) : Optional.empty();
            } catch (ServiceConfigurationError | LinkageError | RuntimeException failure) {
                String text = failure.toString();
                repeats = text.equals(lastFailure) ? repeats + 1 : 0;
                lastFailure = text;
                if (repeats == 0 || unaccounted().findAny().isPresent()) {
                    addBroken(failure);
                }
                continue;
            }
            if (next.isEmpty()) {
                return;
            }
            add(next.get());
        }
    }

    private void add(ServiceLoader.Provider<ModifierProvider> found) {
        String className = found.type().getName();
        accounted.add(className);
        try {
            String origin = Origins.of(found.type());
            ModifierProvider provider = found.get();
            int level = provider.apiLevel();
            if (ApiLevel.supports(level)) {
                usable.add(new RegisteredModifier(provider.descriptor(), origin, version(found.type()), provider));
            } else {
                broken.add(unsupported(className, origin, level));
            }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException failure) {
            broken.add(brokenBy(ProviderFailure.of(failure), className, Origins.of(found.type())));
        }
    }

    private static String version(Class<?> type) {
        return Optional.ofNullable(type.getPackage().getImplementationVersion())
                .or(() -> Optional.ofNullable(type.getModule().getDescriptor()).flatMap(ModuleDescriptor::rawVersion))
                .orElse("");
    }

    private static BrokenProvider unsupported(String className, String origin, int level) {
        return new BrokenProvider(
                ProblemCode.API_LEVEL_UNSUPPORTED,
                className,
                origin,
                "needs API level " + level + ", this runtime supports " + ApiLevel.range(),
                level > ApiLevel.NEWEST ? "update Graft" : "take a newer version of the jar");
    }

    private void addBroken(Throwable thrown) {
        ProviderFailure failure = ProviderFailure.of(thrown);
        if (failure.file().isPresent()) {
            String origin = originOf(failure.file().get());
            // The loader skips a malformed file whole, with the names above the malformed line.
            listed.stream()
                    .filter(entry -> entry.origin().equals(origin))
                    .forEach(entry -> accounted.add(entry.className()));
            broken.add(brokenBy(failure, "", origin));
            return;
        }
        // A linkage error need not name the provider; ServiceLoader goes through the files in order, so it is the next
        // one.
        Optional<ServicesFiles.Listed> guilty = failure.className()
                .flatMap(name -> unaccounted()
                        .filter(entry -> entry.className().equals(name))
                        .findFirst()
                        .or(() -> Origins.ofProvided(name).map(origin -> new ServicesFiles.Listed(name, origin))))
                .or(() -> unaccounted().findFirst());
        String className = guilty.map(ServicesFiles.Listed::className)
                .or(failure::className)
                .orElse("");
        accounted.add(className);
        broken.add(brokenBy(
                failure, className, guilty.map(ServicesFiles.Listed::origin).orElse("unknown origin")));
    }

    private Stream<ServicesFiles.Listed> unaccounted() {
        return listed.stream().filter(entry -> !accounted.contains(entry.className()));
    }

    private static BrokenProvider brokenBy(ProviderFailure failure, String className, String origin) {
        return new BrokenProvider(failure.code(), className, origin, failure.reason(), failure.help());
    }

    private static String originOf(String servicesFile) {
        try {
            URL url = URI.create(servicesFile).toURL();
            return Origins.of(url, ServicesFiles.PATH);
        } catch (MalformedURLException | IllegalArgumentException notAUrl) {
            return servicesFile;
        }
    }
}
