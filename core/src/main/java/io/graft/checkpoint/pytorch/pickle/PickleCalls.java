package io.graft.checkpoint.pytorch.pickle;

import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Binary;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.SubclassTensor;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a pickle's calls stand for. A few names describe tensors and plain containers; a call of any other name becomes an
 * {@link Opaque} value. A size from the file is never used to allocate anything.
 */
final class PickleCalls {
    private static final int HIGHEST_RANK = 64;
    private static final int GRADIENT_AT = 4;
    private static final Pattern STORAGE_KEY = Pattern.compile("[0-9A-Za-z_]{1,100}");
    private static final Set<String> STORAGE_MODULES = Set.of("torch", "torch.cuda", "torch.storage");
    private static final Set<String> PLAIN_TENSORS =
            Set.of("torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer");

    private final PickleStack stack;
    private final Map<String, StorageRef> storages = new HashMap<>();

    PickleCalls(PickleStack stack) {
        this.stack = stack;
    }

    /** The value of {@code callee(*arguments)}, or of {@code callee.__new__(callee, *arguments)}. */
    PickleValue call(PickleValue callee, PickleValue argumentTuple) {
        List<PickleValue> arguments =
                tuple(argumentTuple, "the arguments of a call").items();
        if (callee instanceof Opaque object) {
            return new Opaque(object.type(), argumentTuple);
        }
        if (!(callee instanceof Global function)) {
            throw new IllegalPickle("a " + callee.typeName() + " is called");
        }
        Attributes.check(function, arguments);
        return switch (function.qualifiedName()) {
            case "collections.OrderedDict" -> orderedDict(arguments);
            case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset" ->
                arguments.isEmpty()
                        ? Sequence.empty("set")
                        : sequence(arguments.get(0), "the items of a set").as("set");
            case "torch.Size" ->
                arguments.isEmpty()
                        ? Sequence.tuple(List.of()).as("torch.Size")
                        : sequence(arguments.get(0), "a torch.Size").as("torch.Size");
            case "_codecs.encode" -> encode(arguments);
            case "torch.nn.parameter.Parameter",
                    "torch._utils._rebuild_parameter",
                    "torch._utils._rebuild_parameter_with_state" ->
                !arguments.isEmpty() && arguments.get(0) instanceof TensorValue tensor
                        ? parameter(tensor, arguments)
                        : new Opaque(function, argumentTuple);
            case "torch._tensor._rebuild_from_type_v2" -> rebuildFromType(function, arguments, argumentTuple);
            default -> tensor(function, arguments).orElseGet(() -> new Opaque(function, argumentTuple));
        };
    }

    /** The tensor, and whether it takes a gradient, which it does if nothing is said. */
    private static TensorValue parameter(TensorValue tensor, List<PickleValue> arguments) {
        boolean frozen = arguments.size() > 1 && arguments.get(1).equals(Flag.FALSE);
        return tensor.as(frozen ? DeclaredKind.FROZEN_PARAMETER : DeclaredKind.PARAMETER);
    }

    /** The storage that a persistent id names. */
    StorageRef storage(PickleValue persistentId) {
        List<PickleValue> id = tuple(persistentId, "a persistent id").items();
        // The legacy container has a sixth part: the view that a storage is of another one, always None since 0.4.
        if (!(id.size() == 5 || (id.size() == 6 && id.get(5) instanceof None))
                || !(id.get(0) instanceof Text kind && kind.value().equals("storage"))
                || !(id.get(1) instanceof Global type)
                || !(id.get(2) instanceof Text key)
                || !(id.get(3) instanceof Text device)
                || !type.name().endsWith("Storage")
                || !STORAGE_MODULES.contains(type.module())) {
            throw IllegalPickle.hostile("a persistent id that is not a storage");
        }
        if (!STORAGE_KEY.matcher(key.value()).matches()) {
            throw IllegalPickle.hostile(
                    "a storage is called " + Refusals.quote(key.value()) + ", which is not a storage key");
        }
        StorageRef storage =
                new StorageRef(key.value(), type, device.value(), whole(id.get(4), "the size of a storage"));
        StorageRef known = storages.putIfAbsent(key.value(), storage);
        if (known == null || known.equals(storage)) {
            return known == null ? storage : known;
        }
        throw IllegalPickle.hostile(
                "storage " + Refusals.quote(key.value()) + " is both " + known.elementCount() + " of "
                        + known.type().name() + " and " + storage.elementCount() + " of "
                        + storage.type().name());
    }

    /** The storages named so far, by key. */
    Map<String, StorageRef> storages() {
        return Collections.unmodifiableMap(storages);
    }

