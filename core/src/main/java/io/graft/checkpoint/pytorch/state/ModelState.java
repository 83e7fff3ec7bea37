package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.Aside;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.problem.FirstFew;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The state dicts of a checkpoint, and what stands beside them.
 *
 * <p>A dict is a Lightning checkpoint if it has {@code pytorch-lightning_version}, or two of {@code callbacks},
 * {@code optimizer_states}, {@code lr_schedulers} and {@code loops}; one is not enough, because other trainers use these
 * names too. The model's own state dict is the value of {@code state_dict}, {@code model_state_dict} or {@code model} at the top, the
 * first that holds tensors; or the top itself if tensors lie there and no dict of tensors does; or, outside of Lightning, the only dict
 * of nothing but tensors. What optimizers, schedulers and generators of random numbers keep never counts. A whole module in the place
 * of a state dict stands for its own.
 *
 * @param content {@code state_dict}, {@code pytorch}, {@code lightning} or {@code module}
 * @param own the model's own; empty if none of several is that for certain
 * @param others the other ones, nearest to the top first
 * @param asides tensors that are no model's, nearest to the top first
 * @param metadata scalars beside it and hyper-parameters, as text
 * @param warnings what was found and not used
 * @param refusal what to tell whoever wants the model's own, if there is none
 */
