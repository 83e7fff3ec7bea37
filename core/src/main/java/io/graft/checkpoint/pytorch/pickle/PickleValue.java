package io.graft.checkpoint.pytorch.pickle;

import io.graft.checkpoint.DeclaredKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a pickle holds, as plain data. Containers compare by identity and never render their content: values may be shared
 * and may even contain themselves.
 */
public sealed interface PickleValue {
    /** The Python type, for messages: {@code dict}, {@code int}, {@code torch.Tensor}, {@code numpy.ndarray}. */
    String typeName();

    /** How many containers lie inside each other here, as far as known when the value was made or last added to. */
    default int depth() {
        return 0;
    }

    record None() implements PickleValue {
        public static final None INSTANCE = new None();

        @Override
        public String typeName() {
            return "NoneType";
        }
    }

    record Flag(boolean value) implements PickleValue {
        public static final Flag TRUE = new Flag(true);
        public static final Flag FALSE = new Flag(false);

        @Override
        public String typeName() {
            return "bool";
        }
    }

    record Text(String value) implements PickleValue {
        @Override
        public String typeName() {
            return "str";
        }
    }

    /** Bytes, one per character of a text. */
    record Binary(String latin1) implements PickleValue {
        @Override
        public String typeName() {
            return "bytes";
        }
    }

    /** A {@code Long}, a {@code BigInteger} or a {@code Double}. */
    record Numeric(Number value) implements PickleValue {
        private static final Numeric[] SMALL =
                IntStream.range(0, 256).mapToObj(i -> new Numeric((long) i)).toArray(Numeric[]::new);

        public static Numeric of(long value) {
            return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new Numeric(value);
        }

        @Override
        public String typeName() {
            return value instanceof Double ? "float" : "int";
        }
    }

    /** A name that refers to Python code or data, such as a class. It is only ever a name. */
    record Global(String module, String name) implements PickleValue {
        public String qualifiedName() {
            return module + "." + name;
        }

        @Override
        public String typeName() {
            return qualifiedName();
        }
    }

    /** A {@code list}, {@code tuple}, {@code set} or {@code torch.Size}. */
    final class Sequence implements PickleValue {
        private final String typeName;
        private List<PickleValue> items;
        private int depth;

        private Sequence(String typeName, List<PickleValue> items, int depth) {
            this.typeName = typeName;
            this.items = items;
            this.depth = depth;
        }

        /** An empty list or set, to be added to. */
        static Sequence empty(String typeName) {
            return new Sequence(typeName, List.of(), 1);
        }

        static Sequence tuple(List<PickleValue> items) {
            return new Sequence(
                    "tuple",
                    items,
                    1 + items.stream().mapToInt(PickleValue::depth).max().orElse(0));
        }

        /** The same items as another type. They are shared: copying would let a short pickle take long. */
        Sequence as(String otherType) {
            return new Sequence(otherType, items, depth);
        }

        void add(PickleValue item) {
            if (items.isEmpty()) {
                items = new ArrayList<>(1);
            }
            items.add(item);
            depth = Math.max(depth, item.depth() + 1);
        }

        public List<PickleValue> items() {
            return Collections.unmodifiableList(items);
        }

        @Override
        public int depth() {
            return depth;
        }

        @Override
        public String typeName() {
            return typeName;
        }
    }

    /** One key of a dict with its value. */
    record Item(PickleValue key, PickleValue value) {}

    /** A {@code dict} or {@code OrderedDict}: items as they were set, a key that was set twice included. */
    public final class Mapping implements PickleValue {
        private final String typeName;
        private List<Item> items = List.of();
        private int depth = 1;

        public Mapping(String typeName) {
            this.typeName = typeName;
        }

        public void put(PickleValue key, PickleValue value) {
            if (items.isEmpty()) {
                items = new ArrayList<>(1);
            }
            items.add(new Item(key, value));
            depth = Math.max(depth, Math.max(key.depth(), value.depth()) + 1);
        }

