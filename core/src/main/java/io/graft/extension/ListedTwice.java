package io.graft.extension;

import java.util.List;

/**
 * A provider that several jars hold, of which a class loader takes the first.
 *
 * @param className the provider's class
 * @param origins the jars or folders, the one that is used first
 */
public record ListedTwice(String className, List<String> origins) {
    public ListedTwice {
        origins = List.copyOf(origins);
    }
}
