package io.graft.registry;

/** How the class that is generated for a modifier is called. */
final class ProviderName {
    private static final String SUFFIX = "_Provider";

    private ProviderName() {}

    /** The provider of a modifier: {@code com.acme.Outer_Inner_Provider} of {@code com.acme.Outer$Inner}. */
    static String of(String modifier) {
        return modifier.replace('$', '_') + SUFFIX;
    }

    /** The modifier of a provider, where its name tells it; else the name itself. */
    static String modifier(String provider) {
        return provider.endsWith(SUFFIX) ? provider.substring(0, provider.length() - SUFFIX.length()) : provider;
    }
}
