package io.graft.model.modules;

import io.graft.model.tree.ModuleSpec;
import java.util.List;

/**
 * Where a module comes from that a model is to get: it tells the module's tensors. A model that is files needs no more; one that
 * computes needs a source that it can make a module of ({@link BlockRecipe}), or knows the layer from its tensors.
 */
public interface ModuleSource {
    /** What it is for people, in a few words: {@code Linear}, {@code com.acme.Head}. */
    String description();

    /** The modules in it, by their paths from it; the empty path is its own. */
    List<ModuleSpec> modules();

    /**
     * Its tensors, in order.
     *
     * @param path where it is going to stand, which random values follow from
     */
    List<ModuleTensor> tensors(String path);
}
