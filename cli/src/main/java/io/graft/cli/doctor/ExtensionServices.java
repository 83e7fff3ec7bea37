package io.graft.cli.doctor;

import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.command.CommandProvider;
import io.graft.extension.BrokenService;
import io.graft.extension.Extension;
import io.graft.extension.FoundService;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.ServiceScan;
import io.graft.extension.Thrown;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.registry.PlugKind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What extensions bring besides modifiers. */
record ExtensionServices(
        ServiceScan<CheckpointSource> sources,
        ServiceScan<CheckpointFormat> formats,
        ServiceScan<CheckpointLayout> layouts,
        ServiceScan<CommandProvider> commands,
        ServiceScan<AdapterDialect> dialects) {
    /** Those that are told by what they offer. */
    private static final Set<String> TOLD = Stream.concat(
                    Stream.of(
                            CheckpointSource.class,
                            CheckpointFormat.class,
                            CheckpointLayout.class,
                            CommandProvider.class,
                            AdapterDialect.class),
                    PlugKind.ALL.stream().map(PlugKind::service))
            .map(Class::getName)
            .collect(Collectors.toUnmodifiableSet());

    static ExtensionServices of(LoadedExtensions extensions) {
        return new ExtensionServices(
                ServiceScan.of(CheckpointSource.class, extensions),
                ServiceScan.of(CheckpointFormat.class, extensions),
                ServiceScan.of(CheckpointLayout.class, extensions),
                ServiceScan.of(CommandProvider.class, extensions),
                ServiceScan.of(AdapterDialect.class, extensions));
    }

    /**
     * What one of them offers, a phrase for each service: {@code source of s3:}, {@code format acme},
     * {@code layout acme}, {@code command measure}; of a service that somebody else asks for, its interface.
     */
    List<String> of(Extension extension) {
        Stream<String> schemes =
                found(sources, extension).map(source -> "source of " + String.join(": and ", source.schemes()) + ":");
        Stream<String> ids = found(formats, extension).map(format -> "format " + format.id());
        Stream<String> rules = found(layouts, extension).map(layout -> "layout " + layout.id());
        Stream<String> names = found(commands, extension).map(ExtensionServices::command);
        Stream<String> tools = found(dialects, extension).map(dialect -> "dialect " + dialect.id());
        List<JarListing> jars = extension.jars().stream().map(JarListing::of).toList();
        Stream<String> tables = jars.stream()
                .flatMap(jar -> jar.tables().stream())
                .distinct()
                .sorted()
                .map(id -> "table of names " + id);
        Stream<String> others = jars.stream().flatMap(ExtensionServices::ofOthers);
        return Stream.of(schemes, ids, rules, names, tools, tables, others)
                .flatMap(each -> each)
                .toList();
    }

    /** Those of a jar that is made for Graft; its libraries bring many that are their own business. */
    private static Stream<String> ofOthers(JarListing jar) {
        boolean ofGraft =
                !jar.tables().isEmpty() || jar.services().stream().anyMatch(service -> service.startsWith("io.graft."));
        return ofGraft
                ? jar.services().stream()
                        .filter(service -> !TOLD.contains(service))
                        .map(service -> "service " + service)
                : Stream.empty();
    }

    /** Those that cannot be used. */
    List<BrokenService> broken() {
        return Stream.of(sources.broken(), formats.broken(), layouts.broken(), commands.broken(), dialects.broken())
                .flatMap(List::stream)
                .toList();
    }

    private static String command(CommandProvider provider) {
        try {
            return "command " + provider.name();
        } catch (RuntimeException | LinkageError failure) {
            return "a command without a name (" + Thrown.sentence(failure) + ")";
        }
    }

    private static <S> Stream<S> found(ServiceScan<S> scan, Extension extension) {
        return scan.found().stream()
                .map(FoundService::service)
                .filter(service -> service.getClass().getClassLoader() == extension.loader());
    }
}
