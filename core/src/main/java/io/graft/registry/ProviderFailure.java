package io.graft.registry;

import io.graft.config.ProblemCode;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a throwable of {@link java.util.ServiceLoader} or of a provider means.
 *
 * @param className the provider at fault, if the throwable names it
 * @param file the services file at fault, if the throwable names it
 */
record ProviderFailure(
        ProblemCode code, Optional<String> className, Optional<String> file, String reason, String help) {
    private static final Pattern PROVIDER = Pattern.compile(": (?:Provider )?(?!Error )(\\S+) (.*)", Pattern.DOTALL);
    /** A class that a module descriptor names. */
    private static final Pattern NOT_LOADED = Pattern.compile(": Unable to load (\\S+)$");

    private static final Pattern SYNTAX = Pattern.compile(": (\\S+):(\\d+): (.*)", Pattern.DOTALL);
    private static final Pattern CLASS_VERSION =
            Pattern.compile("(\\S+) has been compiled by .*class file version (\\d+)\\.\\d+.* up to (\\d+)\\.\\d+.*");
    private static final int CLASS_VERSION_OF_JAVA_0 = 44;

    static ProviderFailure of(Throwable failure) {
        if (failure instanceof LinkageError linkage) {
            return linkage(linkage, Optional.empty());
        }
        if (failure instanceof ServiceConfigurationError error) {
            return configuration(error);
        }
        return constructor(failure, Optional.empty());
    }

    private static ProviderFailure configuration(ServiceConfigurationError error) {
        String message = String.valueOf(error.getMessage());
        Matcher syntax = SYNTAX.matcher(message);
        if (syntax.find()) {
            return new ProviderFailure(
                    ProblemCode.SERVICES_FILE_MALFORMED,
                    Optional.empty(),
                    Optional.of(syntax.group(1)),
                    "has a malformed services file: line " + syntax.group(2) + ", " + lowerCase(syntax.group(3)),
                    "rebuild the jar with graft-processor, which writes that file");
        }
        Matcher notLoaded = NOT_LOADED.matcher(message);
        if (notLoaded.find() && error.getCause() instanceof LinkageError linkage) {
            return linkage(linkage, Optional.of(notLoaded.group(1)));
        }
        Matcher provider = PROVIDER.matcher(message);
        Optional<String> name = provider.find() ? Optional.of(provider.group(1)) : Optional.empty();
        String rest = name.isPresent() ? provider.group(2) : message;
        if (rest.startsWith("not found")) {
            return new ProviderFailure(
                    ProblemCode.PROVIDER_CLASS_MISSING,
                    name,
                    Optional.empty(),
                    "lists " + name.orElse("a class") + ", which is not in it",
                    "rebuild the jar; its services file is older than its classes");
        }
        if (rest.startsWith("not a subtype")) {
            return new ProviderFailure(
                    ProblemCode.PROVIDER_NOT_SUBTYPE,
                    name,
                    Optional.empty(),
                    "does not implement this runtime's ModifierProvider",
                    "keep one graft-core on the class path");
        }
        return error.getCause() instanceof LinkageError linkage && !(linkage instanceof ExceptionInInitializerError)
                ? linkage(linkage, name)
                : constructor(error.getCause() == null ? error : error.getCause(), name);
    }

    private static ProviderFailure linkage(LinkageError error, Optional<String> provider) {
        String message = String.valueOf(error.getMessage());
        Matcher version = CLASS_VERSION.matcher(message);
        if (error instanceof UnsupportedClassVersionError && version.matches()) {
            int compiledFor = Integer.parseInt(version.group(2)) - CLASS_VERSION_OF_JAVA_0;
            int running = Integer.parseInt(version.group(3)) - CLASS_VERSION_OF_JAVA_0;
            return new ProviderFailure(
                    ProblemCode.PROVIDER_CLASS_VERSION,
                    Optional.of(version.group(1).replace('/', '.')),
                    Optional.empty(),
                    "is compiled for Java " + compiledFor + ", running " + running,
                    "run on Java " + compiledFor + " or newer, or take a jar for Java " + running);
        }
        if (error instanceof NoClassDefFoundError) {
            return new ProviderFailure(
                    ProblemCode.PROVIDER_LINKAGE,
                    provider,
                    Optional.empty(),
                    "needs class " + message.replace('/', '.') + ", which is not on the class path",
                    "add the jar that holds it");
        }
        return new ProviderFailure(
                ProblemCode.PROVIDER_LINKAGE,
                provider,
                Optional.empty(),
                "cannot be linked: " + sentence(error),
                "take the jar in the version that fits this runtime");
    }

    private static ProviderFailure constructor(Throwable cause, Optional<String> provider) {
        Throwable root =
                cause instanceof ExceptionInInitializerError && cause.getCause() != null ? cause.getCause() : cause;
        return new ProviderFailure(
                ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                provider,
                Optional.empty(),
                "cannot be made: " + sentence(root),
                "tell the author of the jar");
    }

    private static String sentence(Throwable failure) {
        String type = failure.getClass().getSimpleName();
        String message = failure.getMessage();
        return message == null
                ? type
                : type + ": " + message.lines().findFirst().orElse("").strip();
    }

    private static String lowerCase(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
