package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.pytorch.PickleValue.Flag;
import io.graft.checkpoint.pytorch.PickleValue.Item;
import io.graft.checkpoint.pytorch.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.PickleValue.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state dict of a checkpoint, and what stands beside it.
 *
 * <p>A dict is a Lightning checkpoint if it has {@code pytorch-lightning_version}, or two of {@code callbacks},
 * {@code optimizer_states}, {@code lr_schedulers} and {@code loops}; one is not enough, because other trainers use these
 * names too. The state dict is the value of {@code state_dict}, {@code model_state_dict} or {@code model}, the first that is
 * there; or the dict itself if it holds tensors only; or, outside of Lightning, the only dict of that kind inside of it.
 *
 * @param layout {@code state_dict}, {@code pytorch} or {@code lightning}
 * @param tensors the state dict, in order
 * @param metadata scalars beside it, as text
 * @param warnings what was found and not used
 */
record ModelState(
        String layout, Map<String, TensorValue> tensors, Map<String, String> metadata, List<String> warnings) {
    private static final List<String> CONTAINERS = List.of("state_dict", "model_state_dict", "model");
    private static final Set<String> LIGHTNING_PARTS =
            Set.of("callbacks", "optimizer_states", "lr_schedulers", "loops");
    private static final int DEEPEST = 8;
    private static final int MOST_NAMED = 10;
    private static final int LONGEST_KEY = 200;
    private static final int MOST_SCALARS = 10_000;
    private static final String WANTED = "save a state dict: torch.save(model.state_dict(), path)";

    /**
     * Finds the state dict in what {@code data.pkl} holds.
     *
     * @throws CheckpointException if there is none, or more than one to choose from
     */
    static ModelState find(PickleValue root, Faults faults) {
        if (!(root instanceof Mapping top)) {
            throw faults.unrecognised("unrecognised checkpoint: a " + root.typeName() + " instead of a dict", WANTED);
        }
        return new Search(top, faults).run();
    }

    /** The layout that the keys of a dict tell: {@code lightning}, {@code state_dict} or {@code pytorch}. */
    static String layout(Mapping top) {
        Set<String> keys = top.items().stream()
                .filter(item -> item.key() instanceof Text)
                .map(item -> ((Text) item.key()).value())
                .collect(Collectors.toSet());
        if (keys.contains("pytorch-lightning_version")
                || LIGHTNING_PARTS.stream().filter(keys::contains).count() >= 2) {
            return "lightning";
        }
        return isStateDict(top) ? "state_dict" : "pytorch";
    }

    private static boolean isStateDict(Mapping dict) {
        return !dict.items().isEmpty()
                && dict.items().stream()
                        .allMatch(item -> item.key() instanceof Text && item.value() instanceof TensorValue);
    }

    private static boolean mayLeadToTensors(Mapping dict) {
        for (Item item : dict.items()) {
            if (item.value() instanceof TensorValue || item.value() instanceof Mapping) {
                return true;
            }
        }
        return false;
    }

    private static boolean isContainer(String key, Mapping value) {
        return CONTAINERS.contains(key) && value.items().stream().anyMatch(item -> item.value() instanceof TensorValue);
    }

    /** A dict inside the checkpoint, and the way to it; the top has no parent. */
    private record Place(@Nullable Place parent, String key, Mapping dict, int depth) {
        static Place top(Mapping dict) {
            return new Place(null, "", dict, 0);
        }

        Place child(String childKey, Mapping child) {
            return new Place(this, childKey, child, depth + 1);
        }

        /** The dicts that hold this one, from the top. */
        List<Mapping> holders() {
            Deque<Mapping> holders = new ArrayDeque<>();
            for (Place place = parent; place != null; place = place.parent) {
                holders.addFirst(place.dict);
            }
            return List.copyOf(holders);
        }

        /** The keys from the top, joined by dots. */
        String path() {
            Deque<String> keys = new ArrayDeque<>();
            for (Place place = this; place.parent != null; place = place.parent) {
                keys.addFirst(place.key.substring(0, Math.min(place.key.length(), LONGEST_KEY)));
            }
            return Faults.quote(String.join(".", keys));
        }
    }

    private static final class Search {
        private final Mapping top;
        private final Faults faults;
        private final List<String> warnings = new ArrayList<>();

        Search(Mapping top, Faults faults) {
            this.top = top;
            this.faults = faults;
        }

        ModelState run() {
            String layout = layout(top);
            Place root = Place.top(top);
            List<String> containers = CONTAINERS.stream()
                    .filter(key -> top.get(key)
                            .filter(value -> !(value instanceof TensorValue))
                            .isPresent())
                    .toList();
            if (!containers.isEmpty()) {
                return state(layout, container(root, containers));
            }
            if (layout.equals("state_dict")) {
                return state(layout, root);
            }
            List<Place> nested = nestedStateDicts(root);
            if (nested.size() == 1 && !layout.equals("lightning")) {
                warnings.add("the state dict was found at " + nested.get(0).path());
                return state(layout, nested.get(0));
            }
            String found = "unrecognised checkpoint: no model state among its keys: " + describe(top);
            if (nested.isEmpty()) {
                throw faults.unrecognised(found, WANTED);
            }
            throw faults.unrecognised(
                    found + "; state dicts lie deeper, at "
                            + named(
                                    nested.stream()
                                            .limit(MOST_NAMED)
                                            .map(Place::path)
                                            .toList(),
                                    nested.size()),
                    "save the one that you need in a file of its own");
        }

        private Place container(Place root, List<String> containers) {
            String first = containers.get(0);
            PickleValue value = top.get(first).orElseThrow();
            if (!(value instanceof Mapping dict)) {
                throw faults.unrecognised(
                        "the model state " + Faults.quote(first) + " is a " + value.typeName() + " instead of a dict",
                        WANTED);
            }
            containers.stream()
                    .skip(1)
                    .forEach(other -> warnings.add(
                            Faults.quote(other) + " was not used, because " + Faults.quote(first) + " comes first"));
            return root.child(first, dict);
        }

        /** The dicts of tensors below the top, nearest first. Each dict is looked at once, however often it is shared. */
        private static List<Place> nestedStateDicts(Place root) {
            List<Place> found = new ArrayList<>();
            Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Place> open = new ArrayDeque<>(List.of(root));
            while (!open.isEmpty()) {
                Place at = open.remove();
                for (Item item : at.dict.items()) {
                    if (item.key() instanceof Text key
                            && item.value() instanceof Mapping dict
                            && seen.add(dict)
                            && mayLeadToTensors(dict)) {
                        Place child = at.child(key.value(), dict);
                        if (isStateDict(dict) || isContainer(key.value(), dict)) {
                            found.add(child);
                        } else if (child.depth < DEEPEST) {
                            open.add(child);
                        }
                    }
                }
            }
            return found;
        }

        private ModelState state(String layout, Place place) {
            Map<String, TensorValue> tensors = new LinkedHashMap<>();
            List<String> others = new ArrayList<>();
            int otherCount = 0;
            TensorHunt hunt = new TensorHunt();
            for (Item item : place.dict.items()) {
                if (item.key() instanceof Text key && item.value() instanceof TensorValue tensor) {
                    String flaw = TensorName.flaw(key.value());
                    if (flaw != null) {
                        throw faults.refused("the tensor name " + Faults.quote(key.value()) + " " + flaw);
                    }
                    if (tensors.put(key.value(), tensor) != null) {
                        throw faults.refused("the state dict has " + Faults.quote(key.value()) + " twice");
                    }
                } else {
                    String name = keyText(item.key());
                    if (item.value() instanceof Opaque object && hunt.finds(object)) {
                        throw faults.unsupported(
                                "tensor " + name + " is wrapped in a " + object.typeName()
                                        + ", which Graft does not read",
                                "load it in Python and save it as a plain tensor");
                    }
                    if (otherCount++ < MOST_NAMED) {
                        others.add(name + " (" + item.value().typeName() + ")");
                    }
                }
            }
            if (tensors.isEmpty()) {
                throw faults.unrecognised("0 tensors in the state dict at " + place.path(), WANTED);
            }
            if (otherCount > 0) {
                warnings.add("not tensors, so left out of the state dict: " + named(others, otherCount));
            }
            return new ModelState(layout, tensors, scalars(place), List.copyOf(warnings));
        }

        /** Scalars in the dicts on the way to the state dict; the nearer one counts. */
        private Map<String, String> scalars(Place place) {
            Map<String, String> scalars = new LinkedHashMap<>();
            for (Mapping holder : place.holders()) {
                for (Item item : holder.items()) {
                    if (item.key() instanceof Text key) {
                        scalar(item.value()).ifPresent(text -> scalars.put(key.value(), text));
                    }
                    if (scalars.size() > MOST_SCALARS) {
                        throw faults.refused("more than " + MOST_SCALARS + " scalars stand beside the state dict");
                    }
                }
            }
            return scalars;
        }

        private static Optional<String> scalar(PickleValue value) {
            if (value instanceof Text text) {
                return Optional.of(text.value());
            }
            if (value instanceof Numeric number) {
                return Optional.of(number.value().toString());
            }
            return value instanceof Flag flag ? Optional.of(String.valueOf(flag.value())) : Optional.empty();
        }
    }

    private static String describe(Mapping dict) {
        if (dict.items().isEmpty()) {
            return "there are none";
        }
        return named(
                dict.items().stream()
                        .limit(MOST_NAMED + 1L)
                        .map(item -> keyText(item.key()) + " (" + item.value().typeName() + ")")
                        .toList(),
                dict.items().size());
    }

    private static String named(List<String> texts, int total) {
        String first = texts.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return total > MOST_NAMED ? first + " and " + (total - MOST_NAMED) + " more" : first;
    }

    private static String keyText(PickleValue key) {
        if (key instanceof Text text) {
            return Faults.quote(text.value());
        }
        return key instanceof Numeric number ? number.value().toString() : "a " + key.typeName();
    }
}
