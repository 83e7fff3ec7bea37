package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of {@code .metadata}.
 *
 * @param tensors by full name, in the file's order
 * @param objects full names of what is no tensor
 * @param paths the keys that lead to each, where they are told
 * @param locations the archives
 */
record StorageMetadata(
        Map<String, SavedTensor> tensors,
        List<String> objects,
        Map<String, List<String>> paths,
        Map<Location.Of, Location> locations) {
    /**
     * Takes apart what the pickle holds.
     *
     * @throws CheckpointException if it is none of PyTorch's
     */
    static StorageMetadata of(PickleValue root, Refusals refusals) {
        return new Reading(refusals).read(root);
    }

    private static final class Reading {
        private static final int HIGHEST_RANK = 64;
        private static final int LONGEST_PATH = 64;

        private final Refusals refusals;
        private final Map<String, SavedTensor> tensors = new LinkedHashMap<>();
        private final List<String> objects = new ArrayList<>();
        private final Map<String, List<String>> paths = new HashMap<>();
        private final Map<Location.Of, Location> locations = new HashMap<>();

        Reading(Refusals refusals) {
            this.refusals = refusals;
        }

        StorageMetadata read(PickleValue root) {
            Mapping metadata = fields(root, "the object");
            for (Item item : items(metadata, "state_dict_metadata")) {
                String name = name(item.key());
                Mapping saved = item.value() instanceof Opaque entry && entry.state() instanceof Mapping fields
                        ? fields
                        : new Mapping("dict");
                if (saved.get("chunks").isEmpty()) {
                    objects.add(name);
                } else if (tensors.put(name, tensor(name, saved)) != null) {
                    throw refusals.malformed("it holds " + Refusals.quote(name) + " twice");
                }
            }
            if (metadata.get("planner_data").orElse(None.INSTANCE) instanceof Mapping plan) {
                plan.items()
                        .forEach(item -> path(item).ifPresent(path -> paths.put(((Text) item.key()).value(), path)));
            }
            for (Item item : items(metadata, "storage_data")) {
                Mapping index = fields(item.key(), "a key of storage_data");
                Optional<PickleValue> offsets = index.get("offset").filter(value -> !(value instanceof None));
                if (offsets.isPresent()) {
                    String name = name(field(index, "fqn"));
                    locations.put(
                            new Location.Of(name, wholes(offsets.get(), "an offset of " + Refusals.quote(name))),
                            location(fields(item.value(), "an entry of storage_data")));
                }
            }
            return new StorageMetadata(tensors, objects, paths, locations);
        }

        private SavedTensor tensor(String name, Mapping saved) {
            String shown = "tensor " + Refusals.quote(name);
            List<Long> size = wholes(field(saved, "size"), "the size of " + shown);
            List<Chunk> chunks = new ArrayList<>();
            for (PickleValue each : sequence(field(saved, "chunks"), "the chunks of " + shown)) {
                Mapping chunk = fields(each, "a chunk of " + shown);
                List<Long> offsets = wholes(field(chunk, "offsets"), "the offsets of a chunk of " + shown);
                List<Long> sizes = wholes(field(chunk, "sizes"), "the sizes of a chunk of " + shown);
                chunks.add(new Chunk(offsets, sizes));
            }
            List<PickleValue> properties =
                    field(saved, "properties") instanceof Opaque object && object.state() instanceof Sequence state
                            ? state.items()
                            : List.of();
            return new SavedTensor(
                    name,
                    properties.isEmpty() || !(properties.get(0) instanceof Global type)
                            ? Optional.empty()
                            : Optional.of(type),
                    properties.size() > 2 && properties.get(2) instanceof Flag flag && flag.value(),
                    size,
                    chunks);
        }

        private Location location(Mapping info) {
            if (!(field(info, "relative_path") instanceof Text file)) {
                throw refusals.malformed("it names a file by no text");
            }
            return new Location(
                    file.value(),
                    whole(field(info, "offset"), "a place in " + Refusals.quote(file.value())),
                    whole(field(info, "length"), "a place in " + Refusals.quote(file.value())),
                    info.get("transform_descriptors")
                            .filter(packing -> packing instanceof Sequence steps
                                    ? !steps.items().isEmpty()
                                    : !(packing instanceof None))
                            .isPresent());
        }

        /** The keys that lead to a tensor; the place in a list is one as well. */
        private Optional<List<String>> path(Item item) {
            if (!(item.key() instanceof Text)
                    || !(item.value() instanceof Sequence keys)
                    || keys.items().isEmpty()
                    || keys.items().size() > LONGEST_PATH) {
                return Optional.empty();
            }
            List<String> path = new ArrayList<>();
            for (PickleValue key : keys.items()) {
                if (key instanceof Text text) {
                    path.add(text.value());
                } else if (key instanceof Numeric number) {
                    path.add(number.value().toString());
                } else {
                    return Optional.empty();
                }
            }
            return Optional.of(path);
        }

        private String name(PickleValue key) {
            if (!(key instanceof Text text)) {
                throw refusals.malformed("it names a tensor by a " + key.typeName());
            }
            String flaw = TensorName.flaw(text.value());
            if (flaw != null) {
                throw refusals.refused("the tensor name " + Refusals.quote(text.value()) + " " + flaw);
            }
            return text.value();
        }

        private Mapping fields(PickleValue value, String what) {
            if (value instanceof Opaque object && object.state() instanceof Mapping fields) {
                return fields;
            }
            throw refusals.malformed(what + " of .metadata is a " + value.typeName() + " without fields");
        }

        private List<Item> items(Mapping metadata, String field) {
            if (field(metadata, field) instanceof Mapping items) {
                return items.items();
            }
            throw refusals.malformed(field + " of .metadata is no dict");
        }

        private PickleValue field(Mapping fields, String name) {
            return fields.get(name).orElseThrow(() -> refusals.malformed("a record of .metadata has no " + name));
        }

        private List<PickleValue> sequence(PickleValue value, String what) {
            if (value instanceof Sequence sequence) {
                return sequence.items();
            }
            throw refusals.malformed(what + " is a " + value.typeName());
        }

        private List<Long> wholes(PickleValue value, String what) {
            List<PickleValue> items = sequence(value, what);
            if (items.size() > HIGHEST_RANK) {
                throw refusals.malformed(what + " has " + items.size() + " dimensions, more than " + HIGHEST_RANK);
            }
            return items.stream().map(item -> whole(item, what)).toList();
        }

        private long whole(PickleValue value, String what) {
            if (value instanceof Numeric number && number.value() instanceof Long whole && whole >= 0) {
                return whole;
            }
            throw refusals.malformed(what + " is not a whole number from 0 to 2^63 - 1");
        }
    }
}
