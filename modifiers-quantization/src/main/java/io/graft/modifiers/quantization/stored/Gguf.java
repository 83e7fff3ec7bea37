package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.layout.GgufValue;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.GgufBlocks;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Piece;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Blocks of GGUF, which a file of that format alone can hold: Q8_0 of int8; of int4 Q4_0, and with offsets Q4_K. */
final class Gguf implements StoredLayout {
    @Override
    public Set<QuantizationScheme> schemes() {
        return Set.of(QuantizationScheme.INT8, QuantizationScheme.INT4);
    }

    @Override
    public Scheme scheme(WeightSettings settings) {
        if (settings.isDouble()) {
            throw new IllegalArgumentException("GGUF says itself in how many bits its scales are");
        }
        BlockType type = type(settings);
        int group = type == BlockType.Q4_K ? 32 : type.elements();
        if (settings.groupSize().filter(size -> size != group).isPresent()) {
            throw new IllegalArgumentException(type + " of GGUF has groups of " + group + ", and not of "
                    + settings.groupSize().get());
        }
        return new GgufBlocks(type);
    }

    private static BlockType type(WeightSettings settings) {
        if (settings.scheme() == QuantizationScheme.INT4) {
            return settings.isSymmetric() ? BlockType.Q4_0 : BlockType.Q4_K;
        }
        if (!settings.isSymmetric()) {
            throw new IllegalArgumentException("Graft writes int8 as Q8_0 of GGUF, which has no zero points");
        }
        return BlockType.Q8_0;
    }

    @Override
    public DType result(WeightSettings settings, DType weight) {
        if (settings.computeDtype().filter(dtype -> dtype != DType.F32).isPresent()) {
            throw new IllegalArgumentException("blocks of GGUF stand for values of F32, and not of "
                    + settings.computeDtype().get());
        }
        return DType.F32;
    }

    @Override
    public Parametrization store(String last, QuantizedWeight weight, WeightSettings settings) {
        GgufBlocks scheme = (GgufBlocks) weight.scheme();
        Recipe recipe = recipe(scheme.type(), last, weight.shape());
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        recipe.make(weight, stored);
        Form form = GgufValue.of(scheme.type(), StoredWeight.leaf(stored, last), weight.shape(), settings.kernel());
        return new StoredWeight(weight, stored, form, Optional.empty(), recipe);
    }

    /** Blocks hold their scales, which are kept where the codes are made with them. */
    static Recipe recipe(BlockType type, String last, Shape shape) {
        Shape packed = type.packed(shape);
        return new Recipe(
                new GgufBlocks(type),
                Map.of(last, weight -> new Blocks(weight.codes(DType.U8, packed, new BlockBytes(type)), type)),
                Map.of(),
                GgufValue.scales(type, new Expression.Owned(last, packed, DType.U8)));
    }

    /** The bytes of blocks as they were packed. */
    private record BlockBytes(BlockType type) implements Packing {
        @Override
        public long bytes(long values) {
            return values / type.elements() * type.bytes();
        }

        @Override
        public void pack(Piece piece, ByteBuffer target) {
            target.put(piece.codes(), 0, piece.units() * type.bytes());
        }
    }

    /** Bytes of which a file says that they are blocks. */
    private record Blocks(LazyTensor bytes, BlockType type) implements ComputedTensor {
        @Override
        public String operation() {
            return "packed as " + type;
        }

        @Override
        public DType dtype() {
            return bytes.dtype();
        }

        @Override
        public Shape shape() {
            return bytes.shape();
        }

        @Override
        public List<LazyTensor> inputs() {
            return bytes.inputs();
        }

        @Override
        public Optional<String> blockType() {
            return Optional.of(type.name());
        }

        @Override
        public TensorData materialize() throws IOException {
            return bytes.materialize();
        }
    }
}