    private Mapping orderedDict(List<PickleValue> arguments) {
        Mapping dict = new Mapping("OrderedDict");
        if (!arguments.isEmpty()) {
            List<PickleValue> pairs =
                    sequence(arguments.get(0), "the items of an OrderedDict").items();
            stack.count(pairs.size());
            for (PickleValue pair : pairs) {
                List<PickleValue> item =
                        sequence(pair, "an item of an OrderedDict").items();
                if (item.size() != 2) {
                    throw new IllegalPickle("an item of an OrderedDict has " + item.size() + " parts");
                }
                dict.put(item.get(0), item.get(1));
            }
        }
        return dict;
    }

    private static Binary encode(List<PickleValue> arguments) {
        if (arguments.size() == 2
                && arguments.get(0) instanceof Text text
                && arguments.get(1) instanceof Text codec
                && codec.value().equals("latin1")) {
            return new Binary(text.value());
        }
        throw IllegalPickle.hostile("_codecs.encode with another codec than latin1");
    }

    /** A tensor that carries attributes of its own: {@code (function, type, arguments, state)}. */
    private PickleValue rebuildFromType(Global function, List<PickleValue> arguments, PickleValue argumentTuple) {
        if (arguments.size() != 4
                || !(arguments.get(0) instanceof Global inner)
                || !(arguments.get(1) instanceof Global type)
                || !(arguments.get(2) instanceof Sequence innerArguments)) {
            return new Opaque(function, argumentTuple);
        }
        PickleValue base = tensor(inner, innerArguments.items()).orElseGet(() -> new Opaque(inner, innerArguments));
        return base instanceof TensorValue && PLAIN_TENSORS.contains(type.qualifiedName())
                ? base
                : new SubclassTensor(type, base, arguments.get(3));
    }

    private Optional<PickleValue> tensor(Global function, List<PickleValue> arguments) {
        if (!function.module().equals("torch._utils")) {
            return Optional.empty();
        }
        return switch (function.name()) {
            case "_rebuild_tensor" -> Optional.of(rebuild(arguments, 4, 4, Optional.empty()));
            case "_rebuild_tensor_v2" -> Optional.of(rebuild(arguments, 6, 6, Optional.empty()));
            case "_rebuild_tensor_v3" -> {
                if (arguments.size() < 7 || !(arguments.get(6) instanceof Global dtype)) {
                    throw new IllegalPickle("a tensor without its dtype");
                }
                yield Optional.of(rebuild(arguments, 7, 7, Optional.of(dtype)));
            }
            default -> Optional.empty();
        };
    }

    /** Storage, offset, size and stride; whether it takes a gradient; hooks; then, optionally, a dict of view flags. */
    private static TensorValue rebuild(List<PickleValue> arguments, int needed, int viewAt, Optional<Global> dtype) {
        if (arguments.size() < needed || arguments.size() > viewAt + 1) {
            throw new IllegalPickle("a tensor described by " + arguments.size() + " values, expected " + needed);
        }
        if (!(arguments.get(0) instanceof StorageRef storage)) {
            throw new IllegalPickle("a tensor lies in a " + arguments.get(0).typeName() + " instead of a storage");
        }
        return new TensorValue(
                storage,
                whole(arguments.get(1), "the offset of a tensor"),
                wholes(arguments.get(2), "the size of a tensor"),
                wholes(arguments.get(3), "the stride of a tensor"),
                dtype,
                arguments.size() > viewAt ? view(arguments.get(viewAt)) : "",
                arguments.size() > GRADIENT_AT && arguments.get(GRADIENT_AT).equals(Flag.TRUE)
                        ? Optional.of(DeclaredKind.PARAMETER)
                        : Optional.empty());
    }

    private static String view(PickleValue flags) {
        if (flags instanceof Mapping mapping) {
            for (String flag : List.of("conj", "neg")) {
                if (mapping.get(flag).filter(Flag.TRUE::equals).isPresent()) {
                    return flag;
                }
            }
        }
        return "";
    }

    private static List<Long> wholes(PickleValue value, String what) {
        List<PickleValue> items = sequence(value, what).items();
        if (items.size() > HIGHEST_RANK) {
            throw new IllegalPickle(what + " has " + items.size() + " dimensions, more than " + HIGHEST_RANK);
        }
        return items.stream().map(item -> whole(item, what)).toList();
    }

    private static long whole(PickleValue value, String what) {
        if (value instanceof Numeric number && number.value() instanceof Long whole && whole >= 0) {
            return whole;
        }
        throw new IllegalPickle(what + " is not a whole number from 0 to 2^63 - 1");
    }

    private static Sequence sequence(PickleValue value, String what) {
        if (value instanceof Sequence sequence) {
            return sequence;
        }
        throw new IllegalPickle(what + " is a " + value.typeName());
    }

    private static Sequence tuple(PickleValue value, String what) {
        Sequence sequence = sequence(value, what);
        if (sequence.typeName().equals("tuple")) {
            return sequence;
        }
        throw new IllegalPickle(what + " is a " + value.typeName());
    }
}
