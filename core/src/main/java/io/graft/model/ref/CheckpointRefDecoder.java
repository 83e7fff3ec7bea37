package io.graft.model.ref;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.CheckpointSources;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.checkpoint.source.FileSource;
import io.graft.config.Accepts;
import io.graft.config.DataSize;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Decodes a {@link CheckpointRef} from a path, a URI, or an object with one of the two, which of the file's sections is meant, and what has to hold:
 *
 * <pre>{@code
 * { uri = "https://models.example.org/a.ckpt", section = ema, sha256 = "2c26b4...", max-size = 5GB, attempts = 5,
 *   idle-timeout = 30s, timeout = 1h, allow-pickle = false, token = ${?MY_TOKEN}, settings { ... } }
 * }</pre>
 *
 * <p>Everything that can be wrong without a network is a problem here.
 */
@Accepts(value = CheckpointRefDecoder.TYPE, schema = CheckpointRefSchema.JSON)
// A constant, of which the class file has the text.
@SuppressWarnings("exports")
public final class CheckpointRefDecoder implements ValueDecoder<CheckpointRef>, ValueEncoder<CheckpointRef> {
    /** What options of this type are called in descriptors. */
    public static final String TYPE = "checkpoint";

    private static final String SETTINGS = "settings";
    private static final List<String> OF_DOWNLOADS =
            List.of("attempts", "idle-timeout", "timeout", "allow-pickle", "token");
    private static final Constraint<Duration> POSITIVE = (value, cursor) ->
            value.isZero() ? List.of(cursor.error(ProblemCode.OUT_OF_RANGE, "must be more than 0", "")) : List.of();

    /** As generated code makes it. */
    public CheckpointRefDecoder() {}

    @Override
    public Bound<CheckpointRef> decode(ConfigCursor cursor) {
        cursor.text().ifPresent(text -> withhold(text, cursor));
        if (cursor.isObject()) {
            return decodeObject(cursor);
        }
        boolean isUri = cursor.text().filter(CheckpointRef::isUri).isPresent();
        if (!isUri) {
            return Decoders.path().decode(cursor).map(CheckpointRef::of);
        }
        return Decoders.scalar(text(text -> {
                    CheckpointSources.discover().taking(CheckpointRef.of(text));
                    return text;
                }))
                .decode(cursor)
                .map(CheckpointRef::of);
    }

