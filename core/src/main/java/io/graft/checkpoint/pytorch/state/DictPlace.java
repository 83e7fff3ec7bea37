package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.Section;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A dict inside the checkpoint, and the way to it; the top has no parent. */
record DictPlace(@Nullable DictPlace parent, String key, Mapping dict) {
    private static final int LONGEST_KEY = 200;

    static DictPlace top(Mapping dict) {
        return new DictPlace(null, "", dict);
    }

    DictPlace child(String childKey, Mapping child) {
        return new DictPlace(this, childKey, child);
    }

    /** The dicts that hold this one, from the top. */
    List<Mapping> holders() {
        Deque<Mapping> holders = new ArrayDeque<>();
        for (DictPlace place = parent; place != null; place = place.parent) {
            holders.addFirst(place.dict);
        }
        return List.copyOf(holders);
    }

    /** Whether it lies in another dict under a key. */
    boolean isChildOf(DictPlace holder, String name) {
        return parent != null && parent.dict == holder.dict && key.equals(name);
    }

    /** The keys from the top, joined by dots, as a person gives them; {@value Section#MODEL} for the top. */
    String name() {
        String keys = keys();
        return keys.isEmpty() ? Section.MODEL : keys;
    }

    /** The keys from the top to what lies in it under a key. */
    String inside(String inner) {
        return child(inner, dict).name();
    }

    /** The keys from the top, joined by dots, in quotes. */
    String path() {
        return Refusals.quote(keys());
    }

    private String keys() {
        Deque<String> keys = new ArrayDeque<>();
        for (DictPlace place = this; place.parent != null; place = place.parent) {
            keys.addFirst(place.key.substring(0, Math.min(place.key.length(), LONGEST_KEY)));
        }
        return String.join(".", keys);
    }
}