        public List<Item> items() {
            return Collections.unmodifiableList(items);
        }

        /** The value of a text key; the last one set, as in Python. */
        public Optional<PickleValue> get(String key) {
            PickleValue found = null;
            for (Item item : items) {
                if (item.key instanceof Text text && text.value.equals(key)) {
                    found = item.value;
                }
            }
            return Optional.ofNullable(found);
        }

        @Override
        public int depth() {
            return depth;
        }

        @Override
        public String typeName() {
            return typeName;
        }
    }

    /**
     * A storage by its key. The class name of the storage gives the element type.
     *
     * @param key name of the member under {@code data/}
     * @param type class of the storage, such as {@code torch.FloatStorage}
     * @param device where it was when it was saved: {@code cpu}, {@code cuda:0}
     * @param elementCount elements, or bytes for an untyped storage
     */
    record StorageRef(String key, Global type, String device, long elementCount) implements PickleValue {
        @Override
        public String typeName() {
            return type.qualifiedName();
        }
    }

    /**
     * A tensor as the pickle describes it; nothing of it was checked against its storage yet.
     *
     * @param storage where the elements lie
     * @param offset first element
     * @param size elements per dimension
     * @param stride steps per dimension, in elements
     * @param dtype element type, where the storage does not tell it
     * @param view what of PyTorch's lazily applied views is on: {@code conj} or {@code neg}; empty for none
     * @param declared what is known of its use in a module; a plain tensor without gradient may be anything, since {@code
     *     state_dict()} detaches
     */
    record TensorValue(
            StorageRef storage,
            long offset,
            List<Long> size,
            List<Long> stride,
            Optional<Global> dtype,
            String view,
            Optional<DeclaredKind> declared)
            implements PickleValue {
        /** The same tensor, of which more is known. */
        public TensorValue as(DeclaredKind kind) {
            return new TensorValue(storage, offset, size, stride, dtype, view, Optional.of(kind));
        }

        @Override
        public String typeName() {
            return "torch.Tensor";
        }
    }

    /**
     * A tensor of a class of its own.
     *
     * @param base the tensor that it is made of, or the record of a wrapper, which has no data
     * @param fields what the object keeps beside, as a rule a dict; the data of a wrapper are among it
     */
    record SubclassTensor(Global type, PickleValue base, PickleValue fields) implements PickleValue {
        @Override
        public int depth() {
            return 1 + Math.max(base.depth(), fields.depth());
        }

        @Override
        public String typeName() {
            return type.qualifiedName();
        }
    }

    /** An object of any other class: its fields without its behaviour. */
    final class Opaque implements PickleValue {
        private final Global type;
        private final PickleValue arguments;
        private PickleValue state = None.INSTANCE;
        private List<PickleValue> items = List.of();
        private int depth;

        Opaque(Global type, PickleValue arguments) {
            this.type = type;
            this.arguments = arguments;
            this.depth = arguments.depth() + 1;
        }

        /** Adds an item of a list subclass, or a key or a value of a dict subclass. */
        void add(PickleValue item) {
            if (items.isEmpty()) {
                items = new ArrayList<>(1);
            }
            items.add(item);
            depth = Math.max(depth, item.depth() + 1);
        }

        void setState(PickleValue newState) {
            state = newState;
            depth = Math.max(depth, newState.depth() + 1);
        }

        public Global type() {
            return type;
        }

        /** What the class would have been called with. */
        public PickleValue arguments() {
            return arguments;
        }

        /** The object's fields, as a rule a dict; {@link None} if it has none. */
        public PickleValue state() {
            return state;
        }

        /** Items of a list subclass, or keys and values in turn of a dict subclass. */
        public List<PickleValue> items() {
            return Collections.unmodifiableList(items);
        }

        @Override
        public int depth() {
            return depth;
        }

        @Override
        public String typeName() {
            return type.qualifiedName();
        }
    }
}
