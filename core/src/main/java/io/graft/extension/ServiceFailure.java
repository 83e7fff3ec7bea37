package io.graft.extension;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a throwable of {@link java.util.ServiceLoader} or of a provider means.
 *
 * @param className the provider at fault, if the throwable names it
 * @param file the services file at fault, if the throwable names it
 * @param reason what is wrong, as the end of a sentence that begins with the provider or its jar
 * @param help what to do
 */
public record ServiceFailure(Kind kind, Optional<String> className, Optional<String> file, String reason, String help) {
    private static final Pattern PROVIDER = Pattern.compile(": (?:Provider )?(?!Error )(\\S+) (.*)", Pattern.DOTALL);
    /** A class that a module descriptor names. */
    private static final Pattern NOT_LOADED = Pattern.compile(": Unable to load (\\S+)$");

    private static final Pattern SYNTAX = Pattern.compile(": (\\S+):(\\d+): (.*)", Pattern.DOTALL);
    private static final Pattern CLASS_VERSION =
            Pattern.compile("(\\S+) has been compiled by .*class file version (\\d+)\\.\\d+.* up to (\\d+)\\.\\d+.*");
    private static final Pattern MISSING_CLASS = Pattern.compile("[^\\s()]+");
    private static final Pattern FAILED_BEFORE = Pattern.compile("Could not initialize class (\\S+)");

    /** How a class that could not be initialized keeps what was thrown then, since Java 17. */
    private static final Pattern THROWN_BEFORE =
            Pattern.compile("Exception (?:[\\w.]*\\.)?([\\w$]+(?:: .*)?) \\[in thread .*]", Pattern.DOTALL);

    private static final int CLASS_VERSION_OF_JAVA_0 = 44;

    /** What kind of fault it is. */
    public enum Kind {
        CLASS_MISSING,
        LINKAGE,
        CLASS_VERSION,
        NOT_SUBTYPE,
        CONSTRUCTOR_FAILED,
        FILE_MALFORMED
    }

    /**
     * Reads a throwable.
     *
     * @param loader the class loader of the provider
     */
    public static ServiceFailure of(Throwable failure, Class<?> service, ClassLoader loader) {
        if (failure instanceof ExceptionInInitializerError) {
            return constructor(failure, Optional.empty());
        }
        if (failure instanceof LinkageError linkage) {
            return linkage(linkage, Optional.empty(), loader);
        }
        if (failure instanceof ServiceConfigurationError error) {
            return configuration(error, service, loader);
        }
        return constructor(failure, Optional.empty());
    }

    private static ServiceFailure configuration(ServiceConfigurationError error, Class<?> service, ClassLoader loader) {
        String message = String.valueOf(error.getMessage());
        Matcher syntax = SYNTAX.matcher(message);
        if (syntax.find()) {
            return new ServiceFailure(
                    Kind.FILE_MALFORMED,
                    Optional.empty(),
                    Optional.of(syntax.group(1)),
                    "has a malformed services file: line " + syntax.group(2) + ", " + lowerCase(syntax.group(3)),
                    "correct " + ServicesFiles.path(service) + " in it");
        }
        Matcher notLoaded = NOT_LOADED.matcher(message);
        if (notLoaded.find() && error.getCause() instanceof LinkageError linkage) {
            return linkage(linkage, Optional.of(notLoaded.group(1)), loader);
        }
        Matcher provider = PROVIDER.matcher(message);
        Optional<String> name = provider.find() ? Optional.of(provider.group(1)) : Optional.empty();
        String rest = name.isPresent() ? provider.group(2) : message;
        if (rest.startsWith("not found")) {
            return failure(
                    Kind.CLASS_MISSING,
                    name,
                    "lists " + name.orElse("a class") + ", which is not in it",
                    "rebuild the jar; its services file is older than its classes");
        }
        if (rest.startsWith("not a subtype")) {
            return failure(
                    Kind.NOT_SUBTYPE,
                    name,
                    "does not implement this runtime's " + service.getSimpleName(),
                    "keep one jar with " + service.getName());
        }
        return error.getCause() instanceof LinkageError linkage && !(linkage instanceof ExceptionInInitializerError)
                ? linkage(linkage, name, loader)
                : constructor(error.getCause() == null ? error : error.getCause(), name);
    }

    private static ServiceFailure linkage(LinkageError error, Optional<String> provider, ClassLoader loader) {
        String message = String.valueOf(error.getMessage());
        Matcher version = CLASS_VERSION.matcher(message);
        if (error instanceof UnsupportedClassVersionError && version.matches()) {
            int compiledFor = Integer.parseInt(version.group(2)) - CLASS_VERSION_OF_JAVA_0;
            int running = Integer.parseInt(version.group(3)) - CLASS_VERSION_OF_JAVA_0;
            return failure(
                    Kind.CLASS_VERSION,
                    Optional.of(version.group(1).replace('/', '.')),
                    "is compiled for Java " + compiledFor + ", running " + running,
                    "run on Java " + compiledFor + " or newer, or take a jar for Java " + running);
        }
        Matcher before = FAILED_BEFORE.matcher(message);
        if (before.matches()) {
            return failedBefore(before.group(1), error.getCause(), provider);
        }
        if (error instanceof NoClassDefFoundError
                && MISSING_CLASS.matcher(message).matches()) {
            return failure(
                    Kind.LINKAGE,
                    provider,
                    "needs class " + message.replace('/', '.') + ", which is not on the class path",
                    loader instanceof ExtensionLoader
                            ? "put the jar that holds it and this one into a folder of their own among the extensions"
                            : "add the jar that holds it");
        }
        return failure(
                Kind.LINKAGE,
                provider,
                "cannot be linked: " + Thrown.sentence(error),
                "take the jar in the version that fits this runtime");
    }

    /** The JVM initializes a class once; whoever comes later is told that it is not there. */
    private static ServiceFailure failedBefore(String className, Throwable cause, Optional<String> provider) {
        Matcher thrown = THROWN_BEFORE.matcher(cause == null ? "" : String.valueOf(cause.getMessage()));
        return notMade(
                provider,
                thrown.matches()
                        ? Thrown.firstLine(thrown.group(1))
                        : "the static initializer of " + className + " failed before");
    }

    private static ServiceFailure constructor(Throwable cause, Optional<String> provider) {
        if (cause instanceof InstantiationException) {
            return notMade(provider, simpleName(provider) + " is abstract");
        }
        if (cause instanceof NoSuchMethodException || cause instanceof IllegalAccessException) {
            return notMade(
                    provider,
                    simpleName(provider) + " is no public class with a public constructor without parameters");
        }
        Throwable root =
                cause instanceof ExceptionInInitializerError && cause.getCause() != null ? cause.getCause() : cause;
        return notMade(provider, Thrown.sentence(root));
    }

    private static ServiceFailure notMade(Optional<String> provider, String why) {
        return failure(Kind.CONSTRUCTOR_FAILED, provider, "cannot be made: " + why, "tell the author of the jar");
    }

    private static ServiceFailure failure(Kind kind, Optional<String> provider, String reason, String help) {
        return new ServiceFailure(kind, provider, Optional.empty(), reason, help);
    }

    private static String simpleName(Optional<String> provider) {
        return provider.map(name -> name.substring(name.lastIndexOf('.') + 1)).orElse("the provider");
    }

    private static String lowerCase(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
