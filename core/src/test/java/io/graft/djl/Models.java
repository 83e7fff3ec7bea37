package io.graft.djl;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.ModifierRecord;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.tree.BlockTensor;
import io.graft.model.ModelDraft;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models and plans that the tests share. */
public final class Models {
    private Models() {}

    public static BlockModel m43() {
        return open(M43.Factory.class, Map.of(), Shape.of(5, 4));
    }

    public static BlockModel normalized() {
        return open(Normalized.class, Map.of(), Shape.of(5, 4));
    }

    public static BlockModel open(Class<?> factory, Map<String, Object> arguments, Shape... inputs) {
        BlockSource source = new BlockSource(factory.getName(), Path.of("."), arguments, List.of(inputs));
        return BlockModel.open(source, Models.class.getClassLoader());
    }

    /** A plan with the edits of a draft. */
    public static Plan plan(TargetModel target, ModelDraft draft) {
        ModifierRecord record =
                new ModifierRecord(0, "test", "test", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        return new Plan(target.ref(), List.of(record), List.copyOf(draft.tensors()), List.of());
    }

    /** Fills what both have, by name, for good. */
    public static void fill(TargetModel target, Map<String, NamedTensor> values) throws IOException {
        ModelDraft draft = target.draft();
        for (String name :
                target.draft().tensors().stream().map(tensor -> tensor.name()).toList()) {
            if (values.containsKey(name)) {
                draft.assign(name, stored(values.get(name)));
            }
        }
        target.commit(plan(target, draft)).close();
    }

    /** A tensor as if it came from a file. */
    public static LazyTensor stored(NamedTensor tensor) {
        return new Value(tensor.dtype(), tensor.shape(), tensor.data(), new Provenance.Stored("test", tensor.name()));
    }

    /** A float32 tensor of one value. */
    public static LazyTensor filled(Shape shape, float value) {
        ByteBuffer bytes = ByteBuffer.allocate((int) shape.elementCount() * 4).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat(value);
        }
        return new Value(DType.F32, shape, TensorData.of(bytes.flip()), new Provenance.Stored("test", "filled"));
    }

    /** The exact bits of every parameter, and both of its flags. */
    public static Map<String, Snapshot> snapshot(Block block) {
        Map<String, Snapshot> snapshots = new LinkedHashMap<>();
        block.getParameters().forEach(pair -> snapshots.put(pair.getKey(), Snapshot.of(pair.getValue())));
        return snapshots;
    }

    /** The parameter that ends a path of children, {@code encoder.weight}. */
    public static Parameter parameter(BlockTarget target, String name) {
        BlockTensor tensor =
                (BlockTensor) target.draft().find(name).orElseThrow().base();
        return tensor.parameter();
    }

    public record Snapshot(ByteBuffer bits, boolean trainable, boolean tracked) {
        public static Snapshot of(Parameter parameter) {
            LiveTensorData data = new LiveTensorData(parameter.getArray());
            ByteBuffer bits = data.window(0, (int) data.byteCount());
            return new Snapshot(
                    bits, parameter.requiresGradient(), parameter.getArray().hasGradient());
        }
    }

    private record Value(DType dtype, Shape shape, TensorData data, Provenance provenance) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }
}
