package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.gguf.BlockType;
import io.graft.checkpoint.gguf.LlamaNames;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.model.rules.RuledTensor;
import io.graft.problem.Spelling;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What floating-point tensors become. Integers, booleans and complex numbers stay as they are. */
public sealed interface NewDtype {
    /** All that there are, for messages. */
    String ALLOWED =
            "F16, BF16, F32 or F64, or in a GGUF file Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K,"
                    + " IQ4_NL or IQ4_XS";

    /** What is written of a tensor, in a format. */
    LazyTensor written(RuledTensor tensor, Checkpoint input, StateDictFormat output);

    /** The type of blocks that numbers are packed into; empty if they stay numbers. */
    default Optional<BlockType> blocks() {
        return Optional.empty();
    }

    /**
     * The one of a name, in whatever case; empty if nothing is called so.
     *
     * @throws IllegalArgumentException if it is a dtype that floating-point numbers are not converted to; the message is one line
     */
    static Optional<NewDtype> find(String name) {
        Optional<NewDtype> blocks = Spelling.constant(BlockType.class, name).map(Blocks::new);
        return blocks.or(() -> Spelling.constant(DType.class, name).map(Numbers::new));
    }

    /** Numbers of another dtype. */
    record Numbers(DType dtype) implements NewDtype {
        /**
         * @throws IllegalArgumentException if the dtype is none that floating-point numbers can be converted to; the message is one
         *     line
         */
        public Numbers {
            if (!dtype.isFloatingPoint() || dtype.bits() < 16) {
                throw new IllegalArgumentException("values cannot be converted to " + dtype + "; give " + ALLOWED);
            }
        }

        @Override
        public LazyTensor written(RuledTensor tensor, Checkpoint input, StateDictFormat output) {
            LazyTensor value = tensor.value();
            return value.dtype().isFloatingPoint() && !isLeft(tensor, input, output)
                    ? CastTensor.to(dtype, value)
                    : value;
        }

        /** llama.cpp wants the vectors and norms of its files in 32 bits, whatever the rest is in. */
        private boolean isLeft(RuledTensor tensor, Checkpoint input, StateDictFormat output) {
            return dtype.bits() < DType.F32.bits()
                    && tensor.value().dtype() == DType.F32
                    && Blocks.isOfLlama(input)
                    && !output.blockTypes().isEmpty()
                    && Blocks.stored(tensor, input).isEmpty()
                    && !Blocks.isMatrix(tensor, input);
        }
    }

    /**
     * Blocks of GGUF, which matrices are packed into whose rows are whole numbers of blocks. Norms and vectors stay as they are, as
     * llama.cpp has them, and what else it leaves alone of its own files; so do tensors that lie in blocks of this type already.
     */
    record Blocks(BlockType type) implements NewDtype {
        private static final Pattern NORM = Pattern.compile("(.*\\.)?[^.]*norm[^.]*\\.[^.]*");

        @Override
        public Optional<BlockType> blocks() {
            return Optional.of(type);
        }

        @Override
        public LazyTensor written(RuledTensor tensor, Checkpoint input, StateDictFormat output) {
            boolean isPacked =
                    isMatrix(tensor, input) && isDivisible(tensor.value().shape());
            Optional<TensorEntry> there = stored(tensor, input)
                    .filter(entry -> entry.blockType().orElseThrow().equals(type.name()) || !isPacked);
            if (there.isPresent()) {
                return StoredTensor.of(there.get(), input.path().toString());
            }
            return isPacked ? new PackedTensor(input.path(), tensor.name(), tensor.value(), type) : tensor.value();
        }

        /** The blocks that a tensor is in the file. */
        private static Optional<TensorEntry> stored(RuledTensor tensor, Checkpoint input) {
            return Optional.ofNullable(input.stored().get(tensor.key()))
                    .filter(entry -> !tensor.isMoved() && entry.blockType().isPresent());
        }

        /** Whether it would be packed, were it not for its rows. */
        static boolean isMatrix(RuledTensor tensor, Checkpoint input) {
            LazyTensor value = tensor.value();
            return value.dtype().isFloatingPoint()
                    && DTypeConversion.isSupported(value.dtype(), DType.F32)
                    && value.shape().rank() > 1
                    && !NORM.matcher(tensor.name().toLowerCase(Locale.ROOT)).matches()
                    && (!isOfLlama(input) || LlamaNames.isPacked(tensor.name()));
        }

        private static boolean isOfLlama(Checkpoint input) {
            return input.format().equals("gguf");
        }

        private boolean isDivisible(Shape shape) {
            return shape.dimension(shape.rank() - 1) % type.elements() == 0;
        }
    }
}
