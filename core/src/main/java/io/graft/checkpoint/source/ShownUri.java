package io.graft.checkpoint.source;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** URIs without what opens a door: the user's name and password, and keys in the query. */
final class ShownUri {
    private static final String HIDDEN = "***";
    private static final Pattern USER = Pattern.compile("^([^:/?#]+://)([^/?#]*)@");
    private static final Pattern PARAMETER = Pattern.compile("([?&;])([^=&;#]+)=([^&;#]*)");
    private static final List<String> SECRETS = List.of(
            "auth", "code", "cred", "jwt", "key", "pass", "policy", "pwd", "secret", "session", "sig", "token",
            "x-amz-", "x-goog-");

    private ShownUri() {}

    static String of(String uri) {
        String shown = USER.matcher(uri).replaceFirst("$1" + HIDDEN + "@");
        return PARAMETER
                .matcher(shown)
                .replaceAll(parameter -> Matcher.quoteReplacement(parameter.group(1)
                        + parameter.group(2)
                        + "="
                        + (isSecret(parameter.group(2)) ? HIDDEN : parameter.group(3))));
    }

    /** The parts of a URI that {@link #of} hides. */
    static List<String> secrets(String uri) {
        // a password is one without its user too
        List<String> users = USER.matcher(uri)
                .results()
                .map(user -> user.group(2))
                .flatMap(user -> Stream.of(user, user.substring(user.indexOf(':') + 1)))
                .toList();
        List<String> values = PARAMETER
                .matcher(uri)
                .results()
                .filter(parameter -> isSecret(parameter.group(2)))
                .map(parameter -> parameter.group(3))
                .toList();
        return Stream.concat(users.stream(), values.stream())
                .filter(secret -> !secret.isEmpty())
                .toList();
    }

    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRETS.stream().anyMatch(lower::contains);
    }
}
