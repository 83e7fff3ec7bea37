package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.stored;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Some rows of an embedding in the place of those that it has. */
public final class TrainedRows implements Parametrization {
    private final String description;
    private final OwnedTensor rows;
    private final List<Long> tokens;

    /** One for each length of an embedding, as whoever writes a form down knows what lies somewhere by its identity. */
    private final Map<Long, LazyTensor> numbers = new ConcurrentHashMap<>();

    private TrainedRows(String description, OwnedTensor rows, List<Long> tokens) {
        this.description = description;
        this.rows = rows;
        this.tokens = List.copyOf(tokens);
    }

    /**
     * Rows that are there.
     *
     * @param description the update, in a few words
     * @param rows {@code [count, dimension]}
     * @param tokens which row of the embedding each of them is; no row twice, none below 0 or beyond the embedding
     */
    public static TrainedRows of(String description, LazyTensor rows, List<Long> tokens) {
        return new TrainedRows(description, OwnedTensor.trained("trainable_tokens_delta", rows), tokens);
    }

    /**
     * Rows that start as an embedding has them.
     *
     * @param embedding what they are taken from
     */
    public static TrainedRows starting(String description, LazyTensor embedding, List<Long> tokens) {
        LazyTensor numbers =
                LazyTensors.generate("number rows", DType.I64, Shape.of(tokens.size()), row -> tokens.get((int) row));
        Expression taken = lookup(new Expression.Below(embedding.shape(), embedding.dtype()), stored(numbers));
        return of(
                description, ExpressionTensors.evaluate(taken, "take rows", Optional.of(embedding), Map.of()), tokens);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String id() {
        return "trained-rows";
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(rows);
    }

    @Override
    public Form form(Expression.Below below) {
        long count = below.shape().dimension(0);
        Expression both = concat(0, below, rows.expression());
        return new Form.Plain(lookup(both, stored(numbers.computeIfAbsent(count, this::rowNumbers))));
    }

    /** For each row of the embedding which one of it and of what stands after it is taken: its own, or the one that replaces it. */
    private LazyTensor rowNumbers(long count) {
        Map<Long, Long> replacing = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            replacing.put(tokens.get(i), count + i);
        }
        return LazyTensors.generate("number rows", DType.I64, Shape.of(count), row -> replacing.getOrDefault(row, row));
    }
}
