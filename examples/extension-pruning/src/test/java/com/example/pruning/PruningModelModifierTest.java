package com.example.pruning;

import static com.example.pruning.Scope.GLOBAL;
import static com.example.pruning.Scope.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruningModelModifierTest {
    private static final ModifierTester PRUNING = ModifierTester.of(PruningModelModifier.class);
    private static final List<Selector> ENCODER = List.of(Selector.parse("encoder"));

    @Test
    void providerIsHealthy() {
        PRUNING.providerIsHealthy();
    }

    @Test
    void defaults() {
        PRUNING.binds(
                "tensors = [encoder], amount = 0.5",
                new PruningOptions(ENCODER, Optional.of(0.5), Optional.empty(), LOCAL, 2));
    }

    @Test
    void everyKeyIsRead() {
        PRUNING.binds(
                "tensors = [encoder], count = 8, scope = global, min-dimensions = 1",
                new PruningOptions(ENCODER, Optional.empty(), Optional.of(8L), GLOBAL, 1));
    }

    @Test
    void optionsAreChecked() {
        PRUNING.rejects("tensors = [], amount = 0.5", ProblemCode.EMPTY, "tensors");
        PRUNING.rejects("tensors = [a, a], amount = 0.5", ProblemCode.DUPLICATE_ELEMENT, "tensors[1]");
        PRUNING.rejects("tensors = [a], amount = 0", ProblemCode.OUT_OF_RANGE, "amount");
        PRUNING.rejects("tensors = [a], amount = 1.5", ProblemCode.OUT_OF_RANGE, "amount");
        PRUNING.rejects("tensors = [a], count = 0", ProblemCode.OUT_OF_RANGE, "count");
        PRUNING.rejects("tensors = [a], amount = 0.5, count = 5", ProblemCode.EXCLUSIVE);
        PRUNING.rejects("tensors = [a], amount = 0.5, scope = everywhere", ProblemCode.UNKNOWN_ENUM, "scope");
    }

    @Test
    void amountOrCountIsNeeded() {
        assertEquals(
                "give `amount` or `count`",
                PRUNING.rejects("tensors = [a]", ProblemCode.CHECK_FAILED).message());
    }

    /** The files were made with PyTorch, by goldens.py beside them. */
    @ParameterizedTest
    @CsvSource({
        "local-amount, 'amount = 0.35'",
        "local-count, 'count = 7'",
        "global-amount, 'amount = 0.35, scope = global'",
        "global-count, 'count = 50, scope = global'"
    })
    void prunesAsPyTorchDoes(String golden, String options) {
        ModelFixture expected = resource(golden);
        ModifierRun run = resource("weights")
                .apply(PRUNING.modifier("tensors = [\"**\"], " + options))
                .assigns("decoder.weight", "conv.weight", "encoder.weight");

        for (String name : run.names()) {
            assertEquals(expected.values(name), run.values(name), name);
        }
    }

    @Test
    void ofEqualMagnitudesTheEarlierGoFirst() {
        ModelFixture.empty()
                .with("a", Shape.of(2, 3), 1, -1, 1, 2, -1, 1)
                .with("b", Shape.of(2, 2), 1, 3, 0.5, -1)
                .apply(PRUNING.modifier("tensors = [a, b], count = 4, scope = global"))
                .hasValues("a", 0, 0, 0, 2, -1, 1)
                .hasValues("b", 1, 3, 0, -1);
    }

    @Test
    void everyFloatingPointTypeKeepsItsBits() {
        for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32, DType.F64)) {
            ModelFixture.of("a", dtype, Shape.of(2, 2), 0.25, -8, Double.NaN, 0.3)
                    .apply(PRUNING.modifier("tensors = [a], amount = 0.5"))
                    .succeeds()
                    .hasValues("a", 0, -8, Double.NaN, 0);
        }
    }

    @Test
    void halvesAreRoundedToTheEvenNumber() {
        ModelFixture.empty()
                .with("a", Shape.of(1, 5), 1, 2, 3, 4, 5)
                .apply(PRUNING.modifier("tensors = [a], amount = 0.5"))
                .hasValues("a", 0, 0, 3, 4, 5);
        ModelFixture.empty()
                .with("a", Shape.of(1, 5), 1, 2, 3, 4, 5)
                .apply(PRUNING.modifier("tensors = [a], amount = 0.1"))
                .changesNothing();
    }

    @Test
    void biasesAndBuffersStay() {
        ModelFixture.empty()
                .linear("encoder", 2, 2, 1)
                .with("encoder.mean", Shape.of(2, 2), 1)
                .buffers("encoder.mean")
                .apply(PRUNING.modifier("tensors = [encoder], amount = 1"))
                .assigns("encoder.weight")
                .hasValues("encoder.weight", 0);
    }

    @Test
    void aTiedTensorIsPrunedOnceUnderAllItsNames() {
        ModelFixture.empty()
                .with("embedding.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .tie("head.weight", "embedding.weight")
                .apply(PRUNING.modifier("tensors = [embedding, head], count = 2, scope = global"))
                .hasValues("embedding.weight", 0, 0, 3, 4)
                .hasValues("head.weight", 0, 0, 3, 4);
    }

    @Test
    void whatSelectsNothingIsTold() {
        ModelFixture.empty()
                .linear("encoder", 2, 2, 1)
                .apply(PRUNING.modifier("tensors = [encodr, encoder.bias], amount = 0.5"))
                .changesNothing()
                .fails(
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "tensors[0]",
                                "`encodr` matches nothing in the model",
                                "did you mean `encoder`?"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "tensors[1]",
                                "`encoder.bias` holds no floating-point parameter of 2 or more dimensions",
                                "lower `min-dimensions`, or remove the entry"));
    }

    @Test
    void moreThanThereAreIsTold() {
        ModelFixture model = ModelFixture.empty().linear("encoder", 2, 3, 1).linear("decoder", 3, 2, 1);
        model.apply(PRUNING.modifier("tensors = [encoder], count = 7"))
                .changesNothing()
                .fails(new ReportedError(
                        ProblemCode.OUT_OF_RANGE,
                        "count",
                        "7 elements are to be pruned, and `encoder.weight` has 6",
                        "give at most 6"));
        model.apply(PRUNING.modifier("tensors = [\"**\"], count = 13, scope = global"))
                .fails(new ReportedError(
                        ProblemCode.OUT_OF_RANGE,
                        "count",
                        "13 elements are to be pruned, and the 2 tensors together have 12",
                        "give at most 12"));
    }

    /** What a modifier does not read while it edits the draft, no plan reads. */
    @Test
    void nothingIsReadForAPlan() {
        ModelDraft model = new ModelDraft(
                List.of(), List.of(DraftTensor.initial("a", Set.of(), TensorKind.PARAMETER, true, new Unreadable())));
        ModifierRun run = ModifierRun.of(model, PRUNING.modifier("tensors = [a], count = 1, scope = global"))
                .succeeds()
                .assigns("a");
        LazyTensor pruned = run.model().find("a").orElseThrow().value();
        assertEquals(new Provenance.Computed("prune", List.of(new Provenance.Initial("a"))), pruned.provenance());
    }

    @Test
    void anyWindowOfTheBytesIsPruned() throws IOException {
        ModifierRun run = ModelFixture.empty()
                .with("a", Shape.of(2, 2), 1, 2, 3, 4)
                .apply(PRUNING.modifier("tensors = [a], count = 2"));
        TensorData data = run.model().find("a").orElseThrow().value().materialize();
        ByteBuffer whole = data.window(0, 16);
        for (int offset = 0; offset < 16; offset++) {
            for (int length = 0; length <= 16 - offset; length++) {
                assertEquals(whole.slice(offset, length), data.window(offset, length));
            }
        }
    }

    private static ModelFixture resource(String name) {
        return ModelFixture.read(Path.of("src", "test", "resources", name + ".safetensors"));
    }

    private record Unreadable() implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return Shape.of(1_000_000, 1_000_000);
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Initial("a");
        }

        @Override
        public TensorData materialize() {
            throw new AssertionError("values are read");
        }
    }
}
