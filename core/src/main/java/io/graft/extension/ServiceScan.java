package io.graft.extension;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The providers of a service, as {@link java.util.ServiceLoader} finds them with the class path and with each extension; a broken one
 * keeps no other from being found.
 *
 * @param found those that could be made, in the order of the class loaders: Graft's, the host's, each extension's
 * @param broken those that could not
 * @param twice those that more than one jar of one class loader lists
 */
public record ServiceScan<S>(List<FoundService<S>> found, List<BrokenService> broken, List<ListedTwice> twice) {
    public ServiceScan {
        found = List.copyOf(found);
        broken = List.copyOf(broken);
        twice = List.copyOf(twice);
    }

    /**
     * Looks for providers.
     *
     * @param loader a class loader; {@link LoadedExtensions} stand for the host and each extension; none means Graft's own
     */
    public static <S> ServiceScan<S> of(Class<S> service, ClassLoader loader) {
        Set<Class<?>> seen = new LinkedHashSet<>();
        List<FoundService<S>> found = new ArrayList<>();
        Set<BrokenService> broken = new LinkedHashSet<>();
        Set<ListedTwice> twice = new LinkedHashSet<>();
        for (ClassLoader each : SearchPath.of(loader)) {
            ServiceWalk<S> walk = ServiceWalk.over(service, each);
            walk.found().stream()
                    .filter(provider -> seen.add(provider.service().getClass()))
                    .forEach(found::add);
            broken.addAll(walk.broken());
            twice.addAll(walk.twice());
        }
        return new ServiceScan<>(found, List.copyOf(broken), List.copyOf(twice));
    }
}
