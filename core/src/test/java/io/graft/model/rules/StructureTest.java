package io.graft.model.rules;

import static io.graft.model.rules.StateDicts.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules that give tensors another structure. */
class StructureTest {
    private static Rules rules(Rule... rules) {
        return new Rules(List.of(rules));
    }

    private static Map<String, List<Integer>> numbers(Map<String, LazyTensor> tensors) throws IOException {
        Map<String, List<Integer>> numbers = new LinkedHashMap<>();
        for (Map.Entry<String, LazyTensor> each : tensors.entrySet()) {
            numbers.put(each.getKey() + " " + each.getValue().shape(), StateDicts.numbers(each.getValue()));
        }
        return numbers;
    }

    private static Map<String, List<Integer>> applied(Rules rules, LazyTensor... tensors) throws IOException {
        RuledTensors ruled = rules.apply(StateDicts.of(tensors), "checkpoint");
        assertEquals(List.of(), ruled.problems());
        return numbers(StateDicts.of(ruled));
    }

    private static void undone(Rules rules, LazyTensor... tensors) throws IOException {
        Map<String, LazyTensor> before = StateDicts.of(tensors);
        RuledTensors there = rules.apply(before, "checkpoint");
        RuledTensors back = rules.inverse().apply(StateDicts.of(there), "model");
        assertEquals(List.of(), back.problems());
        assertEquals(StateDicts.bits(before), StateDicts.bits(StateDicts.of(back)));
    }

    @Test
    void aFusedTensorIsSplitWithItsBias() throws IOException {
        Rules rules = rules(new Rule.Split("h.*.qkv", List.of("h.$1.q", "h.$1.k", "h.$1.v"), 0, List.of(2, 1, 1)));
        LazyTensor weight = counted("h.0.qkv.weight", 0, 8, 2);
        LazyTensor bias = counted("h.0.qkv.bias", 100, 8);
        assertEquals(
                Map.of(
                        "h.0.q.weight [4, 2]", List.of(0, 1, 2, 3, 4, 5, 6, 7),
                        "h.0.k.weight [2, 2]", List.of(8, 9, 10, 11),
                        "h.0.v.weight [2, 2]", List.of(12, 13, 14, 15),
                        "h.0.q.bias [4]", List.of(100, 101, 102, 103),
                        "h.0.k.bias [2]", List.of(104, 105),
                        "h.0.v.bias [2]", List.of(106, 107)),
                applied(rules, weight, bias));
        undone(rules, weight, bias);
        assertEquals(
                List.of(new Rule.Concatenate(List.of("h.*.q", "h.*.k", "h.*.v"), "h.$1.qkv", 0, List.of(2, 1, 1))),
                rules.inverse().rules());
    }

    @Test
    void partsAreConcatenatedWhereTheFirstStood() throws IOException {
        Rules rules = rules(new Rule.Concatenate(List.of("**.gate", "**.up"), "**.gate_up", 1, List.of()));
        LazyTensor[] tensors = {
            counted("a.up", 10, 2, 2),
            counted("x", 0, 1),
            counted("a.gate", 0, 2, 2),
            counted("up", 30, 1, 1),
            counted("gate", 20, 1, 1)
        };
        RuledTensors ruled = rules.apply(StateDicts.of(tensors), "checkpoint");
        assertEquals(
                "[a.gate_up, x, gate_up]",
                ruled.tensors().stream().map(RuledTensor::name).toList().toString());
        assertEquals(List.of("a.gate", "a.up"), ruled.tensors().get(0).keys());
        assertEquals(
                Map.of(
                        "a.gate_up [2, 4]", List.of(0, 1, 10, 11, 2, 3, 12, 13),
                        "x [1]", List.of(0),
                        "gate_up [1, 2]", List.of(20, 30)),
                numbers(StateDicts.of(ruled)));
        undone(rules, counted("a.gate", 0, 2, 2), counted("a.up", 10, 2, 2), counted("x", 0, 1));
    }

    @Test
    void expertsAreStackedByTheirNumbers() throws IOException {
        Rules rules = rules(new Rule.Stack("layers.*.experts.#.up.weight", "layers.$1.up", 0));
        LazyTensor[] tensors = new LazyTensor[11];
        for (int expert = 0; expert < 11; expert++) {
            // in the order of names, ten comes before two
            int number = List.of(0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9).get(expert);
            tensors[expert] = counted("layers.7.experts." + number + ".up.weight", number, 1);
        }
        assertEquals(Map.of("layers.7.up [11, 1]", List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), applied(rules, tensors));
        assertEquals(
                List.of(new Rule.Unstack("layers.*.up", "layers.$1.experts.#.up.weight", 0)),
                rules.inverse().rules());
        undone(
                rules(new Rule.Stack("e.#", "e", 1)),
                counted("e.0", 0, 2, 3),
                counted("e.1", 10, 2, 3),
                counted("e.2", 20, 2, 3));
        assertEquals(
                Map.of("e [2, 2]", List.of(0, 10, 1, 11)),
                applied(rules(new Rule.Stack("e.#", "e", 1)), counted("e.0", 0, 2), counted("e.1", 10, 2)));
    }

