package io.graft.processor;

import com.google.testing.compile.JavaFileObjects;
import javax.tools.JavaFileObject;

/** A modifier whose options are of every type and have every constraint. */
final class Everything {
    static final JavaFileObject SOURCE = JavaFileObjects.forSourceString("com.acme.EverythingModelModifier", """
            package com.acme;

            import io.graft.Modifier;
            import io.graft.ModelModifier;
            import io.graft.ModifierContext;
            import io.graft.tensor.DType;
            import io.graft.tensor.Shape;
            import io.graft.config.DataSize;
            import io.graft.config.Default;
            import io.graft.config.Flatten;
            import io.graft.config.NotBlank;
            import io.graft.config.NotEmpty;
            import io.graft.config.Range;
            import io.graft.config.Size;
            import io.graft.config.Tag;
            import io.graft.model.ModelDraft;
            import io.graft.model.tree.Selector;
            import java.net.URI;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;
            import java.util.Set;

            /** Takes everything. It does nothing with it. */
            @Modifier(value = "everything", aliases = "org.example.Everything")
            public final class EverythingModelModifier implements ModelModifier {
                private final Options options;

                public EverythingModelModifier(Options options) {
                    this.options = options;
                }

                @Override
                public void apply(ModelDraft model, ModifierContext context) {}

                @Override
                public String toString() {
                    return options.toString();
                }

                /** Two ways. */
                public enum Mode { KEEP_ALL, LOAD }

                /**
                 * One rule.
                 *
                 * @param from old
                 * @param newName new
                 * @param only of which kind
                 */
                public record Rule(@NotBlank String from, @Size(min = 1, max = 9) String newName, Optional<Mode> only) {}

                /** One of two. */
                public sealed interface Init {
                    /**
                     * All the same.
                     *
                     * @param firstValue the value
                     */
                    record Constant(double firstValue) implements Init {}

                    /**
                     * Random.
                     *
                     * @param seed of the generator
                     */
                    @Tag("random")
                    record RandomValues(Optional<Long> seed) implements Init {}
                }

                /**
                 * More keys.
                 *
                 * @param wide a number
                 * @param label a text or nothing
                 * @param deep still more keys
                 */
                public record More(@Default("3") @Range(min = 1, max = 9) int wide, Optional<String> label, @Flatten Deep deep) {
                    /** @param ratios numbers */
                    public record Deep(List<Double> ratios) {}
                }

                /**
                 * Options.
                 *
                 * @param flag a boolean
                 * @param small a byte
                 * @param medium a short
                 * @param rank an int
                 * @param steps a long
                 * @param scale a float
                 * @param dropout a double
                 * @param name a text
                 * @param file a path
                 * @param timeLimit a duration; it is {@code 5 | 6} here, or <b>more</b>
                 * @param mode an enum
                 * @param module a type with a decoder of its own
                 * @param maybeRank an int or nothing
                 * @param maybeRule a record or nothing
                 * @param names texts
                 * @param modes constants
                 * @param weights numbers by text
                 * @param limits lists by constant
                 * @param rule a record
                 * @param rules records
                 * @param flags booleans
                 * @param include a word of HOCON
                 * @param source a URI
                 * @param limit a size
                 * @param elementType an enum of Graft
                 * @param shape a type whose decoder reads a list
                 * @param init one of two records
                 * @param others more of them
                 * @param more keys that lie flat
                 */
                public record Options(
                        boolean flag,
                        byte small,
                        short medium,
                        @Range(min = 1, max = 4096) int rank,
                        @Range(min = 0) long steps,
                        @Range(min = -1, max = 1, exclusiveMax = true) float scale,
                        @Range(min = 0, max = 1, exclusiveMin = true) double dropout,
                        @Default("re:^a") @NotEmpty String name,
                        Path file,
                        @Default("5 minutes") Duration timeLimit,
                        @Default("keep-all") Mode mode,
                        Selector module,
                        @Range(min = 2) Optional<Integer> maybeRank,
                        Optional<Rule> maybeRule,
                        @NotEmpty @NotBlank List<String> names,
                        Set<Mode> modes,
                        @Size(max = 2) Map<String, Double> weights,
                        Map<Mode, List<Long>> limits,
                        Rule rule,
                        @Default("[{ from = a, new-name = b }]") List<Rule> rules,
                        @Default("[true]") List<Boolean> flags,
                        List<String> include,
                        @Default("\\"s3://a\\"") URI source,
                        @Default("5GB") DataSize limit,
                        @Default("bf16") DType elementType,
                        @Default("[3, 4]") Shape shape,
                        Init init,
                        Map<String, Init> others,
                        @Flatten More more) {}
            }
            """);

    private Everything() {}
}
