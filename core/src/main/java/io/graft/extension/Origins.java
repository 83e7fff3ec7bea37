package io.graft.extension;

import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Names jars and folders for people. */
final class Origins {
    static final String UNKNOWN = "unknown origin";

    private Origins() {}

    /** The jar or folder that a class comes from. */
    static String of(Class<?> type) {
        return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(location -> name(location.toString()))
                .orElse(UNKNOWN);
    }

    /** The jar or folder that holds a resource. */
    static String of(URL resource, String path) {
        String location = resource.toString();
        return location.endsWith(path) ? name(location.substring(0, location.length() - path.length())) : UNKNOWN;
    }

    /** The jar or folder of the module whose descriptor provides a class, which may be one that cannot be loaded. */
    static Optional<String> ofProvided(String className) {
        return ModuleLayer.boot().configuration().modules().stream()
                .map(ResolvedModule::reference)
                .filter(module -> module.descriptor().provides().stream()
                        .anyMatch(provides -> provides.providers().contains(className)))
                .flatMap(module -> module.location().stream())
                .map(location -> name(location.toString()))
                .findFirst();
    }

    private static String name(String root) {
        // A module of a run-time image has no jar; it goes by its own name.
        String location = root.replaceFirst("^jar:|^jrt:/", "").replaceFirst("!?/?$", "");
        if (!location.startsWith("file:")) {
            return location;
        }
        Path name = Path.of(URI.create(location)).getFileName();
        return name == null ? location : name.toString();
    }
}