    @Test
    void axesAndPlacesAlongThemAreMoved() throws IOException {
        LazyTensor matrix = counted("w", 0, 2, 3);
        assertEquals(Map.of("w [3, 2]", List.of(0, 3, 1, 4, 2, 5)), applied(rules(new Rule.Transpose("w")), matrix));
        undone(rules(new Rule.Transpose("w")), matrix);
        LazyTensor cube = counted("w", 0, 2, 3, 4);
        Rules permute = rules(new Rule.Permute("w", List.of(2, 0, 1)));
        assertEquals("[w [4, 2, 3]]", applied(permute, cube).keySet().toString());
        assertEquals(
                List.of(new Rule.Permute("w", List.of(1, 2, 0))),
                permute.inverse().rules());
        undone(permute, cube);
        // Pairs that lie beside each other become halves, in each of two heads.
        Rules rotary = rules(new Rule.Reorder("w", 0, List.of(2, 0, 2), List.of(0, 2, 1)));
        LazyTensor heads = counted("w", 0, 12);
        assertEquals(Map.of("w [12]", List.of(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11)), applied(rotary, heads));
        assertEquals(
                List.of(new Rule.Reorder("w", 0, List.of(2, 2, 0), List.of(0, 2, 1))),
                rotary.inverse().rules());
        undone(rotary, heads);
        undone(rules(new Rule.Reorder("w", 1, List.of(0, 2), List.of(1, 0))), counted("w", 0, 3, 6, 2));
    }

