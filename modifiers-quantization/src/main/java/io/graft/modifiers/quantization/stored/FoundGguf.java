package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.layout.GgufValue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Blocks of a GGUF file, of every type that can be packed. */
final class FoundGguf implements FoundLayout {
    @Override
    public String id() {
        return "gguf";
    }

    private static BlockType type(FoundSet set) {
        return Stream.of(BlockType.values())
                .filter(type -> type.name().equals(set.set().scheme()))
                .findFirst()
                .orElseThrow(() -> set.refused("Graft packs blocks of "
                        + Stream.of(BlockType.values()).map(BlockType::name).collect(Collectors.joining(", "))));
    }

    @Override
    public Recipe recipe(FoundSet set) {
        return Gguf.recipe(type(set), set.codes(), set.shape());
    }

    /** {@inheritDoc} The blocks in a file were no stored tensor that a value was computed from. */
    @Override
    public Form form(FoundSet set) {
        return GgufValue.of(type(set), set.leaf(set.codes()), set.shape(), Form.ScaledCodes.Kernel.NONE);
    }
}
