package io.graft.apply;

import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.apply.output.OutputFolder;
import io.graft.apply.output.OutputSection;
import io.graft.apply.output.Outputs;
import io.graft.apply.output.SafetensorsStateDict;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A JVM that casts and writes more values than its heap could hold together. */
final class CastInLittleMemory {
    private static final Shape SHAPE = Shape.of(1 << 20);

    private CastInLittleMemory() {}

    public static void main(String[] arguments) throws IOException {
        List<DraftTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tensors.add(DraftTensor.initial("w." + i, Set.of(), TensorKind.PARAMETER, true, new OnHeap()));
        }
        ModelDraft draft = new ModelDraft(List.of(), tensors);
        tensors.forEach(tensor -> draft.cast(tensor.name(), DType.BF16));
        Plan plan = new Plan(new ModelRef("checkpoint", "m"), List.of(), List.copyOf(draft.tensors()), List.of());
        OutputSection output = Outputs.section(
                new OutputFolder(Path.of(arguments[0]), false),
                new SafetensorsStateDict(),
                5_000_000_000L,
                WriteOptions.DEFAULT);
        Outputs.carryOut(plan, new FileTarget(), output);
    }

    /** 4 MiB that are there once they are asked for. */
    private record OnHeap() implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return SHAPE;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Initial("w");
        }

        @Override
        public TensorData materialize() {
            return TensorData.of(ByteBuffer.allocate((int) SHAPE.elementCount() * Float.BYTES));
        }
    }
}
