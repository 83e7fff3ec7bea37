package io.graft.apply;

import io.graft.djl.BlockSource;
import io.graft.djl.FactoryModule;
import io.graft.model.modules.BlockRecipe;
import io.graft.model.modules.ModuleSource;
import java.nio.file.Path;

/**
 * Where block factories that options name are found.
 *
 * @param folder that they may look for files in
 */
record ModuleFactories(Path folder, ClassLoader loader) {
    /**
     * @throws io.graft.djl.forward.BlockModelException if the module cannot be made
     */
    ModuleSource source(BlockRecipe recipe) {
        return FactoryModule.of(
                new BlockSource(recipe.factory(), folder, recipe.arguments(), recipe.inputShapes()),
                recipe.seed(),
                loader);
    }
}
