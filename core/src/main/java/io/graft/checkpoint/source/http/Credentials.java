package io.graft.checkpoint.source.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How to prove who asks a server. */
final class Credentials {
    private static final String VARIABLE = "GRAFT_TOKEN_";

    private Credentials() {}

    /**
     * The value of the header Authorization: of the token, else of the user in the URI, else of the variable of the host.
     */
    static Optional<String> of(URI uri, Optional<String> token, Map<String, String> environment) {
        return token.map(Credentials::bearer)
                .or(() -> Optional.ofNullable(uri.getUserInfo()).map(Credentials::basic))
                .or(() -> Optional.ofNullable(environment.get(variable(uri.getHost())))
                        .filter(value -> !value.isBlank())
                        .map(Credentials::bearer));
    }

    /** The environment variable that holds the token for a host: {@code GRAFT_TOKEN_HUGGINGFACE_CO}. */
    static String variable(String host) {
        return VARIABLE + host.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static String bearer(String token) {
        return "Bearer " + token.strip();
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }
}
