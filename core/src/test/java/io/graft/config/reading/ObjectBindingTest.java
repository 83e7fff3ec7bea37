package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.config.decoding.Decoders;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.ProblemRenderer;
import io.graft.problem.Spelling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectBindingTest {
    /** Each key of {@link EveryOption} with a value that is not its default. */
    private static final Map<String, String> VALID = new LinkedHashMap<>();

    static {
        VALID.put("rank", "4");
        VALID.put("steps", "1000");
        VALID.put("small", "2");
        VALID.put("medium", "1e3");
        VALID.put("dropout", "0.25");
        VALID.put("scale", "2");
        VALID.put("strict", "false");
        VALID.put("name", "lora");
        VALID.put("mode", "load-buffers");
        VALID.put("warmup", "5 minutes");
        VALID.put("max-shard-size", "2GiB");
        VALID.put("checkpoint-path", "/models/a");
        VALID.put("homepage", "\"https://example.org/a\"");
        VALID.put("match", "\"[ab]+\"");
        VALID.put("target-modules", "[query, value]");
        VALID.put("tags", "[x, y]");
        VALID.put("ranks", "{ a = 1, \"c_d\" = 2 }");
        VALID.put("by-mode", "{ load-buffers = 0.5 }");
        VALID.put("rename", "[{ from = a, to = b }]");
        VALID.put("hub-token", "t");
        VALID.put("api-key", "7");
    }

    private static String write(Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static Bound<EveryOption> bind(String hocon) {
        return new EveryOption.EveryOption_Binder().bind(Read.text(hocon).ownedBy("modifier `every`"));
    }

    private static Map<String, String> with(String key, String other) {
        Map<String, String> entries = new LinkedHashMap<>();
        VALID.forEach((name, value) -> entries.put(name.equals(key) ? other : name, value));
        return entries;
    }

    @Test
    void everyKeyReachesItsComponent() {
        EveryOption options = Read.value(bind(write(VALID)));
        assertEquals(4, options.rank());
        assertEquals(1000L, options.steps());
        assertEquals(2, options.small());
        assertEquals(1000, options.medium());
        assertEquals(0.25, options.dropout());
        assertEquals(2f, options.scale());
        assertEquals(false, options.strict());
        assertEquals("lora", options.name());
        assertEquals(EveryOption.Mode.LOAD_BUFFERS, options.mode());
        assertEquals(Optional.of(Duration.ofMinutes(5)), options.warmup());
        assertEquals(2L << 30, options.maxShardSize());
        assertEquals("/models/a", options.checkpointPath().orElseThrow().toString());
        assertEquals("https://example.org/a", options.homepage().orElseThrow().toString());
        assertEquals("[ab]+", options.match().orElseThrow().pattern());
        assertEquals(List.of("query", "value"), options.targetModules());
        assertEquals(Set.of("x", "y"), options.tags());
        assertEquals(Map.of("a", 1, "c_d", 2), options.ranks());
        assertEquals(Map.of(EveryOption.Mode.LOAD_BUFFERS, 0.5), options.byMode());
        assertEquals(List.of(new EveryOption.Rule("a", "b")), options.rename());
        assertEquals(Optional.of("t"), options.hubToken());
        assertEquals(Optional.of(7), options.apiKey());
    }

    @Test
    void absentKeysGiveDefaultsAndNothing() {
        EveryOption options = Read.value(bind("target-modules = [query], warmup = null"));
        assertEquals(8, options.rank());
        assertEquals("none", options.name());
        assertEquals(EveryOption.Mode.KEEP_ALL, options.mode());
        assertEquals(5_000_000_000L, options.maxShardSize());
        assertEquals(Optional.empty(), options.warmup());
        assertEquals(Set.of(), options.tags());
        assertEquals(Map.of(), options.ranks());
        assertEquals(List.of(), options.rename());
    }

    static Stream<String> keys() {
        return VALID.keySet().stream();
    }

    /** Every key with one letter dropped, doubled, replaced or swapped with the next, and in another case. */
    @ParameterizedTest
    @MethodSource("keys")
    void everySingleMutationOfAKeyIsReported(String key) {
        long seed = 20;
        Random random = new Random(seed);
        List<String> mutated = new ArrayList<>();
        mutated.add(key.toUpperCase(Locale.ROOT));
        for (int i = 0; i < key.length(); i++) {
            char other = (char) ('a' + random.nextInt(26));
            mutated.add(key.substring(0, i) + key.substring(i + 1));
            mutated.add(key.substring(0, i) + key.charAt(i) + key.substring(i));
            mutated.add(key.substring(0, i) + other + key.substring(i + 1));
            if (i + 1 < key.length()) {
                mutated.add(key.substring(0, i) + key.charAt(i + 1) + key.charAt(i) + key.substring(i + 2));
            }
        }
        mutated.removeIf(name -> name.equals(key) || VALID.containsKey(name));
        for (String name : mutated) {
            List<Problem> problems = bind(write(with(key, "\"" + name + "\""))).problems();
            assertEquals(1, problems.size(), () -> "seed " + seed + ", `" + name + "`: " + problems);
            Problem problem = problems.get(0);
            assertEquals(name, problem.path().replace("\"", ""));
            boolean respelt = Spelling.bare(name).equals(Spelling.bare(key));
            assertEquals(respelt ? ProblemCode.WRONG_SPELLING : ProblemCode.UNKNOWN_KEY, problem.code());
        }
    }

    @Test
    void snakeCaseBindsTheSame() {
        Map<String, String> entries = new LinkedHashMap<>(VALID);
        entries.remove("match"); // patterns have no equality
        Map<String, String> snake = new LinkedHashMap<>();
        entries.forEach((key, value) -> snake.put(Spelling.snake(key), value));
        assertEquals(Read.value(bind(write(entries))), Read.value(bind(write(snake))));
    }

    @Test
    void problemsDoNotDependOnTheOrderOfKeys() {
        List<String> lines = new ArrayList<>(List.of(
                "rank = 0",
                "rnak = 1",
                "alpha = 2",
                "dropout = 3",
                "tags = [a, a]",
                "mode = lod",
                "targetModules = []",
                "rename = [{ from = a }]",
                "max_shard_size = 1",
                "max-shard-size = 1"));
        Set<List<String>> told = IntStream.range(0, 20)
                .mapToObj(seed -> {
                    Collections.shuffle(lines, new Random(seed));
                    return bind(String.join("\n", lines)).problems().stream()
                            .map(problem -> problem.code().id() + " " + problem.path() + " " + problem.message())
                            .toList();
                })
                .collect(Collectors.toSet());
        assertEquals(1, told.size(), told::toString);
        assertEquals(9, told.iterator().next().size(), told::toString);
    }

    @Test
    void exactlyOneOfSomeKeysIsDemanded() {
        assertEquals("""
                error[exclusive]     String:1  model.torchscript
                     = `checkpoint` and `torchscript` exclude each other;
                       keep exactly one of `checkpoint`, `torchscript`, `block-factory`
                """, exclusive("model { checkpoint = a, torchscript = b }"));
        assertEquals("""
                error[missing-key]   String:1  model
                     = `model` needs exactly one of the keys `checkpoint`, `torchscript`, `block-factory`;
                       add one here
                """, exclusive("model {}"));
        assertEquals("""
                error[unknown-key]   String:1  model.chekpoint
                     = `model` has no key `chekpoint`;
                       did you mean `checkpoint`?
                     = keys: block-factory, checkpoint, torchscript
                """, exclusive("model { chekpoint = a }"));
        assertEquals("", exclusive("model { block_factory = a }"));
    }

    private static String exclusive(String hocon) {
        ObjectBinding object = Read.text(hocon).at("model").object();
        object.key("checkpoint", Decoders.string()).optional();
        object.key("torchscript", Decoders.string()).optional();
        object.key("block-factory", Decoders.string()).optional();
        object.exactlyOneOf("checkpoint", "torchscript", "block-factory");
        return ProblemRenderer.plain().render(object.finish(() -> "").problems());
    }

    @Test
    void aRejectingConstructorIsQuotedUnlessThereAreSecrets() {
        assertEquals("modifier `m` refuses these values: a must be below b", rejected("a"));
        assertEquals("modifier `m` refuses these values", rejected("api-key"));
    }

    private static String rejected(String key) {
        ObjectBinding object = Read.text(key + " = 1").ownedBy("modifier `m`").object();
        object.key(key, Decoders.int32()).required();
        Bound<String> bound = object.finish(() -> {
            throw new IllegalArgumentException("a must be below b");
        });
        return bound.problems().get(0).message();
    }

    @Test
    void reservedKeysAreSomebodyElses() {
        ConfigCursor cursor = Read.text("type = lora, _target_ = x, rank = 4");
        ObjectBinding object = cursor.object("type", "_target_");
        Key<Integer> rank = object.key("rank", Decoders.int32()).required();
        assertEquals(4, Read.value(object.finish(rank::get)));
    }

    @Test
    void aKeyWithoutValueGivesNone() {
        ObjectBinding object = Read.text("").object();
        Key<Integer> rank = object.key("rank", Decoders.int32()).required();
        assertEquals(
                "`rank` has no value",
                assertThrows(IllegalStateException.class, rank::get).getMessage());
        KeyBinding<Integer> binding = object.key("rank", Decoders.int32());
        assertEquals(
                "`rank` is no collection",
                assertThrows(IllegalStateException.class, binding::orEmpty).getMessage());
    }

    @Test
    void aFailedBindingStaysFailedWhenMapped() {
        Bound<EveryOption> failed = bind("rank = 0");
        assertEquals(failed.problems(), failed.map(EveryOption::rank).problems());
        assertEquals(4, Read.value(bind("rank = 4, target-modules = [a]").map(EveryOption::rank)));
    }

    @Test
    void valuesOfAnObjectAreMadeOfItsKeysAndOfEachOther() {
        ObjectBinding object = ConfigCursor.literal("{ a = 1, b = 2 }").object();
        Key<Integer> a = object.key("a", Decoders.int32()).required();
        Key<String> inner = object.value(() -> "made of " + a.get());
        Key<Integer> b = object.key("b", Decoders.int32()).required();
        Key<String> outer = object.value(() -> inner.get() + " and " + b.get());
        assertEquals(
                "it is not made yet",
                assertThrows(IllegalStateException.class, outer::get).getMessage());
        assertEquals(new Bound.Ok<>("made of 1 and 2"), object.finishWith(outer));
    }

    @Test
    void whatIsMadeOfAValueThatRefusesIsNotMade() {
        ObjectBinding object = ConfigCursor.literal("{}").object();
        Key<String> inner = object.value(() -> {
            throw new IllegalArgumentException("no");
        });
        Bound<String> bound =
                object.finishWith(object.value(inner::get, List.of(new OptionsCheck<>("never", (value, sink) -> {
                    throw new AssertionError(value);
                }))));
        assertEquals(
                List.of(ProblemCode.RECORD_CONSTRUCTOR_REJECTED),
                bound.problems().stream().map(Problem::code).toList());
    }
}
