package io.graft.model.rules;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.KeyBinding;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Decodes a {@link Rule}: the name of a table, or an object.
 *
 * <pre>{@code
 * gemma-3
 * { table = llama-meta, head-size = 128, inverse = true }
 * { from = "layers.*.ln", to = "h.$1.norm" }
 * { type = split, from = "**.qkv", to = ["**.q", "**.k", "**.v"], axis = 0, sizes = [4, 1, 1] }
 * { type = concatenate, from = ["**.q", "**.k", "**.v"], to = "**.qkv" }
 * { type = stack, from = "**.experts.#.up.weight", to = "**.experts.up" }
 * { type = unstack, from = "**.experts.up", to = "**.experts.#.up.weight" }
 * { type = transpose, tensors = "**.c_fc.weight" }
 * { type = permute, tensors = "conv.weight", axes = [2, 0, 1] }
 * { type = reorder, tensors = "**.q.weight", axis = 0, view = [0, 64, 2], order = [0, 2, 1] }
 * }</pre>
 */
@Accepts(value = "rule", schema = RuleSchema.JSON)
// A constant, of which the class file has the text.
@SuppressWarnings("exports")
public final class RuleDecoder implements ValueDecoder<Rule>, ValueEncoder<Rule> {
    private static final String TYPE = "type";
    private static final String TABLE = "table";
    private static final String INVERSE = "inverse";
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String TENSORS = "tensors";
    private static final String AXIS = "axis";
    private static final String SIZES = "sizes";
    private static final String AXES = "axes";
    private static final String VIEW = "view";
    private static final String ORDER = "order";

    /** As generated code makes it. */
    public RuleDecoder() {}

    @Override
    public Bound<Rule> decode(ConfigCursor cursor) {
        if (!cursor.isObject() && cursor.text().isPresent()) {
            return named(cursor, cursor.text().get());
        }
        if (cursor.at(TABLE).isPresent()) {
            return ofTable(cursor);
        }
        return cursor.at(TYPE).isPresent()
                ? cursor.<Rule>choice(TYPE)
                        .option("rename", RuleDecoder::rename)
                        .option("split", RuleDecoder::split)
                        .option("concatenate", RuleDecoder::concatenate)
                        .option("stack", RuleDecoder::stack)
                        .option("unstack", RuleDecoder::unstack)
                        .option("transpose", RuleDecoder::transpose)
                        .option("permute", RuleDecoder::permute)
                        .option("reorder", RuleDecoder::reorder)
                        .finish()
                : rename(cursor);
    }

