package io.graft.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A file with many mistakes, and the whole of what a person reads about them. */
class SampleReportTest {
    enum DType {
        BF16,
        FP16,
        FP32
    }

    record LoraOptions(
            int rank,
            double alpha,
            double dropout,
            List<String> targetModules,
            Optional<DType> dtype,
            Optional<Duration> warmup,
            Optional<String> init,
            Optional<String> hubToken) {}

    record FreezingOptions(List<String> submodulesToFreeze) {}

    private static Bound<LoraOptions> bindLora(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<Integer> rank = object.key("rank", Decoders.int32())
                .check(Constraints.range(1, 4096))
                .orDefault("8");
        Key<Double> alpha = object.key("alpha", Decoders.float64())
                .check(Constraints.range(0, Double.POSITIVE_INFINITY, true, false))
                .orDefault("16");
        Key<Double> dropout = object.key("dropout", Decoders.float64())
                .check(Constraints.range(0.0, 1.0))
                .orDefault("0.0");
        Key<List<String>> targetModules = object.key("target-modules", Decoders.list(Decoders.string()))
                .check(Constraints.notEmpty())
                .check(Constraints.notBlank())
                .required();
        Key<Optional<DType>> dtype =
                object.key("dtype", Decoders.enumeration(DType.class)).optional();
        Key<Optional<Duration>> warmup =
                object.key("warmup", Decoders.duration()).optional();
        Key<Optional<String>> init = object.key("init", Decoders.string()).optional();
        Key<Optional<String>> hubToken =
                object.key("hub-token", Decoders.string()).optional();
        return object.finish(() -> new LoraOptions(
                rank.get(),
                alpha.get(),
                dropout.get(),
                targetModules.get(),
                dtype.get(),
                warmup.get(),
                init.get(),
                hubToken.get()));
    }

    private static Bound<FreezingOptions> bindFreezing(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<List<String>> submodulesToFreeze = object.key("submodules-to-freeze", Decoders.list(Decoders.string()))
                .check(Constraints.notEmpty())
                .required();
        return object.finish(() -> new FreezingOptions(submodulesToFreeze.get()));
    }

    @Test
    void reportNamesEveryMistakeWithItsPlace() throws IOException {
        Path folder = Golden.RESOURCES.resolve("sample");
        ConfigFile file = Read.file(folder.resolve("conf/train.conf"));
        Map<String, String> notes =
                Map.of("rank", "lora (acme-lora-1.2.jar): \"Rank of the low-rank update.\" default 8");
        List<ConfigCursor> entries = file.root().at("graft.modifiers").elements();
        List<Problem> problems = new ArrayList<>();
        problems.addAll(bindLora(entries.get(0)
                        .ownedBy("modifier `lora`", key -> Optional.ofNullable(notes.get(key)))
                        .withReserved(Set.of("type")))
                .problems());
        problems.addAll(
                bindFreezing(entries.get(1).ownedBy("modifier `freezing`").withReserved(Set.of("type")))
                        .problems());
        Golden.assertMatches(folder.resolve("expected.txt"), Problems.render(folder, problems));
    }
}
