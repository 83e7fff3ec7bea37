package io.graft.djl.swap;

import ai.djl.nn.Block;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Where some blocks of a tree are held: in their parents' lists of children, and in fields of any block of the tree, with the lists,
 * maps, arrays and objects in those. A block that stands in several places is exchanged in all of them, or not at all.
 *
 * <p>What lies deeper than a few objects below a block is not found.
 */
public final class Places {
    private final Block root;
    private final IdentityHashMap<Block, List<Place>> held;

    private Places(Block root, IdentityHashMap<Block, List<Place>> held) {
        this.root = root;
        this.held = held;
    }

    /** Looks for blocks in a tree; each object is looked at once, however many blocks are wanted. */
    public static Places of(Block root, Collection<? extends Block> wanted) {
        return new Places(root, new PlaceFinder(wanted).find(root));
    }

    /**
     * Why a block cannot be exchanged for one of a class, as a sentence that names the place which stands against it; empty if it
     * can.
     */
    public Optional<String> refusal(Block old, Class<? extends Block> replacement) {
        if (old == root) {
            return Optional.of("it is the root of the model, which no other block holds");
        }
        List<Place> places = held.getOrDefault(old, List.of());
        if (places.isEmpty()) {
            return Optional.of("no block of the model holds it");
        }
        return places.stream()
                .map(place -> place.refusal(replacement))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Exchanges a block in all of its places.
     *
     * @param journal where it is noted, to be undone
     * @throws IllegalArgumentException if there is a {@link #refusal}; nothing is exchanged then
     */
    public void exchange(Block old, Block replacement, SwapJournal journal) {
        refusal(old, replacement.getClass()).ifPresent(refusal -> {
            throw new IllegalArgumentException(refusal);
        });
        held.get(old).forEach(place -> journal.put(place, old, replacement));
    }
}
