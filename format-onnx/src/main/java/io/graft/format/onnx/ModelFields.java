package io.graft.format.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The fields of {@code ModelProto}, by which a file is known for one. */
final class ModelFields {
    /** The tag of {@code ir_version}, which every exporter writes first, as protobuf orders fields. */
    static final byte FIRST = 0x08;

    private static final int GRAPH = 7;

    private static final Map<Integer, Integer> WIRE_TYPES = Map.of(
            1,
            WireFormat.WIRETYPE_VARINT,
            2,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            3,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            4,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            5,
            WireFormat.WIRETYPE_VARINT,
            6,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            GRAPH,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            8,
            WireFormat.WIRETYPE_LENGTH_DELIMITED,
            14,
            WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private static final int LATER = 20;

    private ModelFields() {}

    /** Whether a file consists of such fields, with a graph among them. One that is cut off inside its graph counts. */
    static boolean areAll(Path file) throws IOException {
        boolean graph = false;
        try (InputStream stream = Files.newInputStream(file)) {
            CodedInputStream in = CodedInputStream.newInstance(stream);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                int wire = WireFormat.getTagWireType(tag);
                if (field < LATER
                        ? WIRE_TYPES.getOrDefault(field, -1) != wire
                        : wire != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    return false;
                }
                graph |= field == GRAPH;
                in.skipField(tag);
            }
            return graph;
        } catch (InvalidProtocolBufferException cut) {
            return graph;
        }
    }
}
