package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.distilbert.DistilBertConfig;
import io.graft.models.distilbert.DistilBertModel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes DistilBERT (Sanh et al. 2019) as transformers' {@code DistilBertModel} is: BERT without token types and pooler, under other names.
 *
 * <p>Takes {@code input_ids}, and may take {@code attention_mask}, [B, S] each; gives the hidden states [B, S, H]. Its arguments are
 * {@code config}, the model's own {@code config.json}, and the keys of that file, which win over it.
 */
public final class DistilBert implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public DistilBert() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new DistilBertModel(
                new Arguments(DistilBert.class, folder, arguments).bind(new DistilBertConfig.Reader()));
    }
}
