package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** One file as it will be. */
final class OutputFile {
    private static final int ALIGNMENT = 8;

    // Names compare by code point, as in UTF-8; char by char differs beyond U+FFFF.
    private static final Comparator<OutputTensor> LAYOUT_ORDER = Comparator.comparing(
                    OutputTensor::dtype, SafetensorsTypes::compareInLayout)
            .thenComparing(OutputTensor::name, OutputFile::compareCodePoints);

    private final String name;
    private final List<OutputTensor> tensors;
    private final byte[] start;
    private final long size;

    private OutputFile(String name, List<OutputTensor> tensors, byte[] start, long size) {
        this.name = name;
        this.tensors = tensors;
        this.start = start;
        this.size = size;
    }

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
        byte[] start = start(entries, metadata);
        return new OutputFile(name, ordered, start, start.length + at);
    }

    /** What stands before the data. */
    private static byte[] start(List<HeaderEntry> entries, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        start.writeBytes(new byte[SafetensorsHeader.LENGTH_FIELD]);
        HeaderJson.write(entries, metadata, start);
        start.writeBytes(" ".repeat(-start.size() & (ALIGNMENT - 1)).getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = start.toByteArray();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length - SafetensorsHeader.LENGTH_FIELD);
        return bytes;
    }

    /** Bytes of the header's JSON with its padding. */
    int headerLength() {
        return start.length - SafetensorsHeader.LENGTH_FIELD;
    }

    /** What it consists of. */
    PlannedFile planned() {
        List<Piece> pieces = new ArrayList<>(tensors.size() + 1);
        pieces.add(Piece.of(start));
        tensors.forEach(tensor -> pieces.add(Piece.of(tensor)));
        return new PlannedFile(name, pieces, this::requireAsPlanned);
    }

    private void requireAsPlanned(Path written) throws IOException {
        try (InputStream file = Files.newInputStream(written)) {
            if (Files.size(written) != size || !Arrays.equals(file.readNBytes(start.length), start)) {
                throw new IOException(
                        written + ": the file just written reads back with other tensors than were written");
            }
        }
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
