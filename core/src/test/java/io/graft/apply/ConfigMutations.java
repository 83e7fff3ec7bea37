package io.graft.apply;

import io.graft.GraftException;
import io.graft.checkpoint.Mutations;
import io.graft.checkpoint.Watched;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Damage done to good configurations, the same in each run: to their bytes, their words and their structure. Programs that have no
 * test engine use it as well.
 */
public final class ConfigMutations {
    /** Good configurations; whether their modifiers are there does not matter. */
    public static final List<String> TEXTS = List.of("""
            graft {
              model.checkpoint = "model.safetensors"     # a remark
              modifiers = [
                { type = load, from = "pretrained.ckpt" }
                { type = freeze, modules = [encoder, "processor.0"] }
                { type = rename, rules = [{ from = a, to = "b.c" }] }
              ]
              output { path = out, max-shard-size = 5GB, overwrite = false }
            }
            """, """
            base { type = freeze, strict = ${?STRICT} }
            dir = ${HOME}/models
            graft.model { checkpoint = ${dir}/"a.pt", hub-token = "s3cret" }
            training { epochs : 3, model-modifier.modifiers = [
              ${base} { modules = [encoder] }
              ${base} {
                modules = ["re:^decoder\\\\.", \"""re:a\\.b\"""]
              } // another
            ] }
            training.names += a
            training.names += ${dir}
            """, """
            {"graft": {"model": {"torchscript": "model.pt"}, "modifiers": [{"type": "fail"}, {"_target_": "org.Gone"}],
             "output": {"path": "out", "format": "pytorch"}}, "output": 1, "freeze": {"modules": ["a"]}}
            """, """
            graft {
              model.checkpoint = "model.safetensors"
              modifiers = [
                { type = transfer-learning, checkpoint-path = "pretrained.ckpt", skip-mismatched = true }
                { type = freezing, submodules-to-freeze = [encoder, "processor.0"] }
                { type = renaming, rename = [{ from = "re:^model\\\\.(.*)", to = "$1" }] }
                { type = lora-merge, adapters = [{ path = adapter, weight = 0.5 }] }
              ]
              output { path = "out", format = safetensors, max-shard-size = 5GB, digest = none, sync = false }
            }
            """);

    private static final int BATCH = 50;
    private static final Pattern WORDS = Pattern.compile("[\\w.-]+|\\s+|.", Pattern.DOTALL);
    private static final List<String> INSERTED = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\"\"\"",
            "${graft}",
            "${?graft.modifiers}",
            "${a}",
            "${",
            "+=",
            "=",
            ":",
            ",",
            "#",
            "null",
            "true",
            "-1",
            "1e999",
            "99999999999999999999",
            "\u0000",
            "\u202e",
            "\uFEFF",
            "\\",
            "\\u",
            "\n",
            " ",
            "include \"mutated.conf\"\n",
            "include required(\"gone\")\n",
            "include url(\"http://127.0.0.1:9/x\")\n",
            "include file(\"/dev/zero\")\n",
            "include classpath(\"gone\")\n",
            "x".repeat(5000),
            "a" + ".a".repeat(150),
            "type",
            "_target_",
            "modifiers",
            "graft",
            "training.model-modifier.modifiers",
            "password = hidden\n",
            "re:(",
            "**");

    private ConfigMutations() {}

    /**
     * Damages a configuration again and again and checks what comes of it.
     *
     * @param file written and removed
     * @return how many of the files had no error nevertheless
     * @throws AssertionError if one ends in anything but problems, or takes longer than a second
     */
    public static int checkAll(String good, long seed, int runs, Path file, ModelModifierApplier applier)
            throws IOException {
        Random random = new Random(seed);
        AtomicInteger correct = new AtomicInteger();
        for (int run = 0; run < runs; run += BATCH) {
            List<byte[]> bad = new ArrayList<>();
            for (int i = 0; i < Math.min(BATCH, runs - run); i++) {
                bad.add(mutate(good, random));
            }
            String what = "runs from " + run + " of seed " + seed;
            Watched.run(Duration.ofSeconds(BATCH), what, () -> {
                for (byte[] text : bad) {
                    correct.addAndGet(check(Files.write(file, text), what, applier) ? 1 : 0);
                }
            });
        }
        Files.delete(file);
        return correct.get();
    }

    private static boolean check(Path file, String what, ModelModifierApplier applier) throws IOException {
        try {
            render(applier.configuration(file, new ConfigOverrides(List.of(), Map.of(), Map.of("HOME", "/home")))
                    .check());
            return true;
        } catch (GraftException refused) {
            render(refused.problems());
            return false;
        } catch (RuntimeException | Error crash) {
            throw new AssertionError(
                    what + ":\n" + new String(Files.readAllBytes(file), StandardCharsets.UTF_8), crash);
        }
    }

    private static void render(List<Problem> problems) {
        ProblemRenderer.plain().render(problems);
        for (Problem problem : problems) {
            if (problem.message().isBlank()) {
                throw new IllegalStateException("no message: " + problem);
            }
        }
    }

    private static byte[] mutate(String good, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Mutations.mutate(good.getBytes(StandardCharsets.UTF_8), random);
            case 1 -> mutateWords(good, random).getBytes(StandardCharsets.UTF_8);
            default -> mutateStructure(good, random).getBytes(StandardCharsets.UTF_8);
        };
    }

    /** Inserts, removes, repeats or exchanges words. */
    private static String mutateWords(String good, Random random) {
        List<String> words = new ArrayList<>(
                WORDS.matcher(good).results().map(MatchResult::group).toList());
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(words.size());
            String inserted = INSERTED.get(random.nextInt(INSERTED.size()));
            switch (random.nextInt(5)) {
                case 0 -> words.add(at, inserted);
                case 1 -> words.set(at, inserted);
                case 2 -> words.set(at, "");
                case 3 -> words.add(at, words.get(random.nextInt(words.size())));
                default -> words.set(at, words.set(random.nextInt(words.size()), words.get(at)));
            }
        }
        return String.join("", words);
    }

    /** Repeats, moves, wraps or replaces what stands between two brackets, or lets it refer to itself. */
    private static String mutateStructure(String good, Random random) {
        int open = Math.max(0, good.indexOf(random.nextBoolean() ? '{' : '[', random.nextInt(good.length())));
        int close = closing(good, open);
        String block = good.substring(open, close);
        String before = good.substring(0, open);
        String after = good.substring(close);
        int depth = 1 + random.nextInt(200);
        return switch (random.nextInt(7)) {
            case 0 -> before + block + block + after;
            case 1 -> before + "[".repeat(depth) + block + "]".repeat(depth) + after;
            case 2 -> before + "{ a = ".repeat(depth) + block + "}".repeat(depth) + after;
            case 3 -> before + "${graft.modifiers}" + after + "\nb = " + block;
            case 4 -> good + "\na = " + block + "\na = ${a}${a}".repeat(depth) + "\ngraft.modifiers = ${a}";
            case 5 -> before + after + block;
            default -> good + "\ngraft.modifiers += ${graft}".repeat(depth % 20);
        };
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            if (depth <= 0) {
                return i + 1;
            }
        }
        return text.length();
    }
}
