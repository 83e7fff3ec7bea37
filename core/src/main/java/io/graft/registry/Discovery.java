package io.graft.registry;

import io.graft.extension.ServiceScan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a class path and its extensions hold of one kind.
 *
 * @param usable in the order in which they were found
 * @param broken by jar and class
 * @param twice those that more than one jar of one class loader lists
 */
record Discovery<T>(List<RegisteredPlug<T>> usable, List<BrokenProvider> broken, List<ClassTwice> twice) {
    /**
     * Looks for providers.
     *
     * @param silent classes without a provider in extensions that offer nothing at all
     */
    static <T> Discovery<T> with(PlugKind<T> kind, ClassLoader loader, List<BrokenProvider> silent) {
        return of(kind, ServiceScan.of(kind.service(), loader), silent);
    }

    private static <T, S extends PlugProvider<T>> Discovery<T> of(
            PlugKind<T> kind, ServiceScan<S> scan, List<BrokenProvider> silent) {
        ProviderReader<T> reader = new ProviderReader<>(kind);
        scan.found().forEach(reader::read);
        List<BrokenProvider> broken = new ArrayList<>(reader.broken());
        scan.broken().stream().map(service -> BrokenProvider.of(kind, service)).forEach(broken::add);
        silent.stream().filter(plug -> plug.kind() == kind).forEach(broken::add);
        if (broken.size() > 1) {
            broken.sort(Comparator.comparing(BrokenProvider::origin).thenComparing(BrokenProvider::plug));
        }
        List<ClassTwice> twice = scan.twice().stream()
                .map(listed -> new ClassTwice(ProviderName.plug(listed.className()), listed.origins()))
                .toList();
        return new Discovery<>(reader.usable(), List.copyOf(broken), twice);
    }
}
