package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.nio.file.Path;
import java.util.Map;

/** Two Linear(2 to 2). */
public final class Square implements BlockFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(2).build())
                .add(Linear.builder().setUnits(2).build());
    }
}
