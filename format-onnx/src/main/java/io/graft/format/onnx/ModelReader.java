package io.graft.format.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a model's description, by the numbers that <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 * gives its fields. Graphs inside nodes (branches and loops) are read as well, and so is the tensor of a {@code Constant} with two
 * dimensions or more: some exporters keep weights there.
 */
final class ModelReader {
    static final String RESAVE = "copy or export it again";

    private static final int MOST_NODES = 1_000_000;
    private static final int MOST_TENSORS = 1_000_000;

    private final CheckpointFile file;
    private final ProtoReader in;
    private final List<Initializer> initializers = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> sparse = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private ModelReader(CheckpointFile file, ProtoReader in) {
        this.file = file;
        this.in = in;
    }

    /**
     * @throws CheckpointException if the file is damaged or hostile
     */
    static OnnxModel read(CheckpointFile file) throws IOException {
        if (file.size() > Integer.MAX_VALUE) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file.path(),
                    "an ONNX file holds at most 2 GiB, and this one has " + file.size() + " bytes",
                    "export it with its tensors in a file beside it");
        }
        try (FileChannel channel = file.open();
                InputStream stream = Channels.newInputStream(channel)) {
            ModelReader reader = new ModelReader(file, new ProtoReader(CodedInputStream.newInstance(stream)));
            reader.in.fields(reader::model);
            return new OnnxModel(reader.initializers, reader.nodes, reader.metadata, reader.sparse);
        } catch (ProtoReader.TooDeepException tooDeep) {
            throw refused(file, "its messages stand deeper in one another than those of any model");
        } catch (InvalidProtocolBufferException damaged) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file.path(),
                    "cut off or damaged: the model's description is no valid protobuf message",
                    RESAVE,
                    damaged);
        }
    }

    private void model(int field, int tag) throws IOException {
        switch (field) {
            case 1 -> metadata.put("ir_version", Long.toString(in.number()));
            case 2 -> metadata.put("producer_name", in.text());
            case 3 -> metadata.put("producer_version", in.text());
            case 7 -> in.message(this::graph);
            case 8 -> operatorSet();
            case 14 -> in.entry(metadata);
            default -> in.skip(tag);
        }
    }

    private void operatorSet() throws IOException {
        String[] domain = {""};
        long[] version = {0};
        in.message((field, tag) -> {
            switch (field) {
                case 1 -> domain[0] = in.text();
                case 2 -> version[0] = in.number();
                default -> in.skip(tag);
            }
        });
        metadata.put(domain[0].isEmpty() ? "opset" : "opset " + domain[0], Long.toString(version[0]));
    }

    private void graph(int field, int tag) throws IOException {
        switch (field) {
            case 1 -> node();
            case 5 -> {
                TensorFields tensor = new TensorFields(in);
                in.message(tensor);
                add(tensor.initializer());
            }
            case 15 ->
                in.message((part, partTag) -> {
                    if (part == 1) {
                        TensorFields values = new TensorFields(in);
                        in.message(values);
                        sparse.add(values.name());
                    } else {
                        in.skip(partTag);
                    }
                });
            default -> in.skip(tag);
        }
    }

    private void node() throws IOException {
        NodeFields fields = new NodeFields();
        in.message(fields);
        if (nodes.size() == MOST_NODES) {
            throw refused(file, "the graph holds more than " + MOST_NODES + " nodes");
        }
        nodes.add(new Node(fields.operation, fields.module(), fields.inputs, fields.outputs, fields.transposesB));
        if (fields.operation.equals("Constant") && !fields.outputs.isEmpty()) {
            fields.constants.stream()
                    .filter(constant -> constant.dimensions().size() > 1)
                    .forEach(constant -> add(constant.named(fields.outputs.get(0))));
        }
    }

    private void add(Initializer initializer) {
        if (initializers.size() == MOST_TENSORS) {
            throw refused(file, "the graph holds more than " + MOST_TENSORS + " tensors");
        }
        initializers.add(initializer);
    }

    private static CheckpointException refused(CheckpointFile file, String detail) {
        return new CheckpointException(
                Reason.REFUSED, file.path(), detail, "do not use this file unless you know who wrote it");
    }

    /** The fields of a {@code NodeProto}. */
    private final class NodeFields implements ProtoReader.Fields {
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Initializer> constants = new ArrayList<>();
        private String name = "";
        private final Map<String, String> properties = new HashMap<>();
        private String operation = "";
        private boolean transposesB;

        Optional<String> module() {
            return Node.module(name, properties.getOrDefault("namespace", ""));
        }

        @Override
        public void take(int field, int tag) throws IOException {
            switch (field) {
                case 1 -> inputs.add(in.text());
                case 2 -> outputs.add(in.text());
                case 3 -> name = in.text();
                case 4 -> operation = in.text();
                case 5 -> attribute();
                case 9 -> in.entry(properties);
                default -> in.skip(tag);
            }
        }

        private void attribute() throws IOException {
            String[] key = {""};
            in.message((field, tag) -> {
                switch (field) {
                    case 1 -> key[0] = in.text();
                    case 3 -> {
                        boolean set = in.number() != 0;
                        transposesB |= set && key[0].equals("transB");
                    }
                    case 5 -> {
                        TensorFields tensor = new TensorFields(in);
                        in.message(tensor);
                        constants.add(tensor.initializer());
                    }
                    case 6, 11 -> in.message(ModelReader.this::graph);
                    default -> in.skip(tag);
                }
            });
        }
    }
}
