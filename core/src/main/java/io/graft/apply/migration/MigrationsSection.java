package io.graft.apply.migration;

import io.graft.checkpoint.Sha256;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.Key;
import io.graft.config.reading.KeyMove;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.migration.CheckpointMigration;
import io.graft.migration.MigrationStep;
import io.graft.migration.Migrations;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The {@code migrations} section of a configuration.
 *
 * @param cursor where it stands
 * @param shown as it is understood
 */
public record MigrationsSection(Migrations migrations, ConfigCursor cursor, Map<String, Object> shown) {
    /** Digits of a signature: it tells steps of one id from each other, and protects nothing. */
    private static final int SIGNATURE = 16;

    private static final String KEYS = "keys";

    /** A step, and how it is shown. */
    private record Step(MigrationStep migration, Map<String, Object> shown) {}

    /** Versions as {@link Version} has them: {@code 1.4.2}, {@code 2.0-rc1}. */
    private static final class VersionDecoder implements Decoder<Version> {
        @Override
        public String expected() {
            return "a version";
        }

        @Override
        public Version decode(String text) {
            try {
                return Version.parse(text);
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "`" + text + "` is no version: one begins with a number, such as 1.4.2", malformed);
            }
        }
    }

    /**
     * @param registry has the kinds of migrations
     */
    public static Bound<MigrationsSection> bind(ConfigCursor cursor, PlugRegistry registry) {
        ObjectBinding section = cursor.ownedBy("the section `migrations`").object();
        Key<Optional<Version>> version = version(section, "version");
        Key<Optional<String>> versionFrom = section.key("version-from", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        Key<Optional<String>> history = section.key("history", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        Key<Optional<List<Step>>> steps = section.key("steps", list(registry)).optional();
        // moved before anything else is read
        Key<Optional<List<KeyMove>>> keys = section.key(
                        KEYS, Decoders.nested(MigrationsSection::move).inList())
                .optional();
        section.requires("version", "version-from");
        return section.finish(() -> {
            List<Step> all = steps.get().orElse(List.of());
            if (steps.get().isEmpty() && keys.get().isEmpty()) {
                throw new IllegalArgumentException(
                        "nothing is to be migrated: give `steps` for checkpoints, or `keys`");
            }
            Map<String, Object> shown = new LinkedHashMap<>();
            version.get().ifPresent(text -> shown.put("version", text.toString()));
            versionFrom.get().ifPresent(text -> shown.put("version-from", text));
            history.get().ifPresent(text -> shown.put("history", text));
            if (steps.get().isPresent()) {
                shown.put("steps", all.stream().map(Step::shown).toList());
            }
            return new MigrationsSection(
                    new Migrations(
                            all.stream().map(Step::migration).toList(),
                            history.get(),
                            versionFrom.get(),
                            version.get()),
                    cursor,
                    shown);
        });
    }

    /** What a configuration says of its own older keys; what is wrong with that is told when the section is bound. */
    public static List<KeyMove> moves(ConfigCursor root) {
        return root.at("graft.migrations." + KEYS).elements().stream()
                .map(MigrationsSection::move)
                .flatMap(move -> move instanceof Bound.Ok<KeyMove> ok ? Stream.of(ok.value()) : Stream.empty())
                .toList();
    }

    private static Bound<KeyMove> move(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = object.key("from", Decoders.string())
                .check(Constraints.notBlank())
                .required();
        Key<Optional<String>> to = object.key("to", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        Key<Optional<String>> removed = object.key("removed", Decoders.string())
                .check(Constraints.notBlank())
                .optional();
        return object.finish(() -> new KeyMove(from.get(), to.get(), removed.get()));
    }

    private static Key<Optional<Version>> version(ObjectBinding object, String key) {
        return object.key(key, Decoders.scalar(new VersionDecoder())).optional();
    }

    private static ValueDecoder<List<Step>> list(PlugRegistry registry) {
        return cursor -> {
            Bound<List<Step>> bound = Decoders.nested((ConfigCursor step) -> step(step, registry))
                    .inList()
                    .decode(cursor);
            return bound instanceof Bound.Ok<List<Step>> ok ? distinct(ok, cursor) : bound;
        };
    }

    private static Bound<List<Step>> distinct(Bound.Ok<List<Step>> steps, ConfigCursor cursor) {
        Map<String, Integer> places = new TreeMap<>();
        List<Problem> problems = new ArrayList<>(steps.problems());
        for (int step = 0; step < steps.value().size(); step++) {
            String id = steps.value().get(step).migration().id();
            Integer other = places.putIfAbsent(id, step);
            if (other != null) {
                problems.add(cursor.at("[" + step + "].id")
                        .error(
                                ProblemCode.DUPLICATE_ELEMENT,
                                "the steps " + (other + 1) + " and " + (step + 1) + " are both called `" + id
                                        + "`, and a checkpoint has a migration once",
                                "give one of them another id, or remove it"));
            }
        }
        return problems.size() == steps.problems().size() ? steps : new Bound.Failed<>(problems);
    }

    private static Bound<Step> step(ConfigCursor cursor, PlugRegistry registry) {
        if (!cursor.isObject()) {
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.WRONG_TYPE,
                    "a step is an object, such as { id = flat-layers, rules = [ ... ] }",
                    "write the step in braces, with `id`"));
        }
        Bound<Header> header = Header.bind(cursor);
        Bound<BoundPlug<CheckpointMigration>> made = registry.migration(cursor);
        List<Problem> problems = new ArrayList<>(header.problems());
        problems.addAll(made.problems());
        return header instanceof Bound.Ok<Header> named && made instanceof Bound.Ok<BoundPlug<CheckpointMigration>> plug
                ? new Bound.Ok<>(named.value().step(plug.value()), problems)
                : new Bound.Failed<>(problems);
    }

    /** What every step says, whatever its type. */
    private record Header(String id, Optional<Version> since, Optional<Version> until) {
        private static final Set<String> KEYS = Set.of("id", "since", "until");

        static Bound<Header> bind(ConfigCursor cursor) {
            String[] others =
                    cursor.keys().stream().filter(key -> !KEYS.contains(key)).toArray(String[]::new);
            ObjectBinding object = cursor.ownedBy("a step of `migrations`").object(others);
            Key<String> id = object.key("id", Decoders.string())
                    .check(Constraints.notBlank())
                    .required();
            Key<Optional<Version>> since = version(object, "since");
            Key<Optional<Version>> until = version(object, "until");
            return object.finish(() -> new Header(id.get(), since.get(), until.get()));
        }

        Step step(BoundPlug<CheckpointMigration> plug) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("id", id);
            shown.put("type", plug.id());
            since.ifPresent(version -> shown.put("since", version.toString()));
            until.ifPresent(version -> shown.put("until", version.toString()));
            shown.putAll(plug.options());
            return new Step(new MigrationStep(id, plug.origin(), signature(plug), since, until, plug.made()), shown);
        }
    }

    private static String signature(BoundPlug<CheckpointMigration> plug) {
        String text = plug.id() + sorted(plug.options());
        return Sha256.ofText(text).hex().substring(0, SIGNATURE);
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, inner) -> sorted.put(String.valueOf(key), sorted(inner)));
            return sorted;
        }
        return value instanceof List<?> list
                ? list.stream().map(MigrationsSection::sorted).toList()
                : String.valueOf(value);
    }
}
