package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.state.FoundSections;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import io.graft.checkpoint.pytorch.state.WrappedTensor;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the state dicts of optimizers in a dict: a value of it, or an item of such a list, that has {@code state} and {@code
 * param_groups}.
 */
record OptimizerDicts(FoundSections.Locating locating, Refusals refusals) {
    private static final String STEP = "step";

    List<SavedOptimizer> in(Mapping top) throws IOException {
        List<SavedOptimizer> found = new ArrayList<>();
        for (Item item : top.items()) {
            if (item.key() instanceof Text key) {
                List<PickleValue> values =
                        item.value() instanceof Sequence several ? several.items() : List.of(item.value());
                for (PickleValue value : values) {
                    if (value instanceof Mapping dict
                            && dict.get("state").orElse(null) instanceof Mapping states
                            && dict.get("param_groups").orElse(null) instanceof Sequence groups) {
                        found.add(optimizer(key.value(), states, groups));
                    }
                }
            }
        }
        return found;
    }

    private SavedOptimizer optimizer(String name, Mapping states, Sequence groups) throws IOException {
        List<List<String>> parameters = new ArrayList<>();
        Map<String, String> names = new LinkedHashMap<>();
        for (PickleValue group : groups.items()) {
            if (!(group instanceof Mapping settings)
                    || !(settings.get("params").orElse(null) instanceof Sequence params)) {
                throw damaged(name, "has a group without `params`");
            }
            List<String> keys = new ArrayList<>();
            List<PickleValue> told =
                    settings.get("param_names").orElse(null) instanceof Sequence given ? given.items() : params.items();
            if (told.size() != params.items().size()) {
                throw damaged(name, "has a group with other numbers of `params` and `param_names`");
            }
            for (int i = 0; i < told.size(); i++) {
                String key = key(name, params.items().get(i));
                keys.add(key);
                if (told.get(i) instanceof Text text) {
                    names.put(key, text.value());
                }
            }
            parameters.add(keys);
        }
        boolean isNamed = parameters.stream().allMatch(keys -> names.keySet().containsAll(keys));
        Map<String, SavedOptimizer.State> remembered = new LinkedHashMap<>();
        for (Item item : states.items()) {
            String key = key(name, item.key());
            if (!(item.value() instanceof Mapping slots)) {
                throw damaged(name, "remembers a " + item.value().typeName() + " of parameter " + key);
            }
            remembered.put(isNamed ? names.getOrDefault(key, key) : key, state(name, key, slots));
        }
        return new SavedOptimizer(
                name,
                isNamed,
                isNamed
                        ? parameters.stream()
                                .map(keys -> keys.stream().map(names::get).toList())
                                .toList()
                        : parameters,
                remembered);
    }

    private SavedOptimizer.State state(String name, String parameter, Mapping slots) throws IOException {
        Optional<Long> steps = Optional.empty();
        Map<String, NamedTensor> tensors = new LinkedHashMap<>();
        for (Item item : slots.items()) {
            if (!(item.key() instanceof Text slot)) {
                throw damaged(name, "remembers of parameter " + parameter + " what has no name");
            }
            Optional<TensorValue> tensor = WrappedTensor.plain(item.value());
            if (tensor.isPresent()) {
                tensors.put(slot.value(), new NamedTensor.Plain(tensor.get()));
            } else if (slot.value().equals(STEP) && item.value() instanceof Numeric number) {
                steps = Optional.of(number.value().longValue());
            } else if (!(item.value() instanceof None)) {
                throw damaged(
                        name,
                        "remembers of parameter " + parameter + " as " + Refusals.quote(slot.value()) + " a "
                                + item.value().typeName());
            }
        }
        Map<String, TensorEntry> arrays = new LinkedHashMap<>(locating.locate(tensors));
        TensorEntry counted = arrays.remove(STEP);
        return new SavedOptimizer.State(counted == null ? steps : Optional.of(count(name, parameter, counted)), arrays);
    }

    /** PyTorch counts steps in a tensor of floats. */
    private long count(String name, String parameter, TensorEntry counted) throws IOException {
        if (counted.shape().elementCount() == 1) {
            ByteBuffer bytes = counted.data().window(0, (int) counted.data().byteCount());
            if (counted.dtype() == DType.F32) {
                return (long) bytes.getFloat();
            }
            if (counted.dtype() == DType.F64) {
                return (long) bytes.getDouble();
            }
            if (counted.dtype() == DType.I64) {
                return bytes.getLong();
            }
        }
        throw damaged(
                name, "counts the steps of parameter " + parameter + " in " + counted.dtype() + " " + counted.shape());
    }

    private String key(String name, PickleValue value) {
        if (value instanceof Text text) {
            return text.value();
        }
        if (value instanceof Numeric number) {
            return number.value().toString();
        }
        throw damaged(name, "numbers a parameter with a " + value.typeName());
    }

    private CheckpointException damaged(String name, String what) {
        return refusals.unsupported(
                "the optimizer at " + Refusals.quote(name) + " " + what, "save what `optimizer.state_dict()` gives");
    }
}
