package io.graft.registry;

/** How the class that is generated for a plug is called. */
final class ProviderName {
    private static final String SUFFIX = "_Provider";

    private ProviderName() {}

    /** The provider of a plug: {@code com.acme.Outer_Inner_Provider} of {@code com.acme.Outer$Inner}. */
    static String of(String plug) {
        return plug.replace('$', '_') + SUFFIX;
    }

    /** The plug of a provider, where its name tells it; else the name itself. */
    static String plug(String provider) {
        return provider.endsWith(SUFFIX) ? provider.substring(0, provider.length() - SUFFIX.length()) : provider;
    }
}
