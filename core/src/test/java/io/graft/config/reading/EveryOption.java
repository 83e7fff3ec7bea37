package io.graft.config.reading;

import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.config.Size;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Options of every type and with every constraint. */
record EveryOption(
        @Default("8") @Range(min = 1, max = 4096) int rank,
        @Default("0") long steps,
        @Default("1") byte small,
        @Default("1") short medium,
        @Default("0.0") @Range(min = 0, max = 1) double dropout,
        @Default("0.5") @Range(min = 0, exclusiveMin = true) float scale,
        @Default("true") boolean strict,
        @Default("none") @NotBlank String name,
        @Default("keep-all") Mode mode,
        Optional<Duration> warmup,
        @Default("5GB") long maxShardSize,
        Optional<Path> checkpointPath,
        Optional<URI> homepage,
        Optional<Pattern> match,
        @NotEmpty @NotBlank List<String> targetModules,
        @Size(min = 0, max = 2) Set<String> tags,
        Map<String, Integer> ranks,
        Map<Mode, Double> byMode,
        List<Rule> rename,
        Optional<String> hubToken,
        Optional<Integer> apiKey) {
    enum Mode {
        KEEP_ALL,
        LOAD,
        LOAD_BUFFERS
    }

    record Rule(String from, String to) {
        Rule {
            if (from.equals(to)) {
                throw new IllegalArgumentException("`" + from + "` is renamed to itself");
            }
        }
    }

    /** As the processor generates it. */
    static final class Rule_Binder implements Binder<Rule> {
        @Override
        public Bound<Rule> bind(ConfigCursor cursor) {
            ObjectBinding object = cursor.object();
            Key<String> from = object.key("from", Decoders.string()).required();
            Key<String> to = object.key("to", Decoders.string()).required();
            return object.finish(() -> new Rule(from.get(), to.get()));
        }
    }

    /** As the processor generates it. */
    static final class EveryOption_Binder implements Binder<EveryOption> {
        @Override
        public Bound<EveryOption> bind(ConfigCursor cursor) {
            ObjectBinding object = cursor.object();
            Key<Integer> rank = object.key("rank", Decoders.int32())
                    .check(Constraints.range(1, 4096))
                    .orDefault("8");
            Key<Long> steps = object.key("steps", Decoders.int64()).orDefault("0");
            Key<Byte> small = object.key("small", Decoders.int8()).orDefault("1");
            Key<Short> medium = object.key("medium", Decoders.int16()).orDefault("1");
            Key<Double> dropout = object.key("dropout", Decoders.float64())
                    .check(Constraints.range(0.0, 1.0))
                    .orDefault("0.0");
            Key<Float> scale = object.key("scale", Decoders.float32())
                    .check(Constraints.range(0, Double.POSITIVE_INFINITY, true, false))
                    .orDefault("0.5");
            Key<Boolean> strict = object.key("strict", Decoders.bool()).orDefault("true");
            Key<String> name = object.key("name", Decoders.string())
                    .check(Constraints.notBlank())
                    .orDefault("none");
            Key<Mode> mode =
                    object.key("mode", Decoders.enumeration(Mode.class)).orDefault("keep-all");
            Key<Optional<Duration>> warmup =
                    object.key("warmup", Decoders.duration()).optional();
            Key<Long> maxShardSize =
                    object.key("max-shard-size", Decoders.byteCount()).orDefault("5GB");
            Key<Optional<Path>> checkpointPath =
                    object.key("checkpoint-path", Decoders.path()).optional();
            Key<Optional<URI>> homepage = object.key("homepage", Decoders.uri()).optional();
            Key<Optional<Pattern>> match =
                    object.key("match", Decoders.pattern()).optional();
            Key<List<String>> targetModules = object.key("target-modules", Decoders.list(Decoders.string()))
                    .check(Constraints.notEmpty())
                    .check(Constraints.notBlank())
                    .required();
            Key<Set<String>> tags = object.key("tags", Decoders.set(Decoders.string()))
                    .check(Constraints.size(0, 2))
                    .orEmpty();
            Key<Map<String, Integer>> ranks =
                    object.key("ranks", Decoders.map(Decoders.int32())).orEmpty();
            Key<Map<Mode, Double>> byMode = object.key("by-mode", Decoders.map(Mode.class, Decoders.float64()))
                    .orEmpty();
            Key<List<Rule>> rename = object.key("rename", Decoders.list(Decoders.nested(new Rule_Binder())))
                    .orEmpty();
            Key<Optional<String>> hubToken =
                    object.key("hub-token", Decoders.string()).optional();
            Key<Optional<Integer>> apiKey =
                    object.key("api-key", Decoders.int32()).optional();
            return object.finish(() -> new EveryOption(
                    rank.get(),
                    steps.get(),
                    small.get(),
                    medium.get(),
                    dropout.get(),
                    scale.get(),
                    strict.get(),
                    name.get(),
                    mode.get(),
                    warmup.get(),
                    maxShardSize.get(),
                    checkpointPath.get(),
                    homepage.get(),
                    match.get(),
                    targetModules.get(),
                    tags.get(),
                    ranks.get(),
                    byMode.get(),
                    rename.get(),
                    hubToken.get(),
                    apiKey.get()));
        }
    }

    /** Binds the modifiers of a configuration as the registry does. */
    static Bound<List<EveryOption>> bindAll(ConfigCursor root) {
        return Decoders.list(entry -> new EveryOption_Binder()
                        .bind(entry.ownedBy("modifier `every`").withReserved(Set.of("type"))))
                .decode(root.at("graft.modifiers"));
    }
}
