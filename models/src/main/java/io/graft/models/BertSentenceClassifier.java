package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.bert.BertClassifierConfig;
import io.graft.models.bert.SentenceClassifier;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes a classifier of sentences on an encoder of sentence-transformers: {@linkplain Bert BERT} without a pooler, the pooling of the
 * whole text, and a linear layer, {@code classifier}, on what it gives. The encoder's names have no prefix, so that its checkpoints load
 * name by name, and an adapter that is trained here fits the encoder alone.
 *
 * <p>Takes what BERT does; gives {@code logits}, [B, labels]. Its arguments are those of BERT, {@code pooling} being {@code mean} or
 * {@code cls}, {@code num-labels}, which a {@code config.json} may tell by its {@code id2label}, and {@code classifier-dropout}.
 */
public final class BertSentenceClassifier implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public BertSentenceClassifier() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new SentenceClassifier(new Arguments(BertSentenceClassifier.class, folder, arguments)
                .bind(BertClassifierConfig.Reader.SENTENCES));
    }
}
