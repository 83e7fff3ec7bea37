package io.graft.format.onnx;

import io.graft.format.onnx.Initializer.Coding;
import io.graft.format.onnx.Initializer.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the fields of a {@code TensorProto}; its data are passed over. */
final class TensorFields implements ProtoReader.Fields {
    private static final int MOST_DIMENSIONS = 64;

    private final ProtoReader in;
    private final List<Long> dimensions = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, String> external = new LinkedHashMap<>();
    private String name = "";
    private int type;

    TensorFields(ProtoReader in) {
        this.in = in;
    }

    @Override
    public void take(int field, int tag) throws IOException {
        switch (field) {
            case 1 -> in.varints(tag, this::dimension);
            case 2 -> type = (int) in.number();
            case 4, 9, 10 -> runs.add(in.run(tag, Coding.FIXED));
            case 5, 7, 11 -> runs.add(in.run(tag, Coding.VARINT));
            case 6 -> runs.add(in.run(tag, Coding.TEXT));
            case 8 -> name = in.text();
            case 13 -> in.entry(external);
            default -> in.skip(tag);
        }
    }

    private void dimension(long size) {
        // One more than is allowed is kept, so that whoever makes a shape of them sees it.
        if (dimensions.size() <= MOST_DIMENSIONS) {
            dimensions.add(size);
        }
    }

    String name() {
        return name;
    }

    int rank() {
        return dimensions.size();
    }

    Initializer initializer() {
        return new Initializer(name, type, dimensions, runs, external);
    }
}
