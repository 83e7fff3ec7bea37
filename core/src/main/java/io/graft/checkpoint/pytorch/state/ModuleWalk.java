package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * Names the tensors of nested modules as PyTorch's {@code state_dict()} does: a module's own first, then those of its
 * children. A module that has several places is there once in a file, and may be many in its tree; the bounds hold for all
 * that is walked of one file.
 */
public final class ModuleWalk {
    private static final int MOST_PARTS = 500_000;
    private static final long LONGEST_NAMES = 32L << 20;

    private final Refusals refusals;
    private long parts;
    private long characters;

    public ModuleWalk(Refusals refusals) {
        this.refusals = refusals;
    }

    /**
     * What a module holds directly, whichever way it was saved.
     *
     * @param tensors parameters, then buffers; those that are {@link None} are absent
     * @param modules children; those that are {@link None} are absent
     */
    public record Parts(List<Item> tensors, List<Item> modules) {}

    private record Place(String prefix, Opaque module) {}

    /**
     * The tensors by full name.
     *
     * @throws CheckpointException if the tree has more parts than any model
     */
    public Mapping stateDict(Opaque root, Function<Opaque, Parts> reader) {
        Mapping named = new Mapping("OrderedDict");
        Deque<Place> open = new ArrayDeque<>(List.of(new Place("", root)));
        while (!open.isEmpty()) {
            Place place = open.pop();
            Parts held = reader.apply(place.module);
            count(1L + held.tensors.size() + held.modules.size(), 0);
            for (Item tensor : held.tensors) {
                if (!(tensor.value() instanceof None)) {
                    named.put(new Text(name(place, tensor)), tensor.value());
                }
            }
            for (int i = held.modules.size() - 1; i >= 0; i--) {
                if (held.modules.get(i).value() instanceof Opaque child) {
                    open.push(new Place(name(place, held.modules.get(i)) + ".", child));
                }
            }
        }
        return named;
    }

    private String name(Place place, Item part) {
        String key = part.key() instanceof Text text ? text.value() : part.key().typeName();
        count(0, place.prefix.length() + key.length());
        return place.prefix + key;
    }

    private void count(long moreParts, long moreCharacters) {
        parts += moreParts;
        characters += moreCharacters;
        if (parts > MOST_PARTS || characters > LONGEST_NAMES) {
            throw refusals.refused("the modules hold more than " + MOST_PARTS + " parts, or names of more than "
                    + LONGEST_NAMES + " characters");
        }
    }
}