public record ModelState(
        String content,
        Optional<Found> own,
        List<Found> others,
        List<Aside> asides,
        Map<String, String> metadata,
        List<String> warnings,
        Optional<CheckpointException> refusal) {
    private static final List<String> CONTAINERS = List.of("state_dict", "model_state_dict", "model");
    private static final Set<String> LIGHTNING_PARTS =
            Set.of("callbacks", "optimizer_states", "lr_schedulers", "loops");
    private static final String AVERAGED = "current_model_state";
    private static final int LONGEST_NAME = 200;
    private static final Pattern NO_MODEL = Pattern.compile(
            "(.*[._])?(optim|optimizers?|optimizer_states?|rng|rng_states?|random_states?|lr_schedulers?|schedulers?|scaler|"
                    + "grad_scaler|callbacks|loops|hyper_parameters|hparams|_extra_state)([._].*)?",
            Pattern.CASE_INSENSITIVE);
    private static final String WANTED = "save a state dict: torch.save(model.state_dict(), path)";

    /**
     * A state dict.
     *
     * @param name the keys that lead to it, joined by dots
     */
    public record Found(String name, Mapping dict) {
        /**
         * Its tensors.
         *
         * @param warnings gets a sentence on what is not read
         * @throws CheckpointException if a name is unfit or given twice
         */
        public Map<String, NamedTensor> tensors(List<String> warnings, Refusals refusals) {
            return StateDict.read(dict, warnings, refusals);
        }

        /** What it would read, without looking at it closely. */
        public List<NamedTensor> described() {
            return dict.items().stream()
                    .filter(item -> item.key() instanceof Text && WrappedTensor.isTensor(item.value()))
                    .map(item -> WrappedTensor.plain(item.value())
                            .<NamedTensor>map(NamedTensor.Plain::new)
                            .orElseGet(() -> NamedTensor.unread(item.value())))
                    .toList();
        }
    }

    /**
     * Finds the state dicts in what {@code data.pkl} holds.
     *
     * @throws CheckpointException if there is none
     */
    public static ModelState find(PickleValue root, Refusals refusals) {
        return new Search(refusals).run(root);
    }

    /** What a dict holds, as its keys tell: {@code lightning}, {@code state_dict} or {@code pytorch}. */
    public static String content(Mapping top) {
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

    /** Whether a key holds what is never a model's: the state of an optimizer, of generators of random numbers, hyper-parameters. */
    public static boolean isNoModel(String key) {
        return key.length() <= LONGEST_NAME && NO_MODEL.matcher(key).matches();
    }

    private static boolean holdsTensors(Mapping dict) {
        return dict.items().stream()
                .anyMatch(item -> item.key() instanceof Text && WrappedTensor.isTensor(item.value()));
    }

    private static final class Search {
        private final Refusals refusals;
        private final ModuleWalk modules;
        private final List<String> warnings = new ArrayList<>();
        private final List<Aside> asides = new ArrayList<>();
        private final TensorCount counted = new TensorCount();

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
                return state("module", root, List.of());
            }
            String content = content(top);
            List<DictPlace> nested = stateDicts(root);
            Optional<DictPlace> container = CONTAINERS.stream()
                    .flatMap(key -> nested.stream().filter(place -> place.isChildOf(root, key)))
                    .findFirst();
            if (container.isPresent()) {
                top.get(AVERAGED)
                        .ifPresent(last -> warnings.add(container.get().path()
                                + " is an average of the weights, as Lightning saves it; those of the last step are at '"
                                + AVERAGED + "'"));
                return state(content, container.get(), nested);
            }
            if (nested.isEmpty() && holdsTensors(top)) {
                return state("state_dict", root, List.of());
            }
            List<DictPlace> pure =
                    nested.stream().filter(place -> StateDict.is(place.dict())).toList();
            List<DictPlace> possible = pure.isEmpty() ? nested : pure;
            if (possible.size() == 1 && !content.equals("lightning")) {
                warnings.add("the state dict was found at " + possible.get(0).path());
                return state(content, possible.get(0), nested);
            }
            if (nested.isEmpty()) {
                throw nothing(top, root);
            }
            return undecided(content, root, nested);
        }

        private CheckpointException nothing(Mapping top, DictPlace root) {
            for (String key : CONTAINERS) {
                Optional<PickleValue> held = top.get(key);
                if (held.isPresent() && dict(held.get()).isPresent()) {
                    return refusals.unrecognised(
                            "0 tensors in the state dict at "
                                    + root.child(key, dict(held.get()).get()).path(),
                            WANTED);
                }
                if (held.filter(Opaque.class::isInstance).isPresent()) {
                    return refusals.unrecognised(
                            "the model state " + Refusals.quote(key) + " is a "
                                    + held.get().typeName() + " instead of a dict",
                            WANTED);
                }
            }
            return refusals.unrecognised(unrecognised(top), WANTED);
        }

        private static String unrecognised(Mapping top) {
            return "unrecognised checkpoint: no model state among its keys: " + StateDict.describe(top);
        }

        private ModelState undecided(String content, DictPlace root, List<DictPlace> nested) {
            FirstFew paths = new FirstFew();
            nested.forEach(place -> paths.add(place::path));
            String first = nested.get(0).name();
            return new ModelState(
                    content,
                    Optional.empty(),
                    found(nested),
                    asides,
                    SideText.of(List.of(root.dict()), warnings, refusals),
                    List.copyOf(warnings),
                    Optional.of(refusals.unrecognised(
                            unrecognised(root.dict()) + "; state dicts lie deeper, at " + paths,
                            "name the one that you need as its section: section = " + Refusals.quote(first)
                                    + ", or --section " + Refusals.quote(first))));
        }

        private static List<Found> found(List<DictPlace> places) {
            return places.stream()
                    .map(place -> new Found(place.name(), place.dict()))
                    .toList();
        }

        /** The dict that a value is, or the state dict of the module that it is. */
        private Optional<Mapping> dict(PickleValue value) {
            if (value instanceof Opaque module && PickledModule.isModule(module)) {
                return Optional.of(modules.stateDict(module, PickledModule::parts));
            }
            return value instanceof Mapping dict ? Optional.of(dict) : Optional.empty();
        }

        /** The dicts with tensors below the top, nearest first. Each dict is looked at once, however often it is shared. */
        private List<DictPlace> stateDicts(DictPlace root) {
            List<DictPlace> found = new ArrayList<>();
            Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<DictPlace> open = new ArrayDeque<>(List.of(root));
            while (!open.isEmpty()) {
                DictPlace at = open.remove();
                for (Item item : at.dict().items()) {
                    if (item.key() instanceof Text key && isNoModel(key.value())) {
                        setAside(at, key.value(), item.value());
                        continue;
                    }
                    // What is shared by many keys is looked at once, before anything that takes longer.
                    if (!(item.value() instanceof Mapping || item.value() instanceof Opaque)
                            || !(item.key() instanceof Text key)
                            || seen.contains(item.value())) {
                        continue;
                    }
                    seen.add(item.value());
                    if (!isDict(item.value())) {
                        continue;
                    }
                    DictPlace child = at.child(key.value(), dict(item.value()).orElseThrow());
                    if (holdsTensors(child.dict())) {
                        found.add(child);
                    } else {
                        open.add(child);
                    }
                }
            }
            return found;
        }

        private void setAside(DictPlace at, String key, PickleValue value) {
            Aside aside = counted.of(at.inside(key), value);
            if (aside.tensors() > 0) {
                asides.add(aside);
            }
        }

        private static boolean isDict(PickleValue value) {
            return value instanceof Mapping || PickledModule.isModule(value);
        }

        private ModelState state(String content, DictPlace place, List<DictPlace> all) {
            if (!holdsTensors(place.dict())) {
                throw refusals.unrecognised("0 tensors in the state dict at " + place.path(), WANTED);
            }
            Map<String, String> metadata = SideText.of(place.holders(), warnings, refusals);
            return new ModelState(
                    content,
                    Optional.of(new Found(place.name(), place.dict())),
                    found(all.stream()
                            .filter(other -> other.dict() != place.dict())
                            .toList()),
                    asides,
                    metadata,
                    List.copyOf(warnings),
                    Optional.empty());
        }
    }
}
