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
import java.util.List;
import java.util.stream.Stream;

/** What extensions bring besides modifiers. */
record ExtensionServices(
        ServiceScan<CheckpointSource> sources,
        ServiceScan<CheckpointFormat> formats,
        ServiceScan<CheckpointLayout> layouts,
        ServiceScan<CommandProvider> commands) {
    static ExtensionServices of(LoadedExtensions extensions) {
        return new ExtensionServices(
                ServiceScan.of(CheckpointSource.class, extensions),
                ServiceScan.of(CheckpointFormat.class, extensions),
                ServiceScan.of(CheckpointLayout.class, extensions),
                ServiceScan.of(CommandProvider.class, extensions));
    }

    /**
     * What one of them offers, a phrase for each service: {@code source of s3:}, {@code format acme},
     * {@code layout acme}, {@code command measure}.
     */
    List<String> of(Extension extension) {
        Stream<String> schemes =
                found(sources, extension).map(source -> "source of " + String.join(": and ", source.schemes()) + ":");
        Stream<String> ids = found(formats, extension).map(format -> "format " + format.id());
        Stream<String> rules = found(layouts, extension).map(layout -> "layout " + layout.id());
        Stream<String> names = found(commands, extension).map(ExtensionServices::command);
        return Stream.of(schemes, ids, rules, names).flatMap(each -> each).toList();
    }

    /** Those that cannot be used. */
    List<BrokenService> broken() {
        return Stream.of(sources.broken(), formats.broken(), layouts.broken(), commands.broken())
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
