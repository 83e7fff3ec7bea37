package io.graft.model.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.rules.Rule.Rename;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain renames. */
class RenamesTest {
    private static Rules rules(Rule... rules) {
        return new Rules(List.of(rules));
    }

    private static List<String> names(Rules rules, String... keys) {
        return rules.apply(StateDicts.named(keys), "checkpoint").tensors().stream()
                .map(RuledTensor::name)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "encoder, enc, encoder.weight, enc.weight",
        "encoder, enc, encoder, enc",
        "encoder, enc, encoders.weight, encoders.weight",
        "encoder, enc, my.encoder.weight, my.encoder.weight",
        "layers.*.q, h.$1.query, layers.3.q.weight, h.3.query.weight",
        "layers.*.q, h.$1.query, layers.3.x.q.weight, layers.3.x.q.weight",
        "layers.*.q, h.$1.query, layers..q, layers..q",
        "*.*, $2.$1, a.b.c, b.a.c",
        "lay*s, b$1, layers.0, ber.0",
        "lay*s, b$1, lays.0, b.0",
        "lay*s, b$1, la.ys.0, la.ys.0",
        "a+b, c, a+b, c",
        "a+b, c, aab, aab",
        "'re:(a|(b))x(\\d)', $3$2, b" + "x1.w, 1b.w",
        "'re:(a|(b))x(\\d)', $3$2, ax1.w, 1.w",
        "'re:a|b', c, b.w, c.w",
        "'re:(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)', $11$1, abcdefghijk, ka",
        "*, x.$1, $1\\.w, x.$1\\.w",
        "**.ln, **.norm, ln.w, norm.w",
        "**.ln, **.norm, a.b.ln.w, a.b.norm.w",
        "**.ln, **.norm, a.xln.w, a.xln.w",
        "**.h.*.ln, **.$1.norm, a.h.3.ln.w, a.3.norm.w",
        "**.a, **.b, x.a.a, x.b.a",
    })
    void aKeyIsRenamedWithWhatLiesBelowIt(String from, String to, String key, String name) {
        assertEquals(List.of(name), names(rules(new Rename(from, to)), key));
    }

    @Test
    void rulesThatAreOnlyTriedGiveTheSameTensors() {
        Rules rules = rules(new Rename("a", "b"), new Rename("nowhere", "x"), new Rename("c", "d"));
        Map<String, LazyTensor> tensors = StateDicts.named("a.w", "c.w", "e.w");
        assertEquals(
                List.of("b.w", "d.w", "e.w"),
                rules.tensors(tensors, UnaryOperator.identity()).stream()
                        .map(RuledTensor::name)
                        .toList());
        assertEquals(rules.apply(tensors, "checkpoint").tensors(), rules.tensors(tensors, UnaryOperator.identity()));
    }

    @Test
    void theFirstRuleThatFitsTakesTheKeyWithAllThatLookForTheSame() {
        Rules rules = rules(
                new Rename("a", "first"),
                new Rename("a*", "starred$1"),
                new Rename("a", "second"),
                new Rename("b", "third"));
        assertEquals(4, rules.size());
        assertEquals(
                List.of("first.w", "second.w", "starredx.w", "c.w", "third.w"),
                names(rules, "a.w", "ax.w", "c.w", "b.w"));
    }

    @Test
    void renamesThatStandTogetherAreAppliedAtOnce() {
        assertEquals(List.of("b.w", "a.w"), names(rules(new Rename("a", "b"), new Rename("b", "a")), "a.w", "b.w"));
    }

    @Test
    void anotherRuleBetweenThemMakesTheSecondSeeTheFirstsNames() {
        Rules rules = rules(
                new Rename("a", "b"), new Rule.Reorder("b.w", 0, List.of(1, 0), List.of(1, 0)), new Rename("b", "c"));
        assertEquals(List.of("c.w"), names(rules, "a.w"));
    }

    @Test
    void whatIsOnlyRenamedIsTheVeryTensor() {
        Map<String, LazyTensor> before = StateDicts.named("a.w", "b");
        RuledTensors after = rules(new Rename("a", "x")).apply(before, "checkpoint");
        assertSame(before.get("a.w"), after.tensors().get(0).value());
        assertEquals(
                new RuledTensor("x.w", before.get("a.w"), List.of("a.w"), false),
                after.tensors().get(0));
        assertSame(before.get("b"), after.tensors().get(1).value());
        assertEquals(List.of("rule #1, `a` to `x`, renamed 1 key"), after.notes());
    }

    @Test
    void aRuleThatGivesNoKeyANameIsToldWithWhatItMayHaveMeant() {
        Rules rules = rules(
                new Rename("a", "b"),
                new Rename("a.w", "c"),
                new Rename("encodr", "d"),
                new Rename("*.*.*.zzz", "e.$1"));
        assertEquals(
                List.of(
                        new RuleProblem(
                                1,
                                ProblemCode.UNMATCHED_RULE,
                                "rule #2, `a.w` to `c`, matches 0 keys of the checkpoint that no earlier rule takes",
                                "put it before the rules that are less special"),
                        new RuleProblem(
                                2,
                                ProblemCode.UNMATCHED_RULE,
                                "rule #3, `encodr` to `d`, matches 0 keys of the checkpoint",
                                "did you mean `encoder`?"),
                        new RuleProblem(
                                3,
                                ProblemCode.UNMATCHED_RULE,
                                "rule #4, `*.*.*.zzz` to `e.$1`, matches 0 keys of the checkpoint",
                                "the checkpoint has `a.w`, `encoder.w`")),
                rules.apply(StateDicts.named("a.w", "encoder.w"), "checkpoint").problems());
    }

    @Test
    void aRuleThatFitsNoKeyGoesByTheOtherSpelling() {
        Map<String, LazyTensor> stripped = StateDicts.named("encoder.w", "head.w");
        List<String> byInspect = rules(new Rename("model.head", "classifier"), new Rename("encoder", "e"))
                .apply(stripped, "checkpoint", key -> "model." + key)
                .tensors()
                .stream()
                .map(RuledTensor::name)
                .toList();
        assertEquals(List.of("e.w", "classifier.w"), byInspect);
        List<String> byName = rules(new Rename("model", "x"))
                .apply(StateDicts.named("model.w", "y.w"), "checkpoint", key -> "model." + key)
                .tensors()
                .stream()
                .map(RuledTensor::name)
                .toList();
        assertEquals(List.of("x.w", "y.w"), byName);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            a.*|   x.$2|  `x.$2` refers to $2, and the number of groups in `a.*` is 1
            a.*|   x.$0|  `x.$0` refers to $0, and the number of groups in `a.*` is 1
            a|     x.$1|  `x.$1` refers to $1, and the number of groups in `a` is 0
            re:(a)|$1$2|  `$1$2` refers to $2, and the number of groups in `re:(a)` is 1
            a|     " "|   ` ` is no dotted name
            a|     .x|    `.x` is no dotted name
            a|     x.|    `x.` is no dotted name
            a|     x..y|  `x..y` is no dotted name
            a..b|  x|     `a..b` has an empty segment
            a.**.b|x|     `a.**.b` cannot say where `**` ends in a rename rule; write `re:` and a regular expression
            **|    x|     `**` cannot say where `**` ends in a rename rule; write `re:` and a regular expression
            re:(|  x|     `(` is not a regular expression: Unclosed group at position 1
            **.a|  b|     `**.a` and `b` must both begin with `**.`, which keeps what stands before, or neither
            a|     **.b|  `a` and `**.b` must both begin with `**.`, which keeps what stands before, or neither
            a.*|   b.*|   `b.*` has `*`; write `$1` for what the first `*` of `a.*` matches
            a.#|   b|     `a.#` has `#`, which stands for the numbers of tensors that are stacked
            a|     b.#|   `b.#` has `#`, which stands for the numbers of tensors that are stacked
            """)
    void refusesWhatIsNoRule(String from, String to, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> new Rename(from, to))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "encoder, enc, enc, encoder",
        "a.*.b.*, x.$2.y.$1, x.*.y.*, a.$2.b.$1",
        "lay*s, b$1, b*, lay$1s",
        "**.h.*.ln, **.$1.norm, **.*.norm, **.h.$1.ln",
        "'re:(.*)\\.gamma', $1.weight, 're:(.*)\\.weight', $1.gamma",
        "'re:(a|b)_(?:c)', x, , ",
        "'re:x\\.(\\d+(?:\\.y)?)_(z)', $2+$1, 're:(z)\\+(\\d+(?:\\.y)?)', x.$2_$1",
        "'re:(.*)(x)', $1$2.y, 're:(.*)(x)\\.y', $1$2",
    })
    void aRenameIsUndoneByAnother(String from, String to, String backFrom, String backTo) {
        Rename rule = new Rename(from, to);
        if (backFrom != null) {
            assertEquals(new Rename(backFrom, backTo), rule.inverse());
            assertEquals(rule, rule.inverse().inverse());
        } else {
            assertThrows(IllegalArgumentException.class, rule::inverse);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a.*       | b     | the rule `a.*` to `b` cannot be undone: `b` does not keep all that `a.*` matches
            a.*       | $1.$1 | the rule `a.*` to `$1.$1` cannot be undone: `$1.$1` has `$1` twice, or right behind another one
            a.*.*     | $1$2  | the rule `a.*.*` to `$1$2` cannot be undone: `$1$2` has `$2` twice, or right behind another one
            re:a.b    | c     | the rule `re:a.b` cannot be undone: `.` stands outside of a group; put what varies into groups, and write `\\.` for a dot
            re:(a(b)) | $1$2  | the rule `re:(a(b))` cannot be undone: a group stands inside another one
            """)
    void whatDoesNotTellWhatItWasCannotBeUndone(String from, String to, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, new Rename(from, to)::inverse)
                        .getMessage());
    }

    @Test
    void copiesCannotBeUndone() {
        Rules rules = rules(new Rename("a", "x"), new Rename("a", "y"));
        assertEquals(
                "the rules cannot be undone: two copy `a`, and which copy is to be kept is not said",
                assertThrows(IllegalArgumentException.class, rules::inverse).getMessage());
    }

    @Test
    void ofTwoRulesForOneNameTheFirstIsTheWayBack() {
        Rules rules =
                rules(new Rename("old", "x"), new Rename("older", "x"), new Rename("a.b", "m.k"), new Rename("a", "m"));
        assertEquals(
                List.of(new Rename("m.k", "a.b"), new Rename("x", "old"), new Rename("m", "a")),
                rules.inverse().rules());
    }
}