    /** The way of a converter: transpose, split, rename; each rule sees what the one before it gave. */
    @Test
    void rulesAreAppliedOneAfterTheOther() throws IOException {
        Rules rules = rules(
                new Rule.Transpose("h.*.c_attn.weight"),
                new Rule.Split("h.*.c_attn", List.of("h.$1.q", "h.$1.k"), 0, List.of()),
                new Rule.Rename("h", "layers"));
        RuledTensors ruled = rules.apply(StateDicts.of(counted("h.3.c_attn.weight", 0, 2, 4)), "checkpoint");
        assertEquals(
                Map.of(
                        "layers.3.q.weight [2, 2]",
                        List.of(0, 4, 1, 5),
                        "layers.3.k.weight [2, 2]",
                        List.of(2, 6, 3, 7)),
                numbers(StateDicts.of(ruled)));
        assertEquals(
                "Computed[operation=part 1 of 2 along axis 0, from=[Computed[operation=transposed,"
                        + " from=[Stored[uri=a.safetensors, key=h.3.c_attn.weight]]]]]",
                ruled.tensors().get(0).value().provenance().toString());
        assertEquals(
                List.of(
                        "rule #1, transpose of `h.*.c_attn.weight`, changed 1 tensor",
                        "rule #2, split of `h.*.c_attn` to `h.$1.q`, `h.$1.k`, changed 1 tensor",
                        "rule #3, `h` to `layers`, renamed 2 keys"),
                ruled.notes());
        undone(rules, counted("h.3.c_attn.weight", 0, 2, 4));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyElementIsMovedBitForBit(DType dtype) throws IOException {
        Shape shape = Shape.of(6, 4);
        byte[] bytes = new byte[(int) dtype.byteCount(shape)];
        // NaNs of every kind, too
        new Random(3).nextBytes(bytes);
        LazyTensor tensor = new StateDicts.Held("w", dtype, shape, ByteBuffer.wrap(bytes));
        Rules rules = rules(
                new Rule.Transpose("w"),
                new Rule.Split("w", List.of("a", "b"), 1, List.of(1, 2)),
                new Rule.Unstack("b", "b.#", 0));
        if (dtype.bits() % 8 != 0 || dtype.bits() > 64) {
            RuleProblem problem =
                    rules.apply(StateDicts.of(tensor), "checkpoint").problems().get(0);
            assertEquals(
                    new RuleProblem(
                            0,
                            ProblemCode.SHAPE_MISMATCH,
                            "rule #1, transpose of `w`, cannot be followed: `w`: elements of " + dtype
                                    + " cannot be moved one by one",
                            ""),
                    problem);
        } else {
            undone(rules, tensor);
        }
    }

    @Test
    void whatIsLargerThanABandIsMovedToo() throws IOException {
        byte[] bytes = new byte[2 * 700 * 900];
        new Random(4).nextBytes(bytes);
        LazyTensor tensor = new StateDicts.Held("w", DType.BF16, Shape.of(700, 900), ByteBuffer.wrap(bytes));
        undone(
                rules(
                        new Rule.Transpose("w"),
                        new Rule.Reorder("w", 0, List.of(0, 50, 2), List.of(0, 2, 1)),
                        new Rule.Split("w", List.of("a", "b", "c"), 0, List.of(1, 4, 4))),
                tensor);
    }

    @Test
    void whatDoesNotFitIsToldWithItsNames() {
        LazyTensor w = counted("a.w", 0, 3, 2);
        assertProblem(
                "split of `a.w` to `b`, `c`, cannot be followed: `a.w`: [3, 2] has a length of 3 along axis 0, which 2 equal parts do not divide",
                new Rule.Split("a.w", List.of("b", "c"), 0, List.of()),
                w);
        assertProblem(
                "split of `a` to `b`, `c`, cannot be followed: `a.w`: [3, 2] has a length of 3 along axis 0, which parts of the sizes [3, 2] do not divide",
                new Rule.Split("a", List.of("b", "c"), 0, List.of(3, 2)),
                w);
        assertProblem(
                "slices of `a.w` to `b.#`, cannot be followed: `a.w`: [3, 2] has no axis 2",
                new Rule.Unstack("a.w", "b.#", 2),
                w);
        assertProblem(
                "transpose of `v`, cannot be followed: `v`: a tensor of shape [3] cannot be transposed",
                new Rule.Transpose("v"),
                counted("v", 0, 3));
        assertProblem(
                "permute of `a.w`, cannot be followed: `a.w`: [3, 2] has 2 axes, and `axes` is [0, 2, 1]",
                new Rule.Permute("a.w", List.of(0, 2, 1)),
                w);
        assertProblem(
                "reorder of `a.w`, cannot be followed: `a.w`: [3, 2] has a length of 3 along axis 0, which cannot be seen as [2, 0]",
                new Rule.Reorder("a.w", 0, List.of(2, 0), List.of(1, 0)),
                w);
        assertProblem(
                "reorder of `a.w`, cannot be followed: `a.w`: [3, 2] has a length of 3 along axis 0, which cannot be seen as [2, 1]",
                new Rule.Reorder("a.w", 0, List.of(2, 1), List.of(1, 0)),
                w);
        assertProblem(
                "concatenation of `a`, `b`, `c` to `d`, cannot be followed: of `d.w` there is `a.w`, `c.w`, and no `b`",
                new Rule.Concatenate(List.of("a", "b", "c"), "d", 0, List.of()),
                w,
                counted("c.w", 0, 3, 2));
        assertProblem(
                "concatenation of `a`, `b` to `d`, cannot be followed: `d.w`: their lengths along axis 0 are [3, 1], and `sizes` is not given",
                new Rule.Concatenate(List.of("a", "b"), "d", 0, List.of()),
                w,
                counted("b.w", 0, 1, 2));
        assertProblem(
                "concatenation of `a`, `b` to `d`, cannot be followed: `d.w`: their lengths along axis 0 are [3, 1], and `sizes` is [2, 1]",
                new Rule.Concatenate(List.of("a", "b"), "d", 0, List.of(2, 1)),
                w,
                counted("b.w", 0, 1, 2));
        assertProblem(
                "concatenation of `a`, `b` to `d`, cannot be followed: `d.w`: their shapes and dtypes do not fit together: I32 [3, 2], I32 [3]",
                new Rule.Concatenate(List.of("a", "b"), "d", 0, List.of()),
                w,
                counted("b.w", 0, 3));
        assertProblem(
                "stack of `e.#` to `e`, cannot be followed: of `e` there is `e.0`, `e.2`, and no number 1",
                new Rule.Stack("e.#", "e", 0),
                counted("e.0", 0, 1),
                counted("e.2", 0, 1));
        assertProblem(
                "stack of `e.#` to `e`, cannot be followed: `e`: their shapes and dtypes differ: I32 [1], I32 [2]",
                new Rule.Stack("e.#", "e", 0),
                counted("e.0", 0, 1),
                counted("e.1", 0, 2));
        assertProblem(
                "stack of `e.#` to `e`, cannot be followed: `e`: [1] cannot get an axis 2",
                new Rule.Stack("e.#", "e", 2),
                counted("e.0", 0, 1));
        assertProblem(
                "concatenation of `x.*`, `y` to `d`, cannot be followed: `x.1` and `x.2` would be the same part of `d`",
                new Rule.Concatenate(List.of("x.*", "y"), "d", 0, List.of()),
                counted("x.1", 0, 1),
                counted("x.2", 0, 1),
                counted("y", 0, 1));
    }

    private static void assertProblem(String message, Rule rule, LazyTensor... tensors) {
        assertEquals(
                List.of(new RuleProblem(0, ProblemCode.SHAPE_MISMATCH, "rule #1, " + message, "")),
                rules(rule).apply(StateDicts.of(tensors), "checkpoint").problems());
    }

    @Test
    void refusesWhatIsNoRule() {
        assertRefused("`to` needs two names or more", () -> new Rule.Split("a", List.of("b"), 0, List.of()));
        assertRefused(
                "`sizes` has 1 of them, and `to` 2 names", () -> new Rule.Split("a", List.of("b", "c"), 0, List.of(1)));
        assertRefused(
                "`sizes` is [1, 0]; each is at least 1",
                () -> new Rule.Split("a", List.of("b", "c"), 0, List.of(1, 0)));
        assertRefused("`axis` is -1; the outermost is 0", () -> new Rule.Split("a", List.of("b", "c"), -1, List.of()));
        assertRefused("`from` needs two names or more", () -> new Rule.Concatenate(List.of("a"), "b", 0, List.of()));
        assertRefused(
                "`from` is `a.*`; write `#` where the numbers of the tensors stand",
                () -> new Rule.Stack("a.*", "b.$1", 0));
        assertRefused(
                "`to` is `b`; write `#` where the numbers of the tensors stand", () -> new Rule.Unstack("a", "b", 0));
        assertRefused("`a.#.#` has `#` twice", () -> new Rule.Stack("a.#.#", "b", 0));
        assertRefused(
                "`axes` is [0, 0]; each number from 0 on must stand there once, as in [1, 0]",
                () -> new Rule.Permute("a", List.of(0, 0)));
        assertRefused(
                "`order` is [0]; each number from 0 on must stand there once, as in [1, 0]",
                () -> new Rule.Reorder("a", 0, List.of(1), List.of(0)));
        assertRefused(
                "`view` has 3 lengths, and `order` has 2",
                () -> new Rule.Reorder("a", 0, List.of(1, 1, 1), List.of(1, 0)));
        assertRefused(
                "`view` is [0, 0]; lengths are at least 1, and one of them may be 0 for what is left",
                () -> new Rule.Reorder("a", 0, List.of(0, 0), List.of(1, 0)));
        assertRefused(
                "the rule cannot be undone: `x.$1.$2` and `y.$2.$1` differ in what they keep, or in its order",
                new Rule.Split("a.*.*", List.of("x.$1.$2", "y.$2.$1"), 0, List.of())::inverse);
    }

    private static void assertRefused(String message, Executable making) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, making).getMessage());
    }

    /** Rules at random, of which each is about something that the ones before it left. */
    @Test
    void anyListOfRulesIsUndoneBitForBit() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            Map<String, LazyTensor> now = StateDicts.of(
                    counted("h.0.a.weight", 0, 4, 6), counted("h.1.a.weight", 100, 4, 6), counted("b", 200, 12, 2));
            Map<String, LazyTensor> before = now;
            List<Rule> rules = new ArrayList<>();
            for (int step = 0; step < 6; step++) {
                List<String> names = List.copyOf(now.keySet());
                Rule rule = rule(random, names.get(random.nextInt(names.size())), step);
                RuledTensors next = rules(rule).apply(now, "model");
                // Renames that stand together would be applied at once.
                boolean afterRename = !rules.isEmpty() && rules.get(rules.size() - 1) instanceof Rule.Rename;
                if (next.problems().isEmpty() && !(afterRename && rule instanceof Rule.Rename)) {
                    rules.add(rule);
                    now = StateDicts.of(next);
                }
            }
            Rules all = new Rules(rules);
            Map<String, LazyTensor> there = StateDicts.of(all.apply(before, "model"));
            RuledTensors back = all.inverse().apply(there, "model");
            assertEquals(List.of(), back.problems(), rules::toString);
            assertEquals(
                    new TreeMap<>(StateDicts.bits(before)),
                    new TreeMap<>(StateDicts.bits(StateDicts.of(back))),
                    rules::toString);
        }
    }

    private static Rule rule(Random random, String name, int step) {
        int axis = random.nextInt(3);
        return switch (random.nextInt(7)) {
            case 0 -> new Rule.Split(name, List.of("p" + step, "q" + step), axis, List.of());
            case 1 -> new Rule.Split(name, List.of("p" + step, "q" + step, "r" + step), axis, List.of(1, 2, 1));
            case 2 -> new Rule.Unstack(name, "u" + step + ".#.w", axis);
            case 3 -> new Rule.Transpose(name);
            case 4 -> new Rule.Permute(name, List.of(1, 0));
            case 5 -> new Rule.Reorder(name, axis, List.of(0, 2), List.of(1, 0));
            default -> new Rule.Rename(name, "n" + step);
        };
    }
}
