package io.graft.checkpoint.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes pickles of protocol 2, good and bad ones. */
final class Pickle {
    /** A name such as a class. */
    record Name(String module, String name) {}

    /** A call, as {@code REDUCE} does it. */
    record Call(Object callee, List<?> arguments) {
        static Call of(String module, String name, Object... arguments) {
            return new Call(new Name(module, name), Arrays.asList(arguments));
        }
    }

    record Tuple(List<?> items) {
        static Tuple of(Object... items) {
            return new Tuple(List.of(items));
        }
    }

    /** A storage by its persistent id. */
    record Storage(List<?> id) {
        static Storage of(Object... id) {
            return new Storage(Arrays.asList(id));
        }
    }

    /** Opcodes as they are, one per character. */
    record Raw(String opcodes) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Pickle() {}

    static byte[] of(Object value) {
        return new Pickle().raw("\u0080\u0002").write(value).raw(".").out.toByteArray();
    }

    /** The opcodes between the protocol and the end mark. */
    static byte[] ofOpcodes(String opcodes) {
        return of(new Raw(opcodes));
    }

    /** A tensor on storage {@code key}. */
    static Call tensor(Storage storage, long offset, List<Long> size, List<Long> stride) {
        return Call.of(
                "torch._utils",
                "_rebuild_tensor_v2",
                storage,
                offset,
                new Tuple(size),
                new Tuple(stride),
                false,
                Call.of("collections", "OrderedDict"));
    }

    static Storage storage(String type, String key, long count) {
        return Storage.of("storage", new Name("torch", type), key, "cpu", count);
    }

    /** A vector of F32 that fills storage {@code key}. */
    static Call floats(String key, long count) {
        return tensor(storage("FloatStorage", key, count), 0, List.of(count), List.of(1L));
    }

    private Pickle write(Object value) {
        if (value == null) {
            raw("N");
        } else if (value instanceof Raw opcodes) {
            raw(opcodes.opcodes);
        } else if (value instanceof Boolean flag) {
            raw(flag ? "\u0088" : "\u0089");
        } else if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            raw("X").number(4, utf8.length).out.writeBytes(utf8);
        } else if (value instanceof Double number) {
            raw("G").out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
        } else if (value instanceof Number number) {
            raw("\u008a\u0008").number(8, number.longValue());
        } else if (value instanceof Name name) {
            raw("c" + name.module + "\n" + name.name + "\n");
        } else if (value instanceof Call call) {
            write(call.callee).write(new Tuple(call.arguments)).raw("R");
        } else if (value instanceof Tuple tuple) {
            raw("(");
            tuple.items.forEach(this::write);
            raw("t");
        } else if (value instanceof Storage storage) {
            write(new Tuple(storage.id)).raw("Q");
        } else if (value instanceof List<?> list) {
            raw("](");
            list.forEach(this::write);
            raw("e");
        } else if (value instanceof Map<?, ?> map) {
            raw("}(");
            map.forEach((key, item) -> write(key).write(item));
            raw("u");
        } else {
            throw new IllegalArgumentException(value.getClass().getName());
        }
        return this;
    }

    private Pickle raw(String opcodes) {
        out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    private Pickle number(int bytes, long value) {
        out.write(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                0,
                bytes);
        return this;
    }
}
