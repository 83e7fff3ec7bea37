package io.graft.format.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes ONNX files field by field, right and wrong ones. */
final class OnnxFile {
    private OnnxFile() {}

    /** Writes fields of a message. */
    @FunctionalInterface
    interface Message {
        void write(CodedOutputStream out) throws IOException;

        default Message and(Message more) {
            return out -> {
                write(out);
                more.write(out);
            };
        }
    }

    static byte[] bytes(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            message.write(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static Message message(int field, Message inner) {
        return out -> out.writeByteArray(field, bytes(inner));
    }

    static Message text(int field, String text) {
        return out -> out.writeString(field, text);
    }

    static Message number(int field, long number) {
        return out -> out.writeInt64(field, number);
    }

    /** A model with this graph. */
    static Path write(Path file, Message graph) throws IOException {
        return Files.write(file, bytes(number(1, 8).and(text(2, "test")).and(message(7, graph))));
    }

    /** An initializer of a graph; {@code content} are its data. */
    static Message tensor(String name, int type, Message content, long... dimensions) {
        return message(5, description(name, type, content, dimensions));
    }

    static Message description(String name, int type, Message content, long... dimensions) {
        return out -> {
            for (long dimension : dimensions) {
                out.writeInt64(1, dimension);
            }
            out.writeInt32(2, type);
            content.write(out);
            out.writeString(8, name);
        };
    }

    /** {@code raw_data} of 32-bit numbers. */
    static Message raw(float... values) {
        return out -> out.writeBytes(9, ByteString.copyFrom(floats(values)));
    }

    static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** Where a tensor lies in another file. */
    static Message external(String key, String value) {
        return message(13, text(1, key).and(text(2, value)));
    }

    static Message node(String operation, String name, Message more, String output, String... inputs) {
        return message(1, out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, output);
            out.writeString(3, name);
            out.writeString(4, operation);
            more.write(out);
        });
    }

    static Message nothing() {
        return out -> {};
    }

    /** A branch that holds a graph. */
    static Message branch(Message graph) {
        return node("If", "", message(5, text(1, "then_branch").and(message(6, graph))), "out", "condition");
    }
}
