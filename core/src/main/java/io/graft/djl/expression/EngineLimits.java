package io.graft.djl.expression;

import io.graft.djl.array.DataTypes;
import io.graft.djl.operators.Operator;
import io.graft.djl.operators.Operators;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of an expression DJL's engine cannot run. */
public final class EngineLimits {
    private EngineLimits() {}

    /** The first thing that it cannot do, as a part of a sentence; empty if it can run all. */
    public static Optional<String> of(Expression value) {
        List<String> limits = new ArrayList<>();
        value.anyMatch(node -> {
            limit(node).ifPresent(limits::add);
            return !limits.isEmpty();
        });
        return limits.stream().findFirst();
    }

    private static boolean isRounded(DType to) {
        return to == DType.BF16 && Operators.refusal(Operator.ROUND_BFLOAT16).isEmpty();
    }

    private static Optional<String> limit(Expression node) {
        if (node instanceof Expression.Stored stored
                && DataTypes.engineSafe(stored.dtype()).isEmpty()) {
            return Optional.of("reads " + stored.dtype());
        }
        if (!(node instanceof Expression.Computed computed)) {
            return Optional.empty();
        }
        DType first = computed.operands().get(0).dtype();
        if (computed.operation() instanceof Operation.Cast cast
                && DataTypes.writable(cast.to()).isEmpty()
                && !isRounded(cast.to())) {
            return Optional.of("casts to " + cast.to());
        }
        // A wider type in its place would have other bits.
        if (computed.operation() instanceof Operation.Unpack
                && DataTypes.writable(first).isEmpty()
                && !ByteWords.areFields(computed)) {
            return Optional.of("takes bit fields out of " + first);
        }
        return Optional.empty();
    }
}
