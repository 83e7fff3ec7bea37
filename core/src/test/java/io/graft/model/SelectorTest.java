package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.Selection;
import io.graft.model.tree.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {
    private final ModelDraft model = Drafts.of(
            "encoder.data.weight",
            "encoder.data.bias",
            "processor.0.query.weight",
            "processor.1.query.weight",
            "processor.10.query.weight",
            "scale");

    private Selection select(String selector) {
        return model.select(Selector.parse(selector));
    }

    @Test
    void aModulePathSelectsEverythingUnderIt() {
        assertEquals(
                new Selection(List.of("encoder"), List.of("encoder.data.weight", "encoder.data.bias")),
                select("encoder"));
    }

    @Test
    void aTensorPathSelectsThatTensor() {
        assertEquals(new Selection(List.of(), List.of("scale")), select("scale"));
        assertFalse(select("scale").isEmpty());
        assertEquals(new Selection(List.of(), List.of("encoder.data.bias")), select("encoder.data.bias"));
    }

    @Test
    void segmentsMatchWhole() {
        assertEquals(List.of("processor.1.query.weight"), select("processor.1").tensors());
        assertTrue(select("process").isEmpty());
        assertTrue(select("data").isEmpty());
    }

    @Test
    void aStarIsOneSegmentOrAPartOfOne() {
        assertEquals(
                List.of("processor.0", "processor.1", "processor.10"),
                select("processor.*").modules());
        assertEquals(
                List.of("processor.1", "processor.10"), select("processor.1*").modules());
        assertEquals(List.of("encoder"), select("enc*").modules());
        assertTrue(select("*.query").isEmpty());
        assertEquals(new Selection(List.of("encoder", "processor"), names()), select("*"));
    }

    @Test
    void twoStarsAreAnyNumberOfSegments() {
        assertEquals(
                List.of(
                        "encoder.data.weight",
                        "processor.0.query.weight",
                        "processor.1.query.weight",
                        "processor.10.query.weight"),
                select("**.weight").tensors());
        assertEquals(List.of("scale"), select("**.scale").tensors());
        assertEquals(names(), select("**").tensors());
        assertEquals(List.of("processor.1.query"), select("**.1.**.query").modules());
    }

    @Test
    void manyTimesTwoStarsCostNoMoreThanOne() {
        ModelDraft deep = Drafts.of("a.".repeat(60) + "b");
        String selector = "**.a.".repeat(15);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertTrue(deep.select(Selector.parse(selector + "c")).isEmpty());
            assertEquals(
                    1, deep.select(Selector.parse(selector + "b")).tensors().size());
        });
    }

    @Test
    void theRootHasNoNameToSelect() {
        assertEquals(
                List.of(
                        "encoder",
                        "encoder.data",
                        "processor",
                        "processor.0",
                        "processor.0.query",
                        "processor.1",
                        "processor.1.query",
                        "processor.10",
                        "processor.10.query"),
                select("**").modules());
        assertEquals(select("**").modules(), select("re:.*").modules());
    }

    @Test
    void aRegularExpressionMatchesWholeCanonicalNames() {
        assertEquals(
                new Selection(
                        List.of("processor.0", "processor.1"),
                        List.of("processor.0.query.weight", "processor.1.query.weight")),
                select("re:processor\\.[0-3]"));
        assertEquals(List.of("encoder.data.bias"), select("re:.*\\.bias").tensors());
        assertTrue(select("re:bias").isEmpty());
    }

    @Test
    void aSegmentMayBeSpeltByAnAliasButARegularExpressionSeesCanonicalNames() {
        DraftTensor gamma = DraftTensor.initial(
                "norm.weight",
                Set.of("gamma"),
                TensorKind.PARAMETER,
                true,
                Drafts.parameter("g").base());
        ModelDraft block = new ModelDraft(
                List.of(new ModuleSpec("norm", "BatchNorm", Set.of("02BatchNorm", "BatchNorm"))), List.of(gamma));
        for (String selector : List.of("norm", "02BatchNorm", "BatchNorm.gamma", "Batch*", "**.gamma")) {
            assertEquals(
                    List.of("norm.weight"),
                    block.select(Selector.parse(selector)).tensors(),
                    selector);
        }
        assertTrue(block.select(Selector.parse("re:02BatchNorm")).isEmpty());
    }

    @Test
    void tensorsKeepTheOrderOfTheStateDict() {
        ModelDraft interleaved = Drafts.of("b.x", "a.x", "b.y");
        assertEquals(
                List.of("b.x", "b.y"), interleaved.select(Selector.parse("b")).tensors());
        assertEquals(
                List.of("b.x", "a.x", "b.y"),
                interleaved.select(Selector.parse("re:a|b")).tensors());
    }

    @Test
    void aModuleWithoutTensorsIsSelectedToo() {
        ModelDraft block = new ModelDraft(List.of(new ModuleSpec("act", "ReLU", Set.of())), List.of());
        Selection selection = block.select(Selector.parse("act"));
        assertEquals(new Selection(List.of("act"), List.of()), selection);
        assertFalse(selection.isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""|                 a selector must not be empty
            " "|                a selector must not be empty
            encoder..data|      `encoder..data` has an empty segment
            .encoder|           `.encoder` has an empty segment
            encoder.|           `encoder.` has an empty segment
            a.b**|              `**` stands for whole segments, not for a part of one as in `b**`
            processor.{0-3}|    `{0-3}` is neither a name nor a pattern: a path knows `*` and `**`; for more write `re:` and a \
            regular expression
            layer?|             `layer?` is neither a name nor a pattern: a path knows `*` and `**`; for more write `re:` and a \
            regular expression
            re:(|               `(` is not a regular expression: Unclosed group at position 1
            """)
    void refusesWhatIsNoSelector(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Selector.parse(text))
                        .getMessage());
    }

    @Test
    void nearestOfAPatternCorrectsItsPlainSegments() {
        assertEquals(
                List.of("processor.*.query"),
                Selector.parse("processer.*.qeury").nearest(model.tree()));
        assertEquals(
                List.of("processor.*.query"),
                Selector.parse("processor.*.qeury").nearest(model.tree()));
        assertEquals(List.of("**.query.*"), Selector.parse("**.qeury.*").nearest(model.tree()));
        assertEquals(List.of("encoder"), Selector.parse("encodr").nearest(model.tree()));
        assertEquals(List.of("**.query.**"), Selector.parse("query.**").nearest(model.tree()));
        assertEquals(List.of("**.query.*"), Selector.parse("qeury.*").nearest(model.tree()));
        assertEquals(List.of(), Selector.parse("head.*").nearest(model.tree()));
        assertEquals(List.of(), Selector.parse("re:encodr").nearest(model.tree()));
    }

    @Test
    void equalsByItsTextAndPrintsIt() {
        assertEquals(Selector.parse("a.*"), Selector.parse("a.*"));
        assertEquals(Selector.parse("a.*").hashCode(), Selector.parse("a.*").hashCode());
        assertNotEquals(Selector.parse("a.*"), Selector.parse("a.**"));
        assertNotEquals(Selector.parse("a.*"), (Object) "a.*");
        assertEquals("re:a.*", Selector.parse("re:a.*").toString());
    }

    private List<String> names() {
        return model.tensors().stream().map(DraftTensor::name).toList();
    }
}
