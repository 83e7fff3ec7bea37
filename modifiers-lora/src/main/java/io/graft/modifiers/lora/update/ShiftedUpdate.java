package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The weight of a linear layer plus {@code scale * (B A - B' A')}, where {@code A'} and {@code B'} are what the factors started as: the
 * update of factors that were taken out of a weight, as PiSSA and OLoRA do, for the weight as it was. It stays as it is, so that
 * other adapters and quantized weights are no matter, and a plain update of twice the rank says the same.
 *
 * @param description the update, in a few words
 * @param factors {@code A [rank, in]} and {@code B [out, rank]}
 * @param startedA {@code A'}, which is not trained
 * @param startedB {@code B'}, which is not trained
 * @param transposed whether the weight is stored as {@code [in, out]}
 */
public record ShiftedUpdate(
        String description, Factors factors, OwnedTensor startedA, OwnedTensor startedB, boolean transposed)
        implements Parametrization {
    private static final String A = "lora_A";
    private static final String B = "lora_B";
    private static final String STARTED_A = "lora_A_start";
    private static final String STARTED_B = "lora_B_start";

    /** One that changes nothing yet. */
    public static ShiftedUpdate of(String description, Factors factors, boolean transposed) {
        return new ShiftedUpdate(
                description,
                factors,
                OwnedTensor.buffer(STARTED_A, factors.a().initial()),
                OwnedTensor.buffer(STARTED_B, factors.b().initial()),
                transposed);
    }

    @Override
    public String id() {
        return "lora";
    }

    @Override
    public List<OwnedTensor> owned() {
        return Stream.concat(factors.owned().stream(), Stream.of(startedA, startedB))
                .toList();
    }

    @Override
    public Form form(Expression.Below below) {
        Expression right = concat(0, factors.a(below), Factors.wide(startedA, below));
        Expression left = concat(1, factors.b(below), multiply(Factors.wide(startedB, below), constant(-1)));
        return transposed
                ? new Form.LowRank(below, transpose(right), transpose(left), factors.scale(), factors.dropout())
                : new Form.LowRank(below, left, right, factors.scale(), factors.dropout());
    }

    /**
     * The tensors of a plain update that says the same.
     *
     * @param owned what an update owns, by slot
     * @return those themselves if they are of another update
     */
    public static Map<String, LazyTensor> plain(Map<String, LazyTensor> owned) {
        if (!owned.keySet().containsAll(Set.of(STARTED_A, STARTED_B))) {
            return owned;
        }
        Expression right = concat(0, stored(owned.get(A)), stored(owned.get(STARTED_A)));
        Expression left = concat(1, stored(owned.get(B)), multiply(stored(owned.get(STARTED_B)), constant(-1)));
        Map<String, LazyTensor> plain = new LinkedHashMap<>();
        plain.put(A, ExpressionTensors.evaluate(right, "put side by side", Optional.empty(), Map.of()));
        plain.put(B, ExpressionTensors.evaluate(left, "put side by side", Optional.empty(), Map.of()));
        return plain;
    }
}
