package io.graft.checkpoint.params;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/** The bytes between two arrays of parameters, of which the last are the name of a parameter and the mark of its array. */
final class Gap {
    /** A text of four letters, NDAR. */
    private static final long ARRAY = 0x00_04_4e_44_41_52L;

    private static final int ARRAY_LENGTH = 6;
    private static final long ARRAY_MASK = 0xffff_ffff_ffffL;
    private static final int ZIP = 0x50_4b_03_04;

    /** The letter P in two bytes, and version 1. */
    private static final int PARAMETER = 0x00_50_01;

    private static final int PARAMETER_LENGTH = 3;

    private byte[] bytes = new byte[256];
    private int size;
    private long last;

    void add(int next) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) next;
        last = last << 8 | next;
    }

    int size() {
        return size;
    }

    /** Whether the last bytes begin an array. */
    boolean endsInArray() {
        return size >= ARRAY_LENGTH && (last & ARRAY_MASK) == ARRAY;
    }

    /** Whether the last bytes begin a zip archive. */
    boolean endsInArchive() {
        return size >= Integer.BYTES && (int) last == ZIP;
    }

    /** Where the parameter begins whose name stands before the array; -1 if there is none. */
    int parameter() {
        int nameEnd = size - ARRAY_LENGTH;
        for (int start = nameEnd - PARAMETER_LENGTH - 2; start >= 0; start--) {
            int mark = (bytes[start] & 0xff) << 16 | u16(start + 1);
            int nameStart = start + PARAMETER_LENGTH + 2;
            if (mark == PARAMETER && u16(start + PARAMETER_LENGTH) == nameEnd - nameStart) {
                return start;
            }
        }
        return -1;
    }

    /** The name of the parameter that begins there. */
    String name(int parameter) throws IOException {
        int start = parameter + PARAMETER_LENGTH;
        return DataInputStream.readUTF(
                new DataInputStream(new ByteArrayInputStream(bytes, start, size - ARRAY_LENGTH - start)));
    }

    private int u16(int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
