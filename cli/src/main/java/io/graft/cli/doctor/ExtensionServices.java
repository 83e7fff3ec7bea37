package io.graft.cli.doctor;

import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.extension.BrokenService;
import io.graft.extension.Extension;
import io.graft.extension.FoundService;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.ServiceScan;
import java.util.List;
import java.util.stream.Stream;

/** What extensions bring besides modifiers. */
record ExtensionServices(
        ServiceScan<CheckpointSource> sources,
        ServiceScan<CheckpointFormat> formats,
        ServiceScan<CheckpointLayout> layouts) {
    static ExtensionServices of(LoadedExtensions extensions) {
        return new ExtensionServices(
                ServiceScan.of(CheckpointSource.class, extensions),
                ServiceScan.of(CheckpointFormat.class, extensions),
                ServiceScan.of(CheckpointLayout.class, extensions));
    }

    /**
     * What one of them offers, a phrase for each service: {@code source of s3:}, {@code format acme},
     * {@code layout acme}.
     */
    List<String> of(Extension extension) {
        Stream<String> schemes =
                found(sources, extension).map(source -> "source of " + String.join(": and ", source.schemes()) + ":");
        Stream<String> ids = found(formats, extension).map(format -> "format " + format.id());
        Stream<String> names = found(layouts, extension).map(layout -> "layout " + layout.id());
        return Stream.of(schemes, ids, names).flatMap(each -> each).toList();
    }

    /** Those that cannot be used. */
    List<BrokenService> broken() {
        return Stream.of(sources.broken(), formats.broken(), layouts.broken())
                .flatMap(List::stream)
                .toList();
    }

    private static <S> Stream<S> found(ServiceScan<S> scan, Extension extension) {
        return scan.found().stream()
                .map(FoundService::service)
                .filter(service -> service.getClass().getClassLoader() == extension.loader());
    }
}
