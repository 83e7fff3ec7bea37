package io.graft.djl.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StillBlocksTest {
    @Test
    void aBlockOfAnotherPackageWithoutConstructorsForOthers() {
        Dropout dropout = Dropout.builder().optRate(0.25f).build();
        assertEquals(Optional.empty(), StillBlocks.refusal(dropout));
        Block still = StillBlocks.still(dropout);
        assertTrue(still instanceof Dropout);
        assertTrue(StillBlocks.isStill(still));
        assertFalse(StillBlocks.isStill(dropout));
        assertSame(Dropout.class, StillBlocks.type(still));
        assertSame(dropout, StillBlocks.original(still));
    }

    @Test
    void whatCannotStandStillIsToldWhy() {
        assertEquals("class Fixed is final, so that none can stand in for it", refusal(new Fixed()));
        assertEquals("the forward of class Shut is final", refusal(new Shut()));
        assertEquals(
                "it is a program, which can be kept still on PyTorch's engine alone", refusal(mock(SymbolBlock.class)));
        assertEquals(
                "class Dropout$StandingStill was made at run time, so that none can stand in for it",
                refusal(StillBlocks.still(Dropout.builder().build())).replaceAll("/0x[0-9a-f]+", ""));
        assertTrue(refusal(mock(Block.class)).endsWith(" is none of DJL's abstract blocks"));
    }

    private static String refusal(Block block) {
        return StillBlocks.refusal(block).orElseThrow();
    }

    private static class Shut extends AbstractBlock {
        @Override
        protected final NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    private static final class Fixed extends Shut {}
}
