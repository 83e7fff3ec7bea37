package io.graft.processor.check;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ChoiceBinding;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.KeyBinding;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.ProblemCode;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Optional;

/**
 * The run time's decoders for the shapes of a plug. What only the compiled program has, enums and records, is
 * read by its
 * model; a decoder that is itself being compiled accepts everything, and is asked when the program runs.
 */
final class DefaultDecoders {
    private final PlugModel plug;

    DefaultDecoders(PlugModel plug) {
        this.plug = plug;
    }

    ValueDecoder<?> decoder(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return decoder(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return decoder(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return Decoders.scalar(new ConstantDecoder(constants.constants()));
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return load(decoded.decoder()).orElse(Decoders.cursor());
        } else if (shape instanceof TypeShape.Nested nested) {
            return Decoders.nested(cursor -> bind(plug.record(nested.type()), cursor));
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return Decoders.nested(cursor -> bind(plug.choice(choice.type()), cursor));
        } else if (shape instanceof TypeShape.ListOf list) {
            return Decoders.list(decoder(list.element()));
        } else if (shape instanceof TypeShape.SetOf set) {
            return Decoders.set(decoder(set.element()));
        } else if (shape instanceof TypeShape.MapOf map) {
            return map(map);
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return decoder(optional.value());
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private ValueDecoder<?> map(TypeShape.MapOf map) {
        ValueDecoder<?> values = Decoders.map(decoder(map.value()));
        if (!(map.key() instanceof TypeShape.EnumOf keys)) {
            return values;
        }
        List<String> known = keys.constants().stream().map(KeyNames::ofConstant).toList();
        return cursor -> known.containsAll(cursor.keys())
                ? values.decode(cursor).map(decoded -> decoded)
                : new Bound.Failed<>(cursor.error(ProblemCode.UNKNOWN_ENUM, "unknown key", ""));
    }

    private static ValueDecoder<?> decoder(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> Decoders.bool();
            case BYTE -> Decoders.int8();
            case SHORT -> Decoders.int16();
            case INT -> Decoders.int32();
            case LONG -> Decoders.int64();
            case FLOAT -> Decoders.float32();
            case DOUBLE -> Decoders.float64();
            case STRING -> Decoders.string();
            case PATH -> Decoders.path();
            case URI -> Decoders.uri();
            case PATTERN -> Decoders.pattern();
            case DURATION -> Decoders.duration();
            case DATA_SIZE -> Decoders.dataSize();
        };
    }

    /** What the generated binder will do, without the record. */
    private Bound<OptionsModel> bind(OptionsModel record, ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        record.keys().stream().filter(key -> key.shape().isSupported()).forEach(key -> bind(object, key));
        return object.finish(() -> record);
    }

    private Bound<OptionsModel> bind(ChoiceModel choice, ConfigCursor cursor) {
        ChoiceBinding<OptionsModel> binding = cursor.choice(choice.discriminator());
        choice.records()
                .forEach(alternative -> binding.option(
                        alternative.tag().text(), chosen -> bind(plug.record(alternative.type()), chosen)));
        return binding.finish();
    }

    private void bind(ObjectBinding object, KeyModel key) {
        KeyBinding<?> binding = object.key(key.key(), decoder(key.shape()))
                .alias(key.names().skip(1).toArray(String[]::new));
        switch (key.absence()) {
            case REQUIRED -> binding.required();
            case OPTIONAL -> binding.optional();
            case EMPTY -> binding.orEmpty();
            case DEFAULT -> binding.orDefault(key.defaultValue().orElseThrow().text());
        }
    }

    private static Optional<ValueDecoder<?>> load(TypeRef decoder) {
        try {
            Object loaded = Class.forName(
                            CoreNames.carried(decoder.binaryName()), true, DefaultDecoders.class.getClassLoader())
                    .getConstructor()
                    .newInstance();
            return Optional.of(
                    loaded instanceof ValueDecoder<?> ofValues ? ofValues : Decoders.scalar((Decoder<?>) loaded));
        } catch (ReflectiveOperationException | LinkageError | ClassCastException notHere) {
            return Optional.empty();
        }
    }

    private record ConstantDecoder(List<String> constants) implements Decoder<String> {
        @Override
        public String expected() {
            return "a constant";
        }

        @Override
        public String decode(String text) {
            return constants.stream()
                    .filter(name -> KeyNames.ofConstant(name).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown constant " + text));
        }
    }
}
