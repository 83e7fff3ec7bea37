package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/** Arithmetic on two operands of the same shape and kind. */
record Elementwise(Operation.Arithmetic operation, Step left, Step right) implements Step {
    @Override
    public Kind kind() {
        return left.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(left, right);
    }

    @Override
    public Range reach(int operand, Range range) {
        return range;
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        return turn.of(left).flatMap(first -> turn.of(right).map(second -> new Elementwise(operation, first, second)));
    }

    @Override
    public Work work() {
        Piece aligned = new Piece(kind());
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            int count = (int) range.count();
            Numbers from = operands[0].numbers();
            if (operands[0].at(range.first()) != 0) {
                to.copy(0, from, operands[0].at(range.first()), count);
                from = to;
            }
            Numbers by = operands[1].numbers();
            if (operands[1].at(range.first()) != 0) {
                by = aligned.room(range);
                by.copy(0, operands[1].numbers(), operands[1].at(range.first()), count);
            }
            if (kind() == Kind.FLOATS) {
                compute(from.floats(), by.floats(), to.floats(), count);
            } else {
                compute(from.doubles(), by.doubles(), to.doubles(), count);
            }
        };
    }

    // Arrays with one index and no offset: the compiler then uses vector instructions.

    private void compute(float[] left, float[] right, float[] to, int count) {
        switch (operation) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] + right[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] - right[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] * right[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] / right[i];
                }
            }
        }
    }

    private void compute(double[] left, double[] right, double[] to, int count) {
        switch (operation) {
            case ADD -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] + right[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] - right[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] * right[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < count; i++) {
                    to[i] = left[i] / right[i];
                }
            }
        }
    }
}
