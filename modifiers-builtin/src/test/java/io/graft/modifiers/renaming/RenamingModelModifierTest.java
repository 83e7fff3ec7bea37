package io.graft.modifiers.renaming;

import static io.graft.tensor.expression.Expressions.add;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.ModelModifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.rules.Rule;
import io.graft.modifiers.Fixtures;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Renaming as a configuration asks for it. */
class RenamingModelModifierTest {
    private final ModifierTester renaming = ModifierTester.of(RenamingModelModifier.class);

    /** Adds a vector of its own. */
    private record Addend(LazyTensor vector) implements Parametrization {
        @Override
        public String id() {
            return "addend";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("addend", vector));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(add(below, owned().get(0).expression()));
        }
    }

    /** Puts an adapter with a tensor of its own on the encoder's weight. */
    private static final class Adapting implements ModelModifier {
        @Override
        public void apply(ModelDraft model, ModifierContext context) {
            LazyTensor weight = model.find("encoder.weight").orElseThrow().base();
            model.parametrize("encoder.weight", "style", new Addend(weight));
        }
    }

    private ModelModifier rules(String... rules) {
        return renaming.modifier("rename = [" + String.join(", ", rules) + "]");
    }

    private static ModelFixture model() {
        return ModelFixture.empty()
                .with("encoder.weight", Shape.of(2), 1, 2)
                .with("encoder.bias", Shape.of(2), 3, 4)
                .with("decoder.weight", Shape.of(2), 5, 6)
                .with("decoder.bias", Shape.of(2), 7, 8);
    }

    @Test
    void aModuleIsRenamedWithWhatLiesBelowIt() {
        model().apply(rules("{ from = encoder, to = model.enc }"))
                .succeeds()
                .warns()
                .hasNames("model.enc.weight", "model.enc.bias", "decoder.weight", "decoder.bias")
                .hasValues("model.enc.weight", 1, 2)
                .hasValues("model.enc.bias", 3, 4);
    }

    @Test
    void twoModulesExchangeTheirNames() {
        model().apply(rules("{ from = encoder, to = decoder }", "{ from = decoder, to = encoder }"))
                .succeeds()
                .warns()
                .hasNames("decoder.weight", "decoder.bias", "encoder.weight", "encoder.bias")
                .hasValues("decoder.weight", 1, 2)
                .hasValues("encoder.bias", 7, 8);
    }

    @Test
    void patternsGiveWhatTheyMatchToTheNewName() {
        model().apply(rules("{ from = \"*.weight\", to = \"w.$1\" }", "{ from = \"re:(.)(.*)coder\", to = \"$2.$1\" }"))
                .succeeds()
                .warns()
                .hasNames("w.encoder", "n.e.bias", "w.decoder", "e.d.bias");
    }

    @Test
    void aRuleWithoutMatchIsAnErrorWithTheNearestNames() {
        model().apply(rules("{ from = encoder, to = enc }", "{ from = decodr, to = dec }"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "rename[1]",
                        "rule #2, `decodr` to `dec`, matches 0 keys of the model",
                        "did you mean `decoder`?"))
                .changesNothing();
    }

    @Test
    void lenientlyThatIsAWarningAndTheOthersAct() {
        model().apply(renaming.modifier(
                        "strict = false, rename = [{ from = encoder, to = enc }, { from = encoder.bias, to = b }]"))
                .succeeds()
                .hasNames("enc.weight", "enc.bias", "decoder.weight", "decoder.bias")
                .warns(
                        "rename[1]: rule #2, `encoder.bias` to `b`, matches 0 keys of the model that no earlier rule takes"
                                + " and is passed over; put it before the rules that are less special");
    }

    @Test
    void twoTensorsOfOneNameAreAnErrorThatNamesBoth() {
        model().apply(rules("{ from = encoder.bias, to = decoder.bias }"))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "rename",
                        "`encoder.bias` and `decoder.bias` would both be called `decoder.bias`",
                        "give one of them another name"))
                .changesNothing();
    }

    @Test
    void aNameWithAnEmptySegmentIsAnError() {
        model().apply(rules("{ from = \"re:(x)?encoder.bias\", to = \"a.$1.b\" }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rename[0]",
                        "rule #1, `re:(x)?encoder.bias` to `a.$1.b`, would call `encoder.bias` `a..b`, which has an empty"
                                + " segment",
                        "a group that matches nothing gives no text"))
                .changesNothing();
    }

    @Test
    void namesThatStayAreTold() {
        model().apply(rules("{ from = encoder, to = encoder }"))
                .succeeds()
                .changesNothing()
                .warns("nothing is renamed: 2 of 4 tensors match, and they have these names already");
        model().apply(rules()).changesNothing().warns("`rename` is empty: nothing is renamed");
    }

    @Test
    void aTieStays() {
        ModelDraft model = ModelFixture.empty()
                .with("embedding.weight", Shape.of(2), 1, 2)
                .tie("head.weight", "embedding.weight")
                .apply(rules("{ from = embedding, to = tokens }"))
                .succeeds()
                .warns()
                .hasNames("tokens.weight", "head.weight")
                .model();
        assertEquals(List.of("tokens.weight"), model.tiedTo("head.weight"));
        assertEquals(List.of("head.weight"), model.tiedTo("tokens.weight"));
    }

    @Test
    void whatAParametrizationOwnsFollows() {
        model().apply(new Adapting())
                .then(rules("{ from = encoder, to = enc }"))
                .succeeds()
                .warns()
                .hasNames("enc.weight", "enc.bias", "decoder.weight", "decoder.bias", "enc.addend.style")
                .hasValues("enc.weight", 2, 4);
    }

    @Test
    void whatAParametrizationOwnsIsNotRenamedWithoutIt() {
        model().apply(new Adapting())
                .then(rules("{ from = encoder.addend, to = encoder.other }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rename[0]",
                        "rule #1, `encoder.addend` to `encoder.other`, matches only what belongs to parametrizations:"
                                + " `encoder.addend.style`",
                        "it is named for `encoder.weight`; rename that"))
                .changesNothing();
    }

    @Test
    void aTensorGetsOneName() {
        Rule first = new Rule.Rename("a", "b");
        Rule second = new Rule.Rename("a", "c");
        assertEquals(
                "rule #1 and rule #2 both rename `a`, and a tensor of the model has one name",
                assertThrows(IllegalArgumentException.class, () -> new RenamingOptions(List.of(first, second), true))
                        .getMessage());
    }

    @Test
    void everyOptionIsBound() {
        renaming.providerIsHealthy();
        renaming.defaults("", new RenamingOptions(List.of(), true));
        renaming.mapsEveryKey(
                "rename = [{ from = a, to = b }], strict = false",
                new RenamingOptions(List.of(new Rule.Rename("a", "b")), false));
        assertEquals(
                "modifier `renaming` refuses these values in `rename[0]`: `$1` refers to $1, and the number of groups in `a` is"
                        + " 0",
                renaming.rejects(
                                "rename = [{ from = a, to = \"$1\" }]",
                                ProblemCode.RECORD_CONSTRUCTOR_REJECTED,
                                "rename[0]")
                        .message());
    }

    @Test
    void aWholeFixtureIsRenamed() {
        Fixtures.m43()
                .apply(rules("{ from = \"re:(.*)\", to = \"net.$1\" }"))
                .succeeds()
                .warns()
                .hasNames("net.decoder.bias", "net.decoder.weight", "net.encoder.bias", "net.encoder.weight");
    }
}
