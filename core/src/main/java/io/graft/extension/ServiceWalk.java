package io.graft.extension;

import java.net.MalformedURLException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/** One walk over the providers of a class loader, which a broken one does not end. */
final class ServiceWalk<S> {
    /** A runtime whose iterator does not move past a broken entry repeats the same failure for ever (JDK-8196182). */
    private static final int MOST_REPEATS = 100;

    private final Class<S> service;
    private final ClassLoader loader;
    private final List<ServicesFiles.Listed> listed;
    private final Set<String> accounted = new HashSet<>();
    private final List<FoundService<S>> found = new ArrayList<>();
    private final List<BrokenService> broken = new ArrayList<>();

    private ServiceWalk(Class<S> service, ClassLoader loader) {
        this.service = service;
        this.loader = loader;
        this.listed = ServicesFiles.read(service, loader);
    }

    static <S> ServiceWalk<S> over(Class<S> service, ClassLoader loader) {
        ServiceWalk<S> walk = new ServiceWalk<>(service, loader);
        // The services of other modules are looked for here, too.
        ServiceWalk.class.getModule().addUses(service);
        walk.walk(ServiceLoader.load(service, loader).stream().iterator());
        return walk;
    }

    List<FoundService<S>> found() {
        return found;
    }

    List<BrokenService> broken() {
        return broken;
    }

    /** The names that more than one services file lists. */
    List<ListedTwice> twice() {
        Map<String, Map<String, String>> origins = new LinkedHashMap<>();
        for (ServicesFiles.Listed entry : listed) {
            origins.computeIfAbsent(entry.className(), absent -> new LinkedHashMap<>())
                    .put(entry.file(), entry.origin());
        }
        return origins.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> new ListedTwice(
                        entry.getKey(), List.copyOf(entry.getValue().values())))
                .toList();
    }

    private void walk(Iterator<ServiceLoader.Provider<S>> providers) {
        String lastFailure = "";
        int repeats = 0;
        while (repeats < MOST_REPEATS) {
            Optional<ServiceLoader.Provider<S>> next;
            try {
                next = providers.hasNext() ? Optional.of(providers.next()) : Optional.empty();
            } catch (Throwable failure) {
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

    private void add(ServiceLoader.Provider<S> provider) {
        Class<? extends S> type = provider.type();
        // On the module path the providers of the host's modules are found with every loader below it.
        if (loader instanceof ExtensionLoader && type.getClassLoader() != loader) {
            return;
        }
        accounted.add(type.getName());
        try {
            S service = SlowCode.watch(type, provider::get);
            found.add(new FoundService<>(
                    service, Origins.of(type), BuildVersion.of(type).orElse("")));
        } catch (Throwable failure) {
            broken.add(
                    new BrokenService(type.getName(), Origins.of(type), ServiceFailure.of(failure, service, loader)));
        }
    }

    private void addBroken(Throwable thrown) {
        ServiceFailure failure = ServiceFailure.of(thrown, service, loader);
        if (failure.file().isPresent()) {
            String file = failure.file().get();
            // The loader skips a malformed file whole, with the names above the malformed line.
            listed.stream()
                    .filter(entry -> entry.file().equals(file))
                    .forEach(entry -> accounted.add(entry.className()));
            broken.add(new BrokenService("", originOf(file), failure));
            return;
        }
        // A linkage error need not name the provider; ServiceLoader goes through the files in order, so it is the next
        // one.
        Optional<ServicesFiles.Listed> guilty = failure.className()
                .flatMap(name -> unaccounted()
                        .filter(entry -> entry.className().equals(name))
                        .findFirst()
                        .or(() -> Origins.ofProvided(name).map(origin -> new ServicesFiles.Listed(name, origin, ""))))
                .or(() -> unaccounted().findFirst());
        String className = guilty.map(ServicesFiles.Listed::className)
                .or(failure::className)
                .orElse("");
        accounted.add(className);
        String origin = guilty.map(ServicesFiles.Listed::origin).orElse(Origins.UNKNOWN);
        broken.add(new BrokenService(className, origin, failure));
    }

    private Stream<ServicesFiles.Listed> unaccounted() {
        return listed.stream().filter(entry -> !accounted.contains(entry.className()));
    }

    private String originOf(String servicesFile) {
        try {
            return Origins.of(URI.create(servicesFile).toURL(), ServicesFiles.path(service));
        } catch (MalformedURLException | IllegalArgumentException notAUrl) {
            return servicesFile;
        }
    }
}
