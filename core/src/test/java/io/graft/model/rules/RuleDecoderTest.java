package io.graft.model.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleDecoderTest {
    private static Bound<Rule> bound(String hocon) {
        return new RuleDecoder()
                .decode(ConfigCursor.of(ConfigFactory.parseString("c = " + hocon))
                        .at("c"));
    }

    private static Rule rule(String hocon) {
        Bound<Rule> bound = bound(hocon);
        assertEquals(List.of(), bound.problems());
        return ((Bound.Ok<Rule>) bound).value();
    }

    private static NameTable table(String id) {
        return NameTables.discover().find(id).orElseThrow();
    }

    @Test
    void aRuleIsAnObjectOrTheNameOfATable() {
        assertWritten("{ from = a, to = b }", new Rule.Rename("a", "b"));
        assertEquals(new Rule.Rename("a", "b"), rule("{ type = rename, from = a, to = b }"));
        assertWritten(
                "{ type = split, from = a, to = [b, c], axis = 1, sizes = [2, 1] }",
                new Rule.Split("a", List.of("b", "c"), 1, List.of(2, 1)));
        assertWritten("{ type = split, from = a, to = [b, c] }", new Rule.Split("a", List.of("b", "c"), 0, List.of()));
        assertWritten(
                "{ type = concatenate, from = [a, b], to = c, axis = 1, sizes = [2, 1] }",
                new Rule.Concatenate(List.of("a", "b"), "c", 1, List.of(2, 1)));
        assertWritten("{ type = stack, from = \"a.#\", to = b, axis = 1 }", new Rule.Stack("a.#", "b", 1));
        assertWritten("{ type = unstack, from = b, to = \"a.#\" }", new Rule.Unstack("b", "a.#", 0));
        assertWritten("{ type = transpose, tensors = a }", new Rule.Transpose("a"));
        assertWritten("{ type = permute, tensors = a, axes = [1, 0] }", new Rule.Permute("a", List.of(1, 0)));
        assertWritten(
                "{ type = reorder, tensors = a, axis = 1, view = [0, 2], order = [1, 0] }",
                new Rule.Reorder("a", 1, List.of(0, 2), List.of(1, 0)));
        assertWritten("gemma-3", new Rule.Table(table("gemma-3"), Map.of(), false));
        assertWritten("qwen2.5-vl", new Rule.Table(table("qwen2.5-vl"), Map.of(), false));
        assertWritten("{ table = vit, inverse = true }", new Rule.Table(table("vit"), Map.of(), true));
        assertWritten(
                "{ table = llama-meta, heads = 4, key-value-heads = 2 }",
                new Rule.Table(table("llama-meta"), Map.of("heads", 4, "key-value-heads", 2), false));
        assertWritten("llama-fused", new Rule.Table(table("llama-fused"), Map.of(), false));
        assertWritten(
                "{ table = llama-meta, heads = 4 }", new Rule.Table(table("llama-meta"), Map.of("heads", 4), false));
    }

    private static void assertWritten(String hocon, Rule rule) {
        assertEquals(rule, rule(hocon));
        assertEquals(rule, rule(new RuleDecoder().encode(rule).render()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gemma3 | unknown-enum c: no table of names is called `gemma3`; did you mean `gemma-3`? the tables are bert, gemma-3, gpt-2, gpt-2-linear, llama-fused, llama-meta, mixtral, qwen-moe, qwen2.5-vl, vit
            { table = vitt } | unknown-enum c.table: no table of names is called `vitt`; did you mean `vit`? the tables are bert, gemma-3, gpt-2, gpt-2-linear, llama-fused, llama-meta, mixtral, qwen-moe, qwen2.5-vl, vit
            { table = vit, heads = 3 } | unknown-key c.heads: `c` has no key `heads`
            { table = llama-meta, heads = 0, key-value-heads = 1 } | out-of-range c.heads: must be between 1 and 2147483647
            { from = a } | missing-key c.to: `c` needs the key `to`; add it here
            { type = splt, from = a } | unknown-tag c.type: expected one of: rename, split, concatenate, stack, unstack, transpose, permute, reorder; closest is `split`
            { type = split, from = a, to = [b] } | record-constructor-rejected c: `c` refuses these values: `to` needs two names or more
            { from = a, to = b, axis = 1 } | unknown-key c.axis: `c` has no key `axis`
            [a] | wrong-type c: expected an object, found a list
            """)
    void mistakesAreToldWithTheirPlace(String hocon, String problem) {
        assertEquals(
                List.of(problem),
                bound(hocon).problems().stream()
                        .map(each -> each.code().id() + " " + each.path() + ": " + each.message()
                                + (each.help().isEmpty() ? "" : "; " + each.help()))
                        .toList());
    }
}
