package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.epd.EpdConfig;
import io.graft.models.epd.EpdModel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes the shape of a weather model: an encoder and a decoder for each data set, a processor that they share, normalization, and the
 * grid's coordinates as a buffer.
 *
 * <p>Takes features of a data set's grid points, [N, inputs], and gives as many, [N, outputs]. Its arguments are {@code datasets}, the one
 * {@code dataset} of them that the forward encodes and decodes, {@code inputs}, {@code width}, {@code outputs}, {@code layers} of the
 * processor, and {@code grid-points}.
 */
public final class EncoderProcessorDecoder implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public EncoderProcessorDecoder() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new EpdModel(
                new Arguments(EncoderProcessorDecoder.class, folder, arguments).bind(new EpdConfig.Reader()));
    }
}
