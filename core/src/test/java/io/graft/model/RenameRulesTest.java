package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.RenameRules.Renamed;
import io.graft.model.RenameRules.Rule;
import io.graft.model.RenameRules.Unused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenameRulesTest {
    private static RenameRules rules(Rule... rules) {
        return new RenameRules(List.of(rules));
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
    })
    void aKeyIsRenamedWithWhatLiesBelowIt(String from, String to, String key, String name) {
        assertEquals(List.of(name), rules(new Rule(from, to)).names(key));
    }

    @Test
    void theFirstRuleThatFitsTakesTheKeyWithAllThatLookForTheSame() {
        RenameRules rules = rules(
                new Rule("a", "first"), new Rule("a*", "starred$1"), new Rule("a", "second"), new Rule("b", "third"));
        assertEquals(4, rules.size());
        assertEquals(List.of(new Renamed(0, "first.w"), new Renamed(2, "second.w")), rules.rename("a.w"));
        assertEquals(List.of(new Renamed(1, "starredx.w")), rules.rename("ax.w"));
        assertEquals(List.of(new Renamed(3, "third.w")), rules.rename("b.w"));
        assertEquals(List.of(), rules.rename("c.w"));
        assertEquals(List.of("c.w"), rules.names("c.w"));
        assertEquals(List.of("first.w", "second.w"), rules.names("a.w"));
    }

    @Test
    void aRuleThatGivesNoKeyANameIsToldWithWhatItMayHaveMeant() {
        RenameRules rules =
                rules(new Rule("a", "b"), new Rule("a.w", "c"), new Rule("encodr", "d"), new Rule("*.*.*.zzz", "e.$1"));
        assertEquals(
                List.of(
                        new Unused(
                                1,
                                "rule #2, `a.w` to `c`, matches 0 keys of the checkpoint that no earlier rule takes",
                                "put it before the rules that are less special"),
                        new Unused(
                                2,
                                "rule #3, `encodr` to `d`, matches 0 keys of the checkpoint",
                                "did you mean `encoder`?"),
                        new Unused(
                                3,
                                "rule #4, `*.*.*.zzz` to `e.$1`, matches 0 keys of the checkpoint",
                                "the checkpoint has `a.w`, `encoder.w`")),
                rules.unused(List.of("a.w", "encoder.w"), "checkpoint"));
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
            re:(|  x|     `(` is not a regular expression: Unclosed group at position 1
            """)
    void refusesWhatIsNoRule(String from, String to, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> new Rule(from, to))
                        .getMessage());
    }
}
