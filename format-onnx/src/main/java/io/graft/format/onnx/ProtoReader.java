package io.graft.format.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;

/** Goes through nested messages of one file, without objects for what is passed over. */
final class ProtoReader {
    /** The graph of a branch inside a branch inside a loop is as deep as 12 messages. */
    private static final int DEEPEST = 64;

    private final CodedInputStream in;
    private int depth;

    ProtoReader(CodedInputStream in) {
        this.in = in;
    }

    /** Takes one field. */
    @FunctionalInterface
    interface Fields {
        /**
         * @param field its number
         * @param tag for {@link ProtoReader#skip}
         */
        void take(int field, int tag) throws IOException;
    }

    /** All fields up to the end of the file. */
    void fields(Fields fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields.take(WireFormat.getTagFieldNumber(tag), tag);
        }
    }

    /** The fields of a message that stands here. */
    void message(Fields fields) throws IOException {
        if (++depth > DEEPEST) {
            throw new TooDeepException();
        }
        int outer = in.pushLimit(in.readRawVarint32());
        fields(fields);
        in.popLimit(outer);
        depth--;
    }

    /** Passes over a field. */
    void skip(int tag) throws IOException {
        in.skipField(tag);
    }

    /** Puts the key and value of a {@code StringStringEntryProto} that stands here into a map. */
    void entry(Map<String, String> entries) throws IOException {
        String[] entry = {"", ""};
        message((field, tag) -> {
            switch (field) {
                case 1 -> entry[0] = text();
                case 2 -> entry[1] = text();
                default -> skip(tag);
            }
        });
        entries.put(entry[0], entry[1]);
    }

    String text() throws IOException {
        return in.readStringRequireUtf8();
    }

    long number() throws IOException {
        return in.readRawVarint64();
    }

    /** Whether a field holds a run of numbers of fixed or variable length, or bytes, and not one number. */
    static boolean isPacked(int tag) {
        return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    /** Numbers that stand here, one or a run of them. */
    interface Numbers {
        void take(long number);
    }

    void varints(int tag, Numbers numbers) throws IOException {
        if (!isPacked(tag)) {
            numbers.take(number());
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            numbers.take(number());
        }
        in.popLimit(outer);
    }

    /** Passes over the value of a field, and tells where in the file it lies. */
    Initializer.Run run(int tag, Initializer.Coding coding) throws IOException {
        int length = switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.readRawVarint32();
            case WireFormat.WIRETYPE_FIXED32 -> Float.BYTES;
            case WireFormat.WIRETYPE_FIXED64 -> Double.BYTES;
            default -> 0;
        };
        long offset = in.getTotalBytesRead();
        if (length == 0 && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
            number();
            length = (int) (in.getTotalBytesRead() - offset);
        } else {
            in.skipRawBytes(length);
        }
        return new Initializer.Run(offset, length, coding);
    }

    /** Messages stand deeper in one another than any model has them. */
    static final class TooDeepException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
