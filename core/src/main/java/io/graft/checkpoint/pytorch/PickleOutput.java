package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A pickle in the making, in protocol 2: opcode by opcode what Python's pickler writes. A contiguous tensor fills its storage.
 */
final class PickleOutput {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, Integer> known = new HashMap<>();
    private int remembered;

    PickleOutput() {
        out.write(0x80);
        out.write(2);
    }

    /** The whole of it. */
    byte[] end() {
        out.write('.');
        return out.toByteArray();
    }

    /** An opcode without arguments. */
    void write(int opcode) {
        out.write(opcode);
    }

    /** A float of eight bytes. */
    void real(double number) {
        out.write('G');
        out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
    }

    /**
     * A tensor.
     *
     * @param key the number of its storage
     */
    void tensor(OutputTensor tensor, String key) {
        DType dtype = tensor.dtype();
        boolean typed = TorchTypes.storageOf(dtype).isPresent();
        long elements = tensor.shape().elementCount();
        global("torch._utils", typed ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
        out.write('(');
        out.write('(');
        text("storage");
        global(typed ? "torch" : "torch.storage", TorchTypes.storageOf(dtype).orElse("UntypedStorage"));
        text(key);
        text("cpu");
        number(typed ? elements : dtype.byteCount(tensor.shape()));
        out.write('t');
        remember();
        out.write('Q');
        number(0);
        numbers(tensor.shape().dimensions());
        numbers(contiguousStride(tensor.shape().dimensions()));
        out.write(0x89);
        emptyOrderedDict();
        TorchTypes.untypedName(dtype).ifPresent(name -> global("torch", name));
        out.write('t');
        remember();
        out.write('R');
        remember();
    }

    private static List<Long> contiguousStride(List<Long> size) {
        List<Long> stride = new ArrayList<>(size);
        long step = 1;
        for (int d = size.size() - 1; d >= 0; d--) {
            stride.set(d, step);
            step *= Math.max(size.get(d), 1);
        }
        return stride;
    }

    void emptyOrderedDict() {
        global("collections", "OrderedDict");
        out.write(')');
        out.write('R');
        remember();
    }

    private void global(String module, String name) {
        String lines = module + "\n" + name + "\n";
        if (!recall(lines)) {
            out.write('c');
            out.writeBytes(lines.getBytes(StandardCharsets.US_ASCII));
            known.put(lines, remember());
        }
    }

    /** A text, which is written once. */
    void text(String text) {
        if (!recall(text)) {
            known.put(text, newText(text));
        }
    }

    /** A text that was not written before. */
    int newText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(little(bytes.length));
        out.writeBytes(bytes);
        return remember();
    }

    private void numbers(List<Long> numbers) {
        if (numbers.isEmpty()) {
            out.write(')');
            return;
        }
        if (numbers.size() > 3) {
            out.write('(');
        }
        numbers.forEach(this::number);
        // Tuples of one to three items have opcodes of their own.
        out.write(numbers.size() > 3 ? 't' : 0x84 + numbers.size());
        remember();
    }

    void number(long number) {
        if (number >= 0 && number < 1 << 8) {
            out.write('K');
            out.write((int) number);
        } else if (number >= 0 && number < 1 << 16) {
            out.write('M');
            out.write((int) number);
            out.write((int) number >> 8);
        } else if (number == (int) number) {
            out.write('J');
            out.writeBytes(little((int) number));
        } else {
            byte[] bytes = BigInteger.valueOf(number).toByteArray();
            out.write(0x8a);
            out.write(bytes.length);
            for (int i = bytes.length - 1; i >= 0; i--) {
                out.write(bytes[i]);
            }
        }
    }

    int remember() {
        memo('q', 'r', remembered);
        return remembered++;
    }

    private boolean recall(String value) {
        Integer index = known.get(value);
        if (index != null) {
            memo('h', 'j', index);
        }
        return index != null;
    }

    private void memo(char small, char large, int index) {
        if (index < 1 << 8) {
            out.write(small);
            out.write(index);
        } else {
            out.write(large);
            out.writeBytes(little(index));
        }
    }

    private static byte[] little(int number) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }
}
