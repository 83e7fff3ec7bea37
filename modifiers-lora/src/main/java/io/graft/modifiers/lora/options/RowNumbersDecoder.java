package io.graft.modifiers.lora.options;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Map;

/** Decodes {@link RowNumbers}: a list of rows, or an object of such lists. */
@Accepts(
        value = "rows",
        schema =
                "{ \"anyOf\": [{ \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": 0 } }, { \"type\": \"object\", \"additionalProperties\": { \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": 0 } } }] }")
public final class RowNumbersDecoder implements ValueDecoder<RowNumbers>, ValueEncoder<RowNumbers> {
    private static final ValueDecoder<List<Long>> ROWS = RowNumbersDecoder::rows;

    /** As generated code makes it. */
    public RowNumbersDecoder() {}

    @Override
    public Bound<RowNumbers> decode(ConfigCursor cursor) {
        return cursor.isObject()
                ? Decoders.map(ROWS).decode(cursor).map(RowNumbers::new)
                : ROWS.decode(cursor).map(rows -> new RowNumbers(Map.of("", rows)));
    }

    private static Bound<List<Long>> rows(ConfigCursor cursor) {
        Bound<List<Long>> rows = Decoders.list(Decoders.int64()).decode(cursor);
        if (rows instanceof Bound.Ok<List<Long>> ok) {
            List<Long> numbers = ok.value();
            if (numbers.isEmpty()
                    || numbers.stream().anyMatch(row -> row < 0)
                    || numbers.stream().distinct().count() < numbers.size()) {
                return new Bound.Failed<>(cursor.error(
                        ProblemCode.OUT_OF_RANGE, "must be rows from 0 on, each once", "name rows: [0, 17]"));
            }
        }
        return rows;
    }

    @Override
    public ConfigValue encode(RowNumbers rows) {
        return ConfigValueFactory.fromAnyRef(rows.value());
    }
}
