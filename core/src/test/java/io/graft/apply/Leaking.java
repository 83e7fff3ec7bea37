package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.OptionsCheck;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;

/** A provider whose author gives the value of a secret option away, wherever a person's words can come from. */
public final class Leaking implements ModifierProvider {
    /** Where it is given away. */
    enum Way {
        DECODER,
        CHECK,
        CHECK_THROWS,
        RECORD_CONSTRUCTOR,
        MODIFIER_CONSTRUCTOR,
        WARNING,
        ERROR,
        HELP,
        SKIPPED,
        THROWN,
        CAUSE,
        SUPPRESSED,
        COMMIT
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        OptionDescriptor secret = new OptionDescriptor("passphrase", "text", "", true, List.of(), "what opens it")
                .withAliases("phrase")
                .asSecret();
        OptionDescriptor way = new OptionDescriptor("way", "text", "", true, List.of(), "how to tell");
        return new PlugDescriptor("leaking", List.of(), Leaking.class.getName(), "Tells.", List.of(way, secret));
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        ObjectBinding object = entry.object();
        Key<Way> way = object.key("way", Decoders.enumeration(Way.class)).required();
        Key<String> passphrase = object.key("passphrase", Decoders.scalar(new Picky(entry)))
                .alias("phrase")
                .secret()
                .required();
        return object.finish(
                        () -> {
                            throwAt(way.get() == Way.RECORD_CONSTRUCTOR, passphrase.get());
                            return new Options(way.get(), passphrase.get());
                        },
                        List.of(new OptionsCheck<>("tells", (options, sink) -> {
                            if (options.way() == Way.CHECK) {
                                sink.onOptions().error("not with " + options);
                            }
                            throwAt(options.way() == Way.CHECK_THROWS, options.passphrase());
                        })))
                .map(Leaking::modifier);
    }

    private static ModelModifier modifier(Options options) {
        if (options.way() == Way.MODIFIER_CONSTRUCTOR) {
            throw new IllegalStateException("not with " + options);
        }
        return (draft, context) -> tell(options.way(), "not with " + options, draft, context);
    }

    private static void tell(Way way, String told, ModelDraft draft, ModifierContext context) {
        switch (way) {
            case WARNING -> context.warn(told);
            case ERROR -> context.error(ProblemCode.UNMATCHED_SELECTOR, "way", told, "");
            case HELP -> context.error(ProblemCode.UNMATCHED_SELECTOR, "", "not found", told);
            case SKIPPED -> context.skipped("weight", SkipReason.NOT_IN_MODEL, told);
            case THROWN -> throw new IllegalStateException(told);
            case CAUSE ->
                throw new IllegalStateException("no way in", new IOException("refused", new IOException(told)));
            case SUPPRESSED -> {
                IllegalStateException failure = new IllegalStateException("no way in");
                failure.addSuppressed(new IOException(told));
                throw failure;
            }
            case COMMIT -> draft.assign("decoder.bias", new Unreachable(told));
            default -> throw new IllegalArgumentException(way.name());
        }
    }

    private static void throwAt(boolean here, String passphrase) {
        if (here) {
            throw new IllegalArgumentException("not with " + passphrase);
        }
    }

    /** As records print themselves. */
    private record Options(Way way, String passphrase) {}

    /** Quotes what it refuses. */
    private record Picky(ConfigCursor entry) implements Decoder<String> {
        @Override
        public String expected() {
            return "a passphrase";
        }

        @Override
        public String decode(String text) {
            throwAt(entry.at("way").text().filter("decoder"::equals).isPresent(), text);
            return text;
        }
    }

    /** Values that cannot be had. */
    private record Unreachable(String told) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return Shape.of(2);
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("nowhere", "decoder.bias");
        }

        @Override
        public TensorData materialize() throws IOException {
            throw new IOException(told);
        }
    }
}
