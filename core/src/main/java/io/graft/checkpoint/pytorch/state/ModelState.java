package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The state dict of a checkpoint, and what stands beside it.
 *
 * <p>A dict is a Lightning checkpoint if it has {@code pytorch-lightning_version}, or two of {@code callbacks},
 * {@code optimizer_states}, {@code lr_schedulers} and {@code loops}; one is not enough, because other trainers use these
 * names too. The state dict is the value of {@code state_dict}, {@code model_state_dict} or {@code model}, the first that is
 * there; or the dict itself if it holds tensors only; or, outside of Lightning, the only dict of that kind inside of it. A
 * whole module in the place of a state dict stands for its own.
 *
 * @param layout {@code state_dict}, {@code pytorch}, {@code lightning} or {@code module}
 * @param tensors the state dict, in order
 * @param metadata scalars beside it and hyper-parameters, as text
 * @param warnings what was found and not used
 */
public record ModelState(
        String layout, Map<String, TensorValue> tensors, Map<String, String> metadata, List<String> warnings) {
    private static final List<String> CONTAINERS = List.of("state_dict", "model_state_dict", "model");
    private static final Set<String> LIGHTNING_PARTS =
            Set.of("callbacks", "optimizer_states", "lr_schedulers", "loops");
    private static final String WANTED = "save a state dict: torch.save(model.state_dict(), path)";

    /**
     * Finds the state dict in what {@code data.pkl} holds.
     *
     * @throws CheckpointException if there is none, or more than one to choose from
     */
    public static ModelState find(PickleValue root, Refusals refusals) {
        return new Search(refusals).run(root);
    }

    /** The layout that the keys of a dict tell: {@code lightning}, {@code state_dict} or {@code pytorch}. */
    public static String layout(Mapping top) {
        Set<String> keys = top.items().stream()
                .filter(item -> item.key() instanceof Text)
                .map(item -> ((Text) item.key()).value())
                .collect(Collectors.toSet());
        if (keys.contains("pytorch-lightning_version")
                || LIGHTNING_PARTS.stream().filter(keys::contains).count() >= 2) {
            return "lightning";
        }
        return StateDict.is(top) ? "state_dict" : "pytorch";
    }

    private static boolean mayLeadToTensors(Mapping dict) {
        for (Item item : dict.items()) {
            if (WrappedTensor.isTensor(item.value())
                    || item.value() instanceof Mapping
                    || PickledModule.isModule(item.value())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isContainer(String key, Mapping value) {
        return CONTAINERS.contains(key)
                && value.items().stream().anyMatch(item -> WrappedTensor.isTensor(item.value()));
    }

    private static final class Search {
        private final Refusals refusals;
        private final ModuleWalk modules;
        private final List<String> warnings = new ArrayList<>();

        Search(Refusals refusals) {
            this.refusals = refusals;
            this.modules = new ModuleWalk(refusals);
        }

        ModelState run(PickleValue value) {
            Mapping top = dict(value)
                    .orElseThrow(() -> refusals.unrecognised(
                            "unrecognised checkpoint: a " + value.typeName() + " instead of a dict", WANTED));
            DictPlace root = DictPlace.top(top);
            if (value instanceof Opaque) {
                return state("module", root);
            }
            String layout = layout(top);
            List<String> containers = CONTAINERS.stream()
                    .filter(key -> top.get(key)
                            .filter(held -> !WrappedTensor.isTensor(held))
                            .isPresent())
                    .toList();
            if (!containers.isEmpty()) {
                return state(layout, container(root, containers));
            }
            if (layout.equals("state_dict")) {
                return state(layout, root);
            }
            List<DictPlace> nested = nestedStateDicts(root);
            if (nested.size() == 1 && !layout.equals("lightning")) {
                warnings.add("the state dict was found at " + nested.get(0).path());
                return state(layout, nested.get(0));
            }
            String found = "unrecognised checkpoint: no model state among its keys: " + StateDict.describe(top);
            if (nested.isEmpty()) {
                throw refusals.unrecognised(found, WANTED);
            }
            FirstFew paths = new FirstFew();
            nested.forEach(place -> paths.add(place::path));
            throw refusals.unrecognised(
                    found + "; state dicts lie deeper, at " + paths, "save the one that you need in a file of its own");
        }

        /** The dict that a value is, or the state dict of the module that it is. */
        private Optional<Mapping> dict(PickleValue value) {
            if (value instanceof Opaque module && PickledModule.isModule(module)) {
                return Optional.of(modules.stateDict(module, PickledModule::parts));
            }
            return value instanceof Mapping dict ? Optional.of(dict) : Optional.empty();
        }

        private DictPlace container(DictPlace root, List<String> containers) {
            String first = containers.get(0);
            PickleValue value = root.dict().get(first).orElseThrow();
            Mapping dict = dict(value)
                    .orElseThrow(() -> refusals.unrecognised(
                            "the model state " + Refusals.quote(first) + " is a " + value.typeName()
                                    + " instead of a dict",
                            WANTED));
            containers.stream()
                    .skip(1)
                    .forEach(other -> warnings.add(Refusals.quote(other) + " was not used, because "
                            + Refusals.quote(first) + " comes first"));
            return root.child(first, dict);
        }

        /** The dicts of tensors below the top, nearest first. Each dict is looked at once, however often it is shared. */
        private List<DictPlace> nestedStateDicts(DictPlace root) {
            List<DictPlace> found = new ArrayList<>();
            Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<DictPlace> open = new ArrayDeque<>(List.of(root));
            while (!open.isEmpty()) {
                DictPlace at = open.remove();
                for (Item item : at.dict().items()) {
                    if (!(item.key() instanceof Text key) || !isDict(item.value()) || !seen.add(item.value())) {
                        continue;
                    }
                    Mapping dict = dict(item.value()).orElseThrow();
                    DictPlace child = at.child(key.value(), dict);
                    if (StateDict.is(dict) || isContainer(key.value(), dict)) {
                        found.add(child);
                    } else if (mayLeadToTensors(dict)) {
                        open.add(child);
                    }
                }
            }
            return found;
        }

        private static boolean isDict(PickleValue value) {
            return value instanceof Mapping || PickledModule.isModule(value);
        }

        private ModelState state(String layout, DictPlace place) {
            Map<String, TensorValue> tensors = StateDict.read(place.dict(), warnings, refusals);
            if (tensors.isEmpty()) {
                throw refusals.unrecognised("0 tensors in the state dict at " + place.path(), WANTED);
            }
            Map<String, String> metadata = SideText.of(place.holders(), warnings, refusals);
            return new ModelState(layout, tensors, metadata, List.copyOf(warnings));
        }
    }
}
