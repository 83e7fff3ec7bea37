package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.bert.BertConfig;
import io.graft.models.bert.BertModel;
import io.graft.models.bert.Positions;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes RoBERTa (Liu et al. 2019) as transformers' {@code RobertaModel} is. It is {@linkplain Bert BERT} but for the positions: tokens
 * are counted from {@code pad-token-id} + 1, and padding is not counted.
 */
public final class Roberta implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public Roberta() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        BertConfig config = new Arguments(Roberta.class, folder, arguments).bind(BertConfig.Reader.ROBERTA);
        return new BertModel(config, Positions.behind(config.padTokenId()));
    }
}
