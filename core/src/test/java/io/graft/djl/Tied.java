package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.nio.file.Path;
import java.util.Map;

/** One Linear(2 to 2) that runs twice. */
public final class Tied implements BlockFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        Block shared = Linear.builder().setUnits(2).build();
        return new SequentialBlock().add(shared).add(shared);
    }
}
