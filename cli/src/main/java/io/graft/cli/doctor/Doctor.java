package io.graft.cli.doctor;

import io.graft.djl.EngineParts;
import io.graft.djl.StartedEngine;
import io.graft.extension.BrokenService;
import io.graft.extension.Extension;
import io.graft.extension.LoadedExtensions;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at everything that a run needs of the machine and the class path. Only the engine is started, in another process. */
final class Doctor {
    private static final int OLDEST_JAVA = 17;

    private final LoadedExtensions extensions;
    private final List<CacheFolder> caches;

    Doctor(LoadedExtensions extensions, List<CacheFolder> caches) {
        this.extensions = extensions;
        this.caches = caches;
    }

    List<Finding> examine() throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.addAll(engine());
        for (CacheFolder cache : caches) {
            findings.add(cache.finding());
        }
        findings.addAll(extensions());
        return findings;
    }

    private static Finding java() {
        String text = System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + "), "
                + System.getProperty("java.home");
        return Runtime.version().feature() < OLDEST_JAVA
                ? Finding.wrong("java", text, "run on Java " + OLDEST_JAVA + " or newer")
                : Finding.ok("java", text);
    }

    private static List<Finding> engine() throws IOException {
        EngineParts parts = EngineParts.of(Doctor.class.getClassLoader());
        List<EngineParts.Misfit> misfits = parts.misfits();
        if (!misfits.isEmpty()) {
            return misfits.stream()
                    .map(misfit -> Finding.noEngine(misfit.message(), misfit.help()))
                    .toList();
        }
        Finding found = Finding.ok(
                "engine",
                "DJL %s, PyTorch %s, pytorch-jni %s, pytorch-native %s (%s, %s)"
                        .formatted(
                                parts.engine(),
                                parts.pytorch(),
                                parts.jni(),
                                parts.natives(),
                                parts.flavor(),
                                parts.classifier()));
        EngineProbe.Outcome started = EngineProbe.run(System.getProperty("java.class.path"));
        List<Finding> natives = started instanceof EngineProbe.Outcome.Broken broken
                ? List.of(Finding.noEngine(broken.reason(), broken.help()))
                : running(((EngineProbe.Outcome.Running) started).engine());
        return Stream.concat(Stream.of(found), natives.stream()).toList();
    }

    private static List<Finding> running(StartedEngine engine) {
        Finding natives = Finding.ok("natives", "loaded from " + engine.library());
        String devices = String.join(", ", engine.devices());
        Finding device = engine.devices().stream().anyMatch(name -> name.startsWith("gpu"))
                ? Finding.ok("device", devices)
                : Finding.note(
                        "device", devices + "; no GPU is seen", "for one, take pytorch-native-cu* and CUDA's driver");
        return List.of(natives, device);
    }

    private List<Finding> extensions() {
        PlugRegistry registry = PlugRegistry.discover(extensions);
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("modifiers", told(modifiersOf(registry, Optional.empty()), "no modifiers")));
        ExtensionServices services = ExtensionServices.of(extensions);
        for (Extension extension : extensions.extensions()) {
            List<String> offers = new ArrayList<>(modifiersOf(registry, Optional.of(extension)));
            Stream.of(registry.modelTargets(), registry.outputFormats(), registry.sections(), registry.migrations())
                    .flatMap(List::stream)
                    .filter(plug -> isOf(plug, Optional.of(extension)))
                    .map(plug -> plug.kind().word() + " " + plug.id())
                    .forEach(offers::add);
            offers.addAll(services.of(extension));
            findings.add(Finding.ok("extension", extension.path() + ": " + told(offers, "no usable services")));
        }
        for (BrokenService broken : services.broken()) {
            findings.add(Finding.wrong(
                    "extension", broken.sentence(), broken.failure().help()));
        }
        Stream.concat(registry.problems().stream(), registry.notGenerated().stream())
                .map(problem -> Finding.wrong("extension", problem.message(), problem.help()))
                .forEach(findings::add);
        return findings;
    }

    /** The modifiers of an extension, or those of the class path. */
    private static List<String> modifiersOf(PlugRegistry registry, Optional<Extension> extension) {
        return Stream.concat(registry.modifiers().stream(), registry.sharingAnId().stream())
                .filter(modifier -> isOf(modifier, extension))
                .map(RegisteredPlug::id)
                .toList();
    }

    private static String told(List<String> offers, String none) {
        return offers.isEmpty() ? none : String.join(", ", offers);
    }

    private static boolean isOf(RegisteredPlug<?> plug, Optional<Extension> extension) {
        ClassLoader loader = plug.provider().getClass().getClassLoader();
        return extension.map(some -> loader == some.loader()).orElseGet(() -> loader == Doctor.class.getClassLoader());
    }
}
