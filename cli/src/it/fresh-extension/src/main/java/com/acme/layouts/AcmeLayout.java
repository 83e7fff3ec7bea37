package com.acme.layouts;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;

import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.DType;
import java.util.List;

/** Weights as 8-bit integers {@code codes} beside one {@code factor} for each row. */
public final class AcmeLayout implements CheckpointLayout {
    @Override
    public String id() {
        return "acme";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        return new Grouping(stored.all().stream()
                .filter(part -> part.last().equals("codes") && part.dtype() == DType.I8)
                .filter(part -> stored.find(part.sibling("factor")).isPresent())
                .map(part -> set(part, stored.find(part.sibling("factor")).get()))
                .toList());
    }

    private TensorSet set(Part codes, Part factor) {
        String weight = codes.sibling("weight");
        return TensorSet.of(
                id(),
                "rows of bytes",
                weight,
                List.of(codes, factor),
                cast(multiply(TensorSet.leaf(weight, codes), TensorSet.leaf(weight, factor)), DType.BF16));
    }
}