    private static Bound<CheckpointRef> decodeObject(ConfigCursor cursor) {
        ConfigCursor location = cursor.at("uri");
        location.text().ifPresent(text -> withhold(text, location));
        CheckpointSources sources = CheckpointSources.discover();
        Optional<CheckpointSource> source =
                location.text().filter(CheckpointRef::isUri).flatMap(uri -> sources.of(scheme(uri)));
        ObjectBinding object = cursor.object().exactlyOneOf("uri", "path");
        Key<Optional<String>> uri = object.key("uri", Decoders.scalar(text(CheckpointRefDecoder::requireUri)))
                .optional();
        Key<Optional<Path>> path =
                object.key("path", CheckpointRefDecoder::decodePath).optional();
        Key<Optional<String>> section = object.key("section", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        Supplier<FetchConditions> conditions = conditions(object);
        // which settings there are is only known with the source, whose absence is told below
        boolean isUnserved =
                source.isEmpty() && location.text().filter(CheckpointRef::isUri).isPresent();
        Key<Optional<Map<String, String>>> settings = object.key(
                        SETTINGS, given -> isUnserved ? new Bound.Ok<>(Map.of()) : decodeSettings(given, source))
                .optional();
        Bound<CheckpointRef> bound = object.finish(() -> new CheckpointRef(
                uri.get()
                        .orElseGet(
                                () -> CheckpointRef.of(path.get().orElseThrow()).uri()),
                conditions.get(),
                settings.get().orElse(Map.of()),
                section.get()));
        return bound instanceof Bound.Ok<CheckpointRef> ok ? check(ok, cursor, sources) : bound;
    }

    private static Supplier<FetchConditions> conditions(ObjectBinding object) {
        Key<Optional<Sha256>> sha256 =
                object.key("sha256", Decoders.scalar(new DigestDecoder())).optional();
        Key<Optional<Long>> maxSize =
                object.key("max-size", Decoders.byteCount()).optional();
        Key<Optional<Integer>> attempts = object.key("attempts", Decoders.int32())
                .check(Constraints.range(1, 100))
                .optional();
        Key<Optional<Duration>> idle =
                object.key("idle-timeout", Decoders.duration()).check(POSITIVE).optional();
        Key<Optional<Duration>> timeout =
                object.key("timeout", Decoders.duration()).check(POSITIVE).optional();
        Key<Optional<Boolean>> pickle =
                object.key("allow-pickle", Decoders.bool()).optional();
        Key<Optional<String>> token = object.key("token", Decoders.string())
                .secret()
                .check(Constraints.notBlank())
                .optional();
        return () -> new FetchConditions(
                sha256.get(),
                maxSize.get(),
                attempts.get().orElse(FetchConditions.NONE.attempts()),
                idle.get().orElse(FetchConditions.NONE.idleTimeout()),
                timeout.get(),
                pickle.get().orElse(false),
                token.get());
    }

    /** What the source says of the location, and which keys mean nothing to it. */
    private static Bound<CheckpointRef> check(
            Bound.Ok<CheckpointRef> bound, ConfigCursor cursor, CheckpointSources sources) {
        boolean isPath = cursor.at("path").isPresent();
        if (!isPath) {
            Bound<String> checked = Decoders.scalar(text(text -> {
                        sources.taking(bound.value());
                        return text;
                    }))
                    .decode(cursor.at("uri"));
            if (!(checked instanceof Bound.Ok<String>)) {
                return new Bound.Failed<>(checked.problems());
            }
        }
        boolean isRemote = !isPath
                && sources.of(bound.value().scheme())
                        .filter(CheckpointSource::isRemote)
                        .isPresent();
        List<Problem> without = OF_DOWNLOADS.stream()
                .map(cursor::at)
                .filter(key -> !isRemote && key.isPresent())
                .map(key -> key.keyError(
                        ProblemCode.EXCLUSIVE,
                        "`" + lastStep(key) + "` has no effect on a checkpoint of this machine",
                        "remove it"))
                .toList();
        return without.isEmpty() ? bound : new Bound.Failed<>(without);
    }

    private static Bound<Path> decodePath(ConfigCursor cursor) {
        Bound<String> text = Decoders.scalar(text(given -> {
                    if (CheckpointRef.isUri(given)) {
                        throw new IllegalArgumentException(
                                "`" + CheckpointRef.shown(given) + "` is a URI; write it as `uri`");
                    }
                    return given;
                }))
                .decode(cursor);
        return text instanceof Bound.Ok<String> ? Decoders.path().decode(cursor) : new Bound.Failed<>(text.problems());
    }

    private static Bound<Map<String, String>> decodeSettings(ConfigCursor cursor, Optional<CheckpointSource> source) {
        return new SourceSettings(source.map(CheckpointSource::settings).orElse(List.of())).decode(cursor);
    }

    private static String requireUri(String text) {
        if (!CheckpointRef.isUri(text)) {
            throw new IllegalArgumentException("`" + text + "` has no scheme; write a file's name as `path`");
        }
        return CheckpointRef.of(text).uri();
    }

    private static String scheme(String uri) {
        return CheckpointRef.schemeOf(uri);
    }

    private static String lastStep(ConfigCursor key) {
        return key.path().substring(key.path().lastIndexOf('.') + 1);
    }

    private static void withhold(String text, ConfigCursor cursor) {
        CheckpointRef.secretsIn(text).forEach(cursor::withhold);
    }

    private static Decoder<String> text(UnaryOperator<String> check) {
        return new Decoder<>() {
            @Override
            public String expected() {
                return "a path or a URI";
            }

            @Override
            public String decode(String text) {
                return check.apply(text);
            }
        };
    }

    @Override
    public ConfigValue encode(CheckpointRef ref) {
        if (ref.conditions().equals(FetchConditions.NONE)
                && ref.settings().isEmpty()
                && ref.section().isEmpty()) {
            return ConfigValueFactory.fromAnyRef(location(ref));
        }
        return ConfigWriter.of(CheckpointRefDecoder::write, ref).toObject();
    }

    private static void write(CheckpointRef ref, ConfigWriter object) {
        FetchConditions conditions = ref.conditions();
        FetchConditions usual = FetchConditions.NONE;
        object.put(ref.isFile() ? "path" : "uri", Encoders.text(), location(ref))
                .putIfPresent("section", Encoders.text(), ref.section())
                .putIfPresent("sha256", Encoders.text(), conditions.sha256())
                .putIfPresent("max-size", Encoders.text(), conditions.maxBytes().map(DataSize::new))
                .putIfPresent("timeout", Encoders.duration(), conditions.timeout())
                .putIfPresent("token", Encoders.text(), conditions.token())
                .putIfPresent(
                        "attempts",
                        Encoders.number(),
                        Optional.of(conditions.attempts()).filter(number -> number != usual.attempts()))
                .putIfPresent(
                        "idle-timeout",
                        Encoders.duration(),
                        Optional.of(conditions.idleTimeout()).filter(idle -> !idle.equals(usual.idleTimeout())))
                .putIfPresent(
                        "allow-pickle",
                        Encoders.bool(),
                        Optional.of(conditions.allowPickle()).filter(allowed -> allowed));
        if (!ref.settings().isEmpty()) {
            object.put(SETTINGS, Encoders.map(Encoders.text()), ref.settings());
        }
    }

    private static String location(CheckpointRef ref) {
        return ref.isFile() ? FileSource.path(ref).toString() : ref.uri();
    }

    /** Digests as publishers write them. */
    private static final class DigestDecoder implements Decoder<Sha256> {
        @Override
        public String expected() {
            return "a SHA-256 digest";
        }

        @Override
        public Sha256 decode(String text) {
            return Sha256.parse(text);
        }
    }
}
