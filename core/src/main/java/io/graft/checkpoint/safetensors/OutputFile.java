package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.write.OutputTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One file as it will be, every byte but the tensors' data.
 *
 * @param name file name
 * @param tensors in the order of their data
 * @param header the same tensors with their offsets
 * @param headerLength bytes of the header's JSON with its padding
 */
record OutputFile(String name, List<OutputTensor> tensors, SafetensorsHeader header, long headerLength) {
    private static final int ALIGNMENT = 8;

    // Names compare by code point, as in UTF-8; char by char differs beyond U+FFFF.
    private static final Comparator<OutputTensor> LAYOUT_ORDER = Comparator.comparing(
                    OutputTensor::dtype, SafetensorsTypes::compareInLayout)
            .thenComparing(OutputTensor::name, OutputFile::compareCodePoints);

    /** Lays out a file: tensors by dtype and name, one after the other. */
    static OutputFile of(String name, List<OutputTensor> tensors, Map<String, String> metadata) throws IOException {
        List<OutputTensor> ordered = new ArrayList<>(tensors);
        ordered.sort(LAYOUT_ORDER);
        List<HeaderEntry> entries = new ArrayList<>(ordered.size());
        long at = 0;
        for (OutputTensor tensor : ordered) {
            long end = Math.addExact(at, tensor.dtype().byteCount(tensor.shape()));
            entries.add(new HeaderEntry(tensor.name(), tensor.dtype(), tensor.shape(), at, end));
            at = end;
        }
        CountingStream counter = new CountingStream();
        HeaderJson.write(entries, metadata, counter);
        long length = (counter.count() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        SafetensorsHeader header = new SafetensorsHeader(entries, metadata, SafetensorsHeader.LENGTH_FIELD + length);
        return new OutputFile(name, ordered, header, length);
    }

    /** Bytes of the whole file. */
    long size() {
        return header.dataStart() + dataLength();
    }

    /** Bytes of the tensors' data. */
    long dataLength() {
        List<HeaderEntry> entries = header.entries();
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
    }

    /** Writes what stands before the data. */
    void writeHeader(OutputStream out) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .array());
        CountingStream counter = new CountingStream(out);
        HeaderJson.write(header.entries(), header.metadata(), counter);
        out.write(" ".repeat((int) (headerLength - counter.count())).getBytes(StandardCharsets.US_ASCII));
    }

    private static int compareCodePoints(String a, String b) {
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates stand for code points above all other characters.
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? x - y : high ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }
}
