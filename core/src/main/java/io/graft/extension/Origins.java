package io.graft.extension;

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

    private static String name(String root) {
        String location = root.replaceFirst("^jar:", "").replaceFirst("!?/?$", "");
        if (!location.startsWith("file:")) {
            return location;
        }
        Path name = Path.of(URI.create(location)).getFileName();
        return name == null ? location : name.toString();
    }
}
