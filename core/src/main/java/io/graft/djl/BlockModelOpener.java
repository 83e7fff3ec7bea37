package io.graft.djl;

import io.graft.ModelOpener;
import io.graft.ModelTarget;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.djl.forward.BlockModelException;

/**
 * A native DJL block that a class makes. It has values of its own, which repeat from run to run; a modifier loads others into it.
 */
@ModelTarget("block-factory")
public final class BlockModelOpener implements ModelOpener {
    private final BlockModelOptions options;

    public BlockModelOpener(BlockModelOptions options) {
        this.options = options;
    }

    @Override
    public OpenedModel open(OpeningContext context) {
        BlockSource source =
                new BlockSource(options.blockFactory(), context.folder(), options.arguments(), options.inputShapes());
        try {
            BlockModel block = BlockModel.open(source, context.loader());
            return OpenedModel.of(block.target(), block::close);
        } catch (BlockModelException unusable) {
            unusable.problems().forEach(each -> context.error(each.code(), each.path(), each.message(), each.help()));
            throw unusable;
        }
    }

    /** {@inheritDoc} A block is made anew by each process, and what no file gives it is random. */
    @Override
    public boolean isPartitionable() {
        return false;
    }
}
