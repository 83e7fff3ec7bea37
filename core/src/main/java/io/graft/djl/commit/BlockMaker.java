package io.graft.djl.commit;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.graft.model.modules.ModuleSource;

/** A source of modules that can make them. */
public interface BlockMaker extends ModuleSource {
    /** The class of the blocks that it makes. */
    Class<? extends Block> blockType();

    /**
     * Makes one, initialized, with the values that its tensors tell for a path.
     *
     * @param manager owns all that is made, and frees it when it is closed
     */
    Block make(NDManager manager, String path);
}
