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
 * Makes BERT (Devlin et al. 2019) as transformers' {@code BertModel} is, so that its checkpoints load name by name: BERT itself,
 * MiniLM, and most encoders of sentence-transformers.
 *
 * <p>Takes {@code input_ids}, and may take {@code attention_mask} and {@code token_type_ids}, [B, S] each; gives the hidden states
 * [B, S, H] and, if there is a pooler, its output [B, H]. Its arguments are {@code config}, the model's own {@code config.json}, and
 * the keys of that file, which win over it; {@code add-pooling-layer = false} leaves the pooler out, and {@code pooling},
 * {@code mean} or {@code cls}, adds the embedding of the whole text, [B, H], as sentence-transformers makes it.
 */
public final class Bert implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public Bert() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new BertModel(
                new Arguments(Bert.class, folder, arguments).bind(BertConfig.Reader.BERT), Positions.counted());
    }
}
