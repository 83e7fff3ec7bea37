package io.graft.torchscript.pickle;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The opcodes of pickles that PyTorch's own reader knows: protocol 2, long numbers of eight bytes. */
final class Opcodes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int remembered;

    Opcodes() {
        out.write(0x80);
        out.write(2);
    }

    /** All of it, with its end. */
    byte[] finish() {
        out.write('.');
        return out.toByteArray();
    }

    /** One that stands for itself. */
    void put(int opcode) {
        out.write(opcode);
    }

    void orderedDict() {
        global("collections", "OrderedDict");
        out.write(')');
        out.write('R');
    }

    void wholes(List<Long> numbers) {
        startTuple(numbers.size());
        numbers.forEach(this::whole);
        endTuple(numbers.size());
    }

    /** Tuples of up to three items have opcodes of their own. */
    void startTuple(int size) {
        if (size > 3) {
            out.write('(');
        }
    }

    void endTuple(int size) {
        out.write(size == 0 ? ')' : size > 3 ? 't' : 0x84 + size);
    }

    void global(Global global) {
        global(global.module(), global.name());
    }

    void global(String module, String name) {
        String lines = module + "\n" + name + "\n";
        out.write('c');
        out.writeBytes(lines.getBytes(StandardCharsets.UTF_8));
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(little(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    void flag(boolean value) {
        out.write(value ? 0x88 : 0x89);
    }

    void whole(long number) {
        if (number >= 0 && number < 1 << 8) {
            out.write('K');
            out.write((int) number);
        } else if (number >= 0 && number < 1 << 16) {
            out.write('M');
            out.writeBytes(little(Short.BYTES).putShort((short) number).array());
        } else if (number == (int) number) {
            out.write('J');
            out.writeBytes(little(Integer.BYTES).putInt((int) number).array());
        } else {
            out.write(0x8a);
            out.write(Long.BYTES);
            out.writeBytes(little(Long.BYTES).putLong(number).array());
        }
    }

    void real(double number) {
        out.write('G');
        out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
    }

    /** Remembers what was written last, and tells by which number. */
    int memorize() {
        out.write('r');
        out.writeBytes(little(Integer.BYTES).putInt(remembered).array());
        return remembered++;
    }

    void recall(int index) {
        out.write('j');
        out.writeBytes(little(Integer.BYTES).putInt(index).array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
