package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.ByteRange;
import io.graft.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tie holds between tensors, whatever they are called meanwhile. */
class TiedToTest {
    private static final ByteRange SHARED = new ByteRange(Path.of("model.pt"), 64, 16);
    private static final ByteRange OTHER = new ByteRange(Path.of("model.pt"), 128, 16);

    private final ModelDraft model = new ModelDraft(
            List.of(),
            List.of(
                    tensor("embedding.weight", SHARED),
                    tensor("norm.weight", OTHER),
                    tensor("head.weight", SHARED),
                    tensor("draft.weight", SHARED)));

    @Test
    void theRenamedTensorKnowsTheOthersAndTheyKnowItsNewName() {
        model.rename(Map.of("head.weight", "lm_head.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("lm_head.weight"));
        assertEquals(List.of("lm_head.weight", "draft.weight"), model.tiedTo("embedding.weight"));
        assertEquals(List.of("embedding.weight", "lm_head.weight"), model.tiedTo("draft.weight"));
    }

    @Test
    void aNameThatATiedTensorGaveUpTiesWhoeverTakesItToNothing() {
        model.rename(Map.of("head.weight", "norm.weight", "norm.weight", "head.weight"));
        assertEquals(List.of(), model.tiedTo("head.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("norm.weight"));
        assertEquals(List.of("norm.weight", "draft.weight"), model.tiedTo("embedding.weight"));
    }

    @Test
    void renamedTwiceAndRemoved() {
        model.rename(Map.of("embedding.weight", "a", "draft.weight", "b"));
        model.rename(Map.of("a", "b", "b", "a"));
        assertEquals(List.of("head.weight", "a"), model.tiedTo("b"));
        model.remove("b");
        assertEquals(List.of("a"), model.tiedTo("head.weight"));
        model.remove("head.weight");
        assertEquals(List.of(), model.tiedTo("a"));
    }

    @Test
    void anAddedTensorIsTiedToNothing() {
        model.add("new.weight", TensorKind.PARAMETER, Drafts.stored("new", SHARED, DType.F32, 2, 2));
        assertEquals(List.of(), model.tiedTo("new.weight"));
        assertEquals(List.of("embedding.weight", "draft.weight"), model.tiedTo("head.weight"));
    }

    private static DraftTensor tensor(String name, ByteRange range) {
        return DraftTensor.initial(
                name, Set.of(), TensorKind.PARAMETER, true, Drafts.stored(name, range, DType.F32, 2, 2));
    }
}
