package io.graft.djl.commit;

import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Parameters that one commit has in its hands until it is closed: two at once would mix their values, and their old ones. */
final class Claim implements AutoCloseable {
    private static final Set<Parameter> CLAIMED = ConcurrentHashMap.newKeySet();

    private final List<Parameter> parameters = new ArrayList<>();

    private Claim() {}

    /**
     * @throws IllegalStateException if another commit has one of them
     */
    static Claim to(Collection<Parameter> parameters) {
        Claim claim = new Claim();
        // A parameter that stands in two places of a block comes twice.
        for (Parameter parameter : Set.copyOf(parameters)) {
            if (!CLAIMED.add(parameter)) {
                claim.close();
                throw new IllegalStateException("another commit on this model is not closed yet");
            }
            claim.parameters.add(parameter);
        }
        return claim;
    }

    @Override
    public void close() {
        parameters.forEach(CLAIMED::remove);
        parameters.clear();
    }
}
