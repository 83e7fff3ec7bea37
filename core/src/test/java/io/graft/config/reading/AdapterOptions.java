package io.graft.config.reading;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Each;
import io.graft.config.Exclusive;
import io.graft.config.KeyName;
import io.graft.config.Matches;
import io.graft.config.OneOf;
import io.graft.config.RemovedKey;
import io.graft.config.RenamedFrom;
import io.graft.config.Requires;
import io.graft.config.Secret;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Options with a history, with secrets, and with rules between them. */
@RemovedKey(key = "beta", since = "1.1", reason = "the scale is `alpha / rank`")
@Exclusive({"seed", "state"})
@Requires(key = "dropout", with = "seed")
record AdapterOptions(
        @Alias("r") @RenamedFrom(value = "lora-rank", since = "1.2", removeIn = "2.0") @Default("8")
        int rank,

        @Default("16") double alpha,

        @Alias({"targets", "target-layers"}) @Each(nonBlank = true, unique = true)
        List<String> targetModules,

        @KeyName("kind") @OneOf({"plain", "scaled"}) @Default("plain")
        String variant,

        @OneOf({"4", "8"}) @Default("8") int bits,
        @Matches("[a-z]+\\.bin") Optional<Path> output,
        @RenamedFrom(value = "old-seed", since = "1.3") Optional<Long> seed,
        Optional<String> state,
        Optional<Double> dropout,
        Optional<Init> init,
        @Secret @Alias("phrase") @Matches("[0-9a-f]+") Optional<String> passphrase) {

    /** How it begins. */
    record Init(@Default("1") double sigma, String shape) {}

    @Check
    static void alphaVersusRank(AdapterOptions options, CheckSink sink) {
        if (options.alpha() < options.rank()) {
            sink.on("alpha").error("is below the rank " + options.rank());
        }
        if (options.rank() > 64) {
            sink.on("rank").warn("is unusually large");
        }
        if (options.rank() == 13) {
            sink.on("init.sigma").warn("brings bad luck");
            sink.on("luck").warn("has no place");
            sink.onOptions().warn("know " + options.passphrase().orElse("nothing"));
        }
    }

    @Check
    static void dimensions(AdapterOptions options, CheckSink sink) {
        if (options.bits() == 4 && options.rank() == 0) {
            throw new IllegalStateException("a secret: " + options.passphrase());
        }
    }

    /** As the processor generates it. */
    static final class Init_Binder implements Binder<Init> {
        @Override
        public List<String> keys() {
            return List.of("sigma", "shape");
        }

        @Override
        public Bound<Init> bind(ConfigCursor cursor) {
            ObjectBinding object = cursor.object();
            Key<Double> sigma = object.key("sigma", Decoders.float64()).orDefault("1");
            Key<String> shape = object.key("shape", Decoders.string()).required();
            return object.finish(() -> new Init(sigma.get(), shape.get()));
        }
    }

    /** As the processor generates it. */
    static final class AdapterOptions_Binder implements Binder<AdapterOptions> {
        @Override
        public Bound<AdapterOptions> bind(ConfigCursor cursor) {
            ObjectBinding object = cursor.object()
                    .removed("beta", "1.1", "the scale is `alpha / rank`")
                    .exclusive("seed", "state")
                    .requires("dropout", "seed");
            Key<Integer> rank = object.key("rank", Decoders.int32())
                    .alias("r")
                    .renamedFrom("lora-rank", "1.2", "2.0")
                    .orDefault("8");
            Key<Double> alpha = object.key("alpha", Decoders.float64()).orDefault("16");
            Key<List<String>> targetModules = object.key("target-modules", Decoders.list(Decoders.string()))
                    .alias("targets", "target-layers")
                    .check(Constraints.each(true, true))
                    .orEmpty();
            Key<String> variant = object.key("kind", Decoders.string())
                    .check(Constraints.oneOf("plain", "scaled"))
                    .orDefault("plain");
            Key<Integer> bits = object.key("bits", Decoders.int32())
                    .check(Constraints.oneOf("4", "8"))
                    .orDefault("8");
            Key<Optional<Path>> output = object.key("output", Decoders.path())
                    .check(Constraints.matches("[a-z]+\\.bin"))
                    .optional();
            Key<Optional<Long>> seed = object.key("seed", Decoders.int64())
                    .renamedFrom("old-seed", "1.3", "")
                    .optional();
            Key<Optional<String>> state = object.key("state", Decoders.string()).optional();
            Key<Optional<Double>> dropout =
                    object.key("dropout", Decoders.float64()).optional();
            Key<Optional<Init>> init =
                    object.key("init", Decoders.nested(new Init_Binder())).optional();
            Key<Optional<String>> passphrase = object.key("passphrase", Decoders.string())
                    .alias("phrase")
                    .secret()
                    .check(Constraints.matches("[0-9a-f]+"))
                    .optional();
            return object.finish(
                    () -> new AdapterOptions(
                            rank.get(),
                            alpha.get(),
                            targetModules.get(),
                            variant.get(),
                            bits.get(),
                            output.get(),
                            seed.get(),
                            state.get(),
                            dropout.get(),
                            init.get(),
                            passphrase.get()),
                    List.of(
                            new OptionsCheck<>("alphaVersusRank", AdapterOptions::alphaVersusRank),
                            new OptionsCheck<>("dimensions", AdapterOptions::dimensions)));
        }
    }

    /** Binds the modifiers of a configuration as the registry does. */
    static Bound<List<AdapterOptions>> bindAll(ConfigCursor root) {
        return Decoders.list(entry -> new AdapterOptions_Binder()
                        .bind(entry.ownedBy("modifier `adapter`").withReserved(Set.of("type"))))
                .decode(root.at("graft.modifiers"));
    }
}
