package io.graft.model.ref;

import io.graft.checkpoint.source.SourceSetting;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Decodes the settings that a source has declared, all of them optional, to texts. */
record SourceSettings(List<SourceSetting> declared) implements ValueDecoder<Map<String, String>> {
    @Override
    public Bound<Map<String, String>> decode(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Map<String, Key<Optional<String>>> keys = new TreeMap<>();
        for (SourceSetting setting : declared) {
            keys.put(
                    setting.name(),
                    object.key(setting.name(), decoder(setting.kind()))
                            .check(Constraints.notBlank())
                            .optional());
        }
        Bound<Map<String, String>> bound = object.finish(() -> {
            Map<String, String> values = new TreeMap<>();
            keys.forEach((name, key) -> key.get().ifPresent(value -> values.put(name, value)));
            return values;
        });
        return bound instanceof Bound.Failed<Map<String, String>> failed
                ? new Bound.Failed<>(failed.problems().stream()
                        .map(problem -> explained(problem, cursor))
                        .toList())
                : bound;
    }

    /** With what the setting is for. */
    private Problem explained(Problem problem, ConfigCursor cursor) {
        return declared.stream()
                .filter(setting -> cursor.at(setting.name()).path().equals(problem.path()))
                .findFirst()
                .map(setting -> problem.withNote("`" + setting.name() + "`: " + setting.purpose()))
                .orElse(problem);
    }

    private static ValueDecoder<String> decoder(SourceSetting.Kind kind) {
        return switch (kind) {
            case TEXT -> Decoders.string();
            case FLAG -> cursor -> Decoders.bool().decode(cursor).map(String::valueOf);
            case PATH -> cursor -> Decoders.path().decode(cursor).map(Path::toString);
        };
    }
}
