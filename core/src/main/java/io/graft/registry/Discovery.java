package io.graft.registry;

import io.graft.extension.Extension;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.RefusedExtension;
import io.graft.extension.ServiceScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * What a class path and its extensions hold of modifiers.
 *
 * @param usable in the order in which they were found
 * @param broken by jar and class
 * @param twice those that more than one jar of one class loader lists
 * @param refused what was to be an extension and is none
 */
record Discovery(
        ClassLoader loader,
        List<RegisteredModifier> usable,
        List<BrokenProvider> broken,
        List<ClassTwice> twice,
        List<RefusedExtension> refused) {
    private static final String SERVICES = "META-INF/services/";
    private static final String GRAFTS = SERVICES + "io.graft.";

    static Discovery with(ClassLoader loader) {
        ServiceScan<ModifierProvider> scan = ServiceScan.of(ModifierProvider.class, loader);
        ProviderReader reader = new ProviderReader();
        scan.found().forEach(reader::read);
        List<BrokenProvider> broken = new ArrayList<>(reader.broken());
        scan.broken().stream().map(BrokenProvider::of).forEach(broken::add);
        List<RefusedExtension> refused = List.of();
        if (loader instanceof LoadedExtensions extensions) {
            refused = extensions.refused();
            extensions.extensions().stream()
                    .filter(Discovery::offersNothing)
                    .flatMap(extension -> notGenerated(ClassRoots.of(extension)))
                    .forEach(broken::add);
        }
        broken.sort(Comparator.comparing(BrokenProvider::origin).thenComparing(BrokenProvider::modifier));
        List<ClassTwice> twice = scan.twice().stream()
                .map(listed -> new ClassTwice(ProviderName.modifier(listed.className()), listed.origins()))
                .toList();
        return new Discovery(loader, reader.usable(), List.copyOf(broken), twice, refused);
    }

    /** Looks for modifiers without a provider wherever it was not looked before; reads every class file. */
    Stream<BrokenProvider> notGenerated() {
        Set<BrokenProvider> known = new HashSet<>(broken);
        return notGenerated(ClassRoots.of(loader)).filter(modifier -> !known.contains(modifier));
    }

    private static Stream<BrokenProvider> notGenerated(Map<Path, ClassLoader> roots) {
        return roots.entrySet().stream()
                .flatMap(root -> UngeneratedModifiers.in(root.getKey(), root.getValue()).stream());
    }

    /** Only such an extension is looked through at once: the library that a source brings has thousands of classes. */
    private static boolean offersNothing(Extension extension) {
        return extension.loader().findResource(SERVICES + ModifierProvider.class.getName()) == null
                && extension.jars().stream().noneMatch(Discovery::offersAService);
    }

    private static boolean offersAService(Path jar) {
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            return opened.stream().anyMatch(entry -> entry.getName().startsWith(GRAFTS));
        } catch (IOException gone) {
            return false;
        }
    }
}