    private static Bound<Rule> named(ConfigCursor cursor, String id) {
        NameTables tables = NameTables.discover();
        Optional<NameTable> table = tables.find(id);
        if (table.isEmpty()) {
            return new Bound.Failed<>(cursor.error(ProblemCode.UNKNOWN_ENUM, tables.missing(id), tables.help(id)));
        }
        try {
            return new Bound.Ok<>(table.get().rule());
        } catch (IllegalArgumentException untold) {
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.REQUIRES,
                    untold.getMessage(),
                    "write " + table.get().example()));
        }
    }

    private static Bound<Rule> ofTable(ConfigCursor cursor) {
        ConfigCursor id = cursor.at(TABLE);
        NameTables tables = NameTables.discover();
        Optional<NameTable> table = id.text().flatMap(tables::find);
        if (table.isEmpty()) {
            return new Bound.Failed<>(id.text()
                    .map(text -> id.error(ProblemCode.UNKNOWN_ENUM, tables.missing(text), tables.help(text)))
                    .orElseGet(
                            () -> id.error(ProblemCode.WRONG_TYPE, "expected the name of a table", tables.help(""))));
        }
        ObjectBinding object = cursor.object(TABLE);
        Key<Boolean> inverse = object.key(INVERSE, Decoders.bool()).orDefault("false");
        Map<String, Supplier<Optional<Integer>>> numbers = new TreeMap<>();
        table.get()
                .numbers()
                .forEach((name, number) -> numbers.put(
                        name,
                        number(
                                object.key(name, Decoders.int32()).check(Constraints.range(1, Integer.MAX_VALUE)),
                                number.keys().isEmpty())));
        return object.finish(() -> {
            Map<String, Integer> given = new TreeMap<>();
            numbers.forEach((name, number) -> number.get().ifPresent(known -> given.put(name, known)));
            return new Rule.Table(table.get(), given, inverse.get());
        });
    }

    private static Supplier<Optional<Integer>> number(KeyBinding<Integer> number, boolean isRequired) {
        if (isRequired) {
            Key<Integer> given = number.required();
            return () -> Optional.of(given.get());
        }
        return number.optional()::get;
    }

    private static Bound<Rule> rename(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = name(object, FROM);
        Key<String> to = name(object, TO);
        return object.finish(() -> new Rule.Rename(from.get(), to.get()));
    }

    private static Bound<Rule> split(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = name(object, FROM);
        Key<List<String>> to = object.key(TO, Decoders.string().inList()).required();
        Key<Integer> axis = axis(object);
        Key<List<Integer>> sizes = object.key(SIZES, Decoders.int32().inList()).orEmpty();
        return object.finish(() -> new Rule.Split(from.get(), to.get(), axis.get(), sizes.get()));
    }

    private static Bound<Rule> concatenate(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<List<String>> from = object.key(FROM, Decoders.string().inList()).required();
        Key<String> to = name(object, TO);
        Key<Integer> axis = axis(object);
        Key<List<Integer>> sizes = object.key(SIZES, Decoders.int32().inList()).orEmpty();
        return object.finish(() -> new Rule.Concatenate(from.get(), to.get(), axis.get(), sizes.get()));
    }

    private static Bound<Rule> stack(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = name(object, FROM);
        Key<String> to = name(object, TO);
        Key<Integer> axis = axis(object);
        return object.finish(() -> new Rule.Stack(from.get(), to.get(), axis.get()));
    }

    private static Bound<Rule> unstack(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = name(object, FROM);
        Key<String> to = name(object, TO);
        Key<Integer> axis = axis(object);
        return object.finish(() -> new Rule.Unstack(from.get(), to.get(), axis.get()));
    }

    private static Bound<Rule> transpose(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> tensors = name(object, TENSORS);
        return object.finish(() -> new Rule.Transpose(tensors.get()));
    }

    private static Bound<Rule> permute(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> tensors = name(object, TENSORS);
        Key<List<Integer>> axes = object.key(AXES, Decoders.int32().inList()).required();
        return object.finish(() -> new Rule.Permute(tensors.get(), axes.get()));
    }

    private static Bound<Rule> reorder(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> tensors = name(object, TENSORS);
        Key<Integer> axis = axis(object);
        Key<List<Integer>> view = object.key(VIEW, Decoders.int32().inList()).required();
        Key<List<Integer>> order = object.key(ORDER, Decoders.int32().inList()).required();
        return object.finish(() -> new Rule.Reorder(tensors.get(), axis.get(), view.get(), order.get()));
    }

    private static Key<String> name(ObjectBinding object, String key) {
        return object.key(key, Decoders.string()).check(Constraints.notBlank()).required();
    }

    private static Key<Integer> axis(ObjectBinding object) {
        return object.key(AXIS, Decoders.int32())
                .check(Constraints.range(0, 31))
                .orDefault("0");
    }

    @Override
    public ConfigValue encode(Rule rule) {
        return rule instanceof Rule.Table table && table.numbers().isEmpty() && !table.inverted()
                ? ConfigValueFactory.fromAnyRef(table.table().id())
                : ConfigWriter.of((given, writer) -> given.on(new Writing(writer)), rule)
                        .toObject();
    }

    private record Writing(ConfigWriter writer) implements Rule.Cases<ConfigWriter> {
        private ConfigWriter type(String type) {
            return text(TYPE, type);
        }

        private ConfigWriter text(String key, String value) {
            return writer.put(key, Encoders.text(), value);
        }

        private ConfigWriter texts(String key, List<String> values) {
            return writer.put(key, Encoders.list(Encoders.text()), values);
        }

        private ConfigWriter number(String key, int value) {
            return writer.put(key, Encoders.number(), value);
        }

        private ConfigWriter numbers(String key, List<Integer> values) {
            return values.isEmpty() ? writer : writer.put(key, Encoders.list(Encoders.number()), values);
        }

        @Override
        public ConfigWriter rename(Rule.Rename rule) {
            text(FROM, rule.from());
            return text(TO, rule.to());
        }

        @Override
        public ConfigWriter split(Rule.Split rule) {
            type("split");
            text(FROM, rule.from());
            texts(TO, rule.to());
            number(AXIS, rule.axis());
            return numbers(SIZES, rule.sizes());
        }

        @Override
        public ConfigWriter concatenate(Rule.Concatenate rule) {
            type("concatenate");
            texts(FROM, rule.from());
            text(TO, rule.to());
            number(AXIS, rule.axis());
            return numbers(SIZES, rule.sizes());
        }

        @Override
        public ConfigWriter stack(Rule.Stack rule) {
            type("stack");
            text(FROM, rule.from());
            text(TO, rule.to());
            return number(AXIS, rule.axis());
        }

        @Override
        public ConfigWriter unstack(Rule.Unstack rule) {
            type("unstack");
            text(FROM, rule.from());
            text(TO, rule.to());
            return number(AXIS, rule.axis());
        }

        @Override
        public ConfigWriter transpose(Rule.Transpose rule) {
            type("transpose");
            return text(TENSORS, rule.tensors());
        }

        @Override
        public ConfigWriter permute(Rule.Permute rule) {
            type("permute");
            text(TENSORS, rule.tensors());
            return numbers(AXES, rule.axes());
        }

        @Override
        public ConfigWriter reorder(Rule.Reorder rule) {
            type("reorder");
            text(TENSORS, rule.tensors());
            number(AXIS, rule.axis());
            numbers(VIEW, rule.view());
            return numbers(ORDER, rule.order());
        }

        @Override
        public ConfigWriter table(Rule.Table rule) {
            text(TABLE, rule.table().id());
            new TreeMap<>(rule.numbers()).forEach(this::number);
            return rule.inverted() ? writer.put(INVERSE, Encoders.bool(), true) : writer;
        }
    }
}
